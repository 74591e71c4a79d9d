#include "scenario/resolve_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/resolve.h"

namespace skyreplay::scenario {
namespace {

/// The name of its kind, and of the service; none where nothing is said.
std::pair<const char*, const std::string*> target_of(const proto::Operation& operation) {
  using What = proto::Operation::WhatCase;
  switch (operation.what_case()) {
    case What::kEnterStandby:
      return {"enter_standby", &operation.enter_standby().service()};
    case What::kExitStandby:
      return {"exit_standby", &operation.exit_standby().service()};
    case What::kDetachInstances:
      return {"detach_instances", &operation.detach_instances().service()};
    default:
      return {"", nullptr};
  }
}

/// What is wrong with operating on that service; empty where nothing is.
std::string mistake_of(const std::string& name, const proto::Scenario& scenario) {
  const auto hosts = all_hosts(scenario);
  const bool is_cluster =
      std::any_of(hosts.begin(), hosts.end(), [&](const auto& each) { return each.first == name; });
  if (is_cluster || scenario.clusters().contains(name)) {
    return fmt::format("operations on the instances of a cluster are not built; {} is one",
                       in_quotes(name));
  }
  const auto found = scenario.services().find(name);
  if (found == scenario.services().end()) {
    return fmt::format("there is no service {}{}", in_quotes(name),
                       suggestion(name, service_names(scenario)));
  }
  if (found->second.has_ec2()) return "";
  return fmt::format("{} is no group of instances", in_quotes(name));
}

}  // namespace

void check_operations(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes) {
  for (int i = 0; i < scenario.operations_size(); ++i) {
    const std::string path = join_index("operations", static_cast<std::size_t>(i));
    if (mistakes.below(path) || mistakes.at(path)) continue;
    const auto [kind, service] = target_of(scenario.operations(i));
    if (service == nullptr) {
      mistakes.add(places.near(path), path,
                   "does nothing: give it one of enter_standby, exit_standby, detach_instances");
      continue;
    }
    const std::string own = fmt::format("{}.{}.service", path, kind);
    const std::string text = mistake_of(*service, scenario);
    if (!text.empty()) mistakes.add(places.near(own), own, text);
  }
}

}  // namespace skyreplay::scenario
