#include "sweep/choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "scenario/field_path.h"
#include "scenario/wiring.h"
#include "sweep/field_at.h"
#include "sweep/plan.h"

namespace skyreplay::sweep {
namespace {

constexpr std::string_view kPolicy = "target_value";
constexpr std::string_view kCounts[] = {"desired_capacity", "desired_count"};
constexpr std::string_view kFamilies[] = {"m7i", "m7g", "c7i", "c7g", "r7i", "t3", "t4g"};

/// One field as `--over` has it.
struct Asked {
  std::string field;
  std::string values;  ///< "[512, 1024]" or empty
};

/// Splits at commas outside of brackets, braces and quotes.
std::vector<Asked> split(const std::string& over) {
  std::vector<Asked> all;
  std::string part;
  int depth = 0;
  bool is_quoted = false;
  const auto end_part = [&] {
    // The path ends at the first '=' outside of its brackets.
    std::size_t equals = 0;
    for (int inside = 0; equals < part.size() && (inside > 0 || part[equals] != '='); ++equals) {
      inside += part[equals] == '[' ? 1 : part[equals] == ']' ? -1 : 0;
    }
    all.push_back({part.substr(0, equals), part.substr(std::min(part.size(), equals + 1))});
    part.clear();
  };
  for (const char c : over) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == ',' && depth == 0 && !is_quoted) {
      end_part();
    } else {
      part += c;
    }
  }
  end_part();
  return all;
}

