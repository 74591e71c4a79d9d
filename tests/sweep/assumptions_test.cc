#include "sweep/assumptions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace skyreplay::sweep {
namespace {

std::vector<Assumption> assumptions(const std::string& services) {
  return assumptions_of(
      scenario::Scenario::parse("version: 1\nservices:\n" + services, "test.yaml"));
}

/// "value" or "value (default)" of each entry of that path.
std::vector<std::string> values(const std::vector<Assumption>& all, const std::string& path) {
  std::vector<std::string> found;
  for (const Assumption& one : all) {
    if (one.path == path) found.push_back(one.value + (one.is_default ? " (default)" : ""));
  }
  return found;
}

using Values = std::vector<std::string>;

TEST_CASE(
    "work share, recorded speed, init law and Lambda's speed are told, and which were given") {
  const auto all = assumptions("  fn: {lambda: {assumed: {speed: 1.1}}}\n");
  CHECK(values(all, "workload.work_share") == Values{"0.5 (default)"});
  CHECK(values(all, "workload.recorded_on.speed") == Values{"1 (default)"});
  CHECK(values(all, "services.fn.lambda.assumed.init_duration") ==
        Values{"{lognormal: {p50: 143ms, p99: 220ms}}"});
  CHECK(values(all, "services.fn.lambda.assumed.speed") == Values{"1.1"});
  CHECK(values(all, "services.fn.lambda.memory_size").empty());
}

TEST_CASE("where an instance's speed comes from is told also when no one gave it") {
  const auto all =
      assumptions("  web: {ec2: {min_size: 1, max_size: 1, instance_type: m7i.large}}\n");
  CHECK(values(all, "services.web.ec2.assumed.speed") ==
        Values{"1.518"});  // as sim/compute/data/cpu_speed.tsv has m7i
}

TEST_CASE("services of equal values share an entry") {
  const auto all = assumptions(
      "  a: {lambda: {}}\n  b: {lambda: {}}\n  c: {lambda: {assumed: {speed: 2}}}\n"
      "routes: [{match: a, service: a}, {match: b, service: b}, {match: c, service: c}]\n");
  CHECK(values(all, "services.*.lambda.assumed.speed") == Values{"1", "2"});
}

}  // namespace
}  // namespace skyreplay::sweep
