#include "sweep/knob.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/error.h"
#include "scenario/field_path.h"
#include "scenario/schema.h"
#include "sweep/field_at.h"

namespace skyreplay::sweep {
namespace {

using scenario::FieldDescriptor;
using scenario::FieldPath;

/// The service of a count's path.
struct CountPath {
  std::string service;
  std::string path;
};

std::vector<CountPath> counts_of(const proto::Scenario& scenario) {
  std::vector<CountPath> counts;
  for (const auto& [name, service] : scenario.services()) {
    const std::string path = scenario::join_path("services", name);
    if (service.platform_case() == proto::Service::kEc2) {
      counts.push_back({name, path + ".ec2.desired_capacity"});
    } else if (service.platform_case() == proto::Service::kEcs) {
      counts.push_back({name, path + ".ecs.desired_count"});
    }
  }
  std::ranges::sort(counts, {}, &CountPath::service);
  return counts;
}

std::string derived_path(const scenario::Scenario& scenario) {
  const std::vector<CountPath> counts = counts_of(scenario.message());
  if (counts.size() == 1) return counts.front().path;
  if (counts.empty()) {
    throw InputError(
        scenario.filename() +
        ": no EC2 or ECS service whose count could be tuned; name a field with --over");
  }
  std::string list;
  for (const CountPath& count : counts) list += (list.empty() ? "" : " or ") + count.path;
  throw InputError(fmt::format("{}: several counts could be tuned; name one with --over: {}",
                               scenario.filename(), list));
}

std::uint64_t bound(const std::string& text, std::uint64_t otherwise) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

/// Complaints about --over that come as ones about --set.
void refuse_unknown(const scenario::Scenario& scenario, const std::string& over) {
  try {
    scenario.with({over + "=1"});
  } catch (const InputError& error) {
    std::string text = error.what();
    if (text.starts_with("--set ")) text.replace(2, 3, "over");
    throw InputError(text);
  }
  throw InputError(fmt::format("--over {}: no field of the scenario", over));
}

}  // namespace

Knob::Knob(const scenario::Scenario& scenario, const std::string& over)
    : path_(over.empty() ? derived_path(scenario) : over) {
  const FieldPath path = scenario::parse_setting(path_ + "=1").path;
  const FieldDescriptor* field = field_at(path);
  if (field == nullptr) refuse_unknown(scenario, path_);
  if (!holds_whole_numbers(*field)) {
    throw InputError(fmt::format("--over {}: not a field of whole numbers", path_));
  }
  const proto::FieldRule& rule = scenario::rule_of(*field);
  min_ = std::max<std::uint64_t>(1, bound(rule.min(), 1));
  max_ = bound(rule.max(), std::numeric_limits<std::uint32_t>::max());
  if (field != proto::AutoScalingGroup::descriptor()->FindFieldByName("desired_capacity")) return;
  const auto service = scenario.message().services().find(path[1].name);
  if (service == scenario.message().services().end()) refuse_unknown(scenario, path_);
  group_ = scenario::join_path("services", path[1].name) + ".ec2";
  min_size_ = service->second.ec2().min_size();
  max_size_ = service->second.ec2().max_size();
}

std::vector<std::string> Knob::settings(std::uint64_t value) const {
  std::vector<std::string> all = {fmt::format("{}={}", path_, value)};
  if (group_.empty()) return all;
  if (value > max_size_) all.push_back(fmt::format("{}.max_size={}", group_, value));
  if (value < min_size_) all.push_back(fmt::format("{}.min_size={}", group_, value));
  return all;
}

}  // namespace skyreplay::sweep