std::string last_name(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

/// Paths of a field by its name alone, in the services of the scenario.
std::vector<std::string> paths_of(const proto::Scenario& scenario, const std::string& name) {
  std::vector<std::string> paths;
  for (const auto& [service, config] : scenario.services()) {
    const std::string at = scenario::join_path("services", service);
    const std::string platform = config.has_ec2()      ? ".ec2"
                                 : config.has_ecs()    ? ".ecs"
                                 : config.has_lambda() ? ".lambda"
                                                       : "";
    if (platform.empty()) continue;
    const std::string path = at + platform + "." + name;
    if (name != kPolicy && field_at(scenario::parse_path(path)) != nullptr) paths.push_back(path);
    for (int i = 0; name == kPolicy && i < config.ec2().policies_size(); ++i) {
      if (!config.ec2().policies(i).has_target_tracking_configuration()) continue;
      paths.push_back(
          fmt::format("{}.ec2.policies[{}].target_tracking_configuration.{}", at, i, kPolicy));
    }
  }
  std::ranges::sort(paths);
  return paths;
}

std::string full_path(const scenario::Scenario& scenario, const std::string& field) {
  if (field.empty()) throw InputError("--over: names no field");
  if (field.find_first_of(".[") != std::string::npos) return field;
  const std::vector<std::string> paths = paths_of(scenario.message(), field);
  if (paths.size() == 1) return paths.front();
  if (paths.empty()) {
    throw InputError(
        fmt::format("--over {}: no service has this field; give its whole path", field));
  }
  throw InputError(fmt::format("--over {}: several have it: {}; give the whole path", field,
                               fmt::join(paths, ", ")));
}

std::vector<std::string> counts_about(std::uint64_t count) {
  std::set<std::uint64_t> counts;
  for (const double by : {0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 2.0}) {
    counts.insert(static_cast<std::uint64_t>(
        std::max(1.0, std::round(by * static_cast<double>(std::max<std::uint64_t>(count, 1))))));
  }
  std::vector<std::string> texts;
  for (const std::uint64_t n : counts) texts.push_back(std::to_string(n));
  return texts;
}

/// The values that a field takes where none are given; none where nothing is known of it.
std::vector<std::string> usual_values(const scenario::Scenario& scenario, const std::string& path) {
  const std::string name = last_name(path);
  const scenario::FieldPath steps = scenario::parse_path(path);
  if (name == "memory_size") {
    return {"128", "256", "512", "1024", "1769", "3008", "5120", "10240"};
  }
  if (name == "architectures") return {"[x86_64]", "[arm64]"};
  if (name == kPolicy) return {"30", "40", "50", "60", "70", "80"};
  if (name == "task_definition") {
    std::vector<std::string> sizes;
    for (const int cpu : {256, 512, 1024, 2048, 4096, 8192}) {
      sizes.push_back(fmt::format("{{cpu: {}, memory: {}}}", cpu, 2 * cpu));
    }
    return sizes;
  }
  const auto service = steps.size() < 2 ? scenario.message().services().end()
                                        : scenario.message().services().find(steps[1].name);
  if (service == scenario.message().services().end()) return {};
  if (name == kCounts[0]) return counts_about(service->second.ec2().desired_capacity());
  if (name == kCounts[1]) return counts_about(service->second.ecs().desired_count());
  if (name != "instance_type") return {};
  const std::string own = service->second.ec2().instance_type();
  const std::string size = own.substr(std::min(own.size(), own.find('.')));
  std::vector<std::string> types = {own};
  for (const std::string_view family : kFamilies) {
    const std::string type = std::string(family) + size;
    if (type != own) types.push_back(type);
  }
  return types;
}

/// The most memory that requests to the service of such a path used, as far as the trace knows.
double memory_used(const scenario::Scenario& scenario, const trace::TraceInfo& trace,
                   const std::string& path) {
  const scenario::FieldPath steps = scenario::parse_path(path);
  const auto& services = scenario.message().services();
  const auto service = steps.size() < 2 ? services.end() : services.find(steps[1].name);
  if (service == services.end()) return 0;
  const scenario::Wiring wiring = scenario::expand(scenario, trace);
  double most = 0;
  for (std::size_t i = 0; i < trace.routes.size(); ++i) {
    if (wiring.services[wiring.route_to_service[i]].config != &service->second) continue;
    most = std::max(most, trace.routes[i].memory_used_max_mib.value_or(0));
  }
  return most;
}

/// Those of an axis' values that the scenario can have.
std::vector<std::string> possible(const scenario::Scenario& scenario, const std::string& path,
                                  std::vector<std::string> values) {
  const Variant variant{
      "", scenario, {{.path = path, .position = {}, .is_whole = false, .values = {}, .law = {}}}};
  std::erase_if(values, [&](const std::string& value) {
    try {
      scenario.with(settings_of(variant, {value}));
      return false;
    } catch (const InputError&) {
      return true;
    }
  });
  return values;
}

Axis axis_of(const scenario::Scenario& scenario, const trace::TraceInfo& trace,
             const Asked& asked) {
  const std::string path = full_path(scenario, asked.field);
  if (!asked.values.empty()) {
    scenario::Mistakes mistakes("--over");
    const scenario::SourceNode value = scenario::read_yaml(asked.values, 0, mistakes);
    Axis axis = read_axis({path, {}, value}, path, mistakes);
    mistakes.throw_if_any();
    if (axis.values.empty()) {
      throw InputError(fmt::format("--over {}: needs a list, or a range with step or count", path));
    }
    return axis;
  }
  Axis axis{.path = path, .position = {"--over"}, .is_whole = false, .values = {}, .law = {}};
  axis.values = possible(scenario, path, usual_values(scenario, path));
  if (last_name(path) == "memory_size") {
    const double used = memory_used(scenario, trace, path);
    std::erase_if(axis.values, [used](const std::string& mib) { return std::stod(mib) < used; });
  }
  if (!axis.values.empty()) return axis;
  throw InputError(fmt::format("--over {0}: say which values: --over '{0}=[...]'", path));
}

}  // namespace

std::vector<Axis> read_choices(const scenario::Scenario& scenario, const trace::TraceInfo& trace,
                               const std::string& over) {
  std::vector<Axis> axes;
  for (const Asked& asked : split(over)) {
    axes.push_back(axis_of(scenario, trace, asked));
    const auto twice =
        std::ranges::find(axes.begin(), axes.end() - 1, axes.back().path, &Axis::path);
    if (twice != axes.end() - 1) {
      throw InputError(fmt::format("--over: names {} twice", axes.back().path));
    }
  }
  return axes;
}

bool is_choice(const std::string& over) {
  const std::vector<Asked> asked = split(over);
  if (asked.size() > 1 || !asked.front().values.empty()) return true;
  const std::string& field = asked.front().field;
  const std::string name = last_name(field);
  for (const std::string_view known : {"instance_type", "architectures", "task_definition"}) {
    if (name == known) return true;
  }
  // A bare name is no path, so nobody asked for the smallest of it.
  return name == kPolicy || (!field.empty() && field == "memory_size");
}

}  // namespace skyreplay::sweep
