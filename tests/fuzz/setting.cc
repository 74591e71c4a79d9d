// --set PATH=VALUE on a scenario with everything, one setting a line; and the path by itself.
#include "fuzz/scenarios.h"
#include "scenario/field_path.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

constexpr std::string_view kScenario =
    "version: 1\nservices:\n"
    "  web: {ec2: {min_size: 2, max_size: 8, instance_type: m7i.large}}\n"
    "  app: {ecs: {task_definition: {cpu: 1024, memory: 2048}}}\n"
    "  \"fn.x\": {lambda: {}}\n"
    "  db: {external: {latency: 2ms}}\n"
    "routes: [{match: \"GET *\", service: web}, {match: \"*\", service: \"fn.x\"}]\n"
    "calls: [{from: web, to: app}, {from: app, to: db}]\n"
    "changes: [{at: +10m, field: services.web.ec2.desired_capacity, value: 6}]\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  accepted([&] { scenario::parse_path(rest); });
  std::vector<std::string> sets;
  while (!rest.empty() && sets.size() < 4) {
    const std::size_t line = std::min(rest.find('\n'), rest.size());
    sets.emplace_back(rest.substr(0, line));
    rest.remove_prefix(std::min(line + 1, rest.size()));
    accepted([&] {
      const scenario::Setting setting = scenario::parse_setting(sets.back());
      SKY_CHECK(setting.path_text + "=" + setting.value == sets.back());
      SKY_CHECK(scenario::parse_path(setting.path_text).size() == setting.path.size());
    });
  }
  load_and_show(kScenario, "shop.yaml", sets);
  return 0;
}
