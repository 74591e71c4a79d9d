// What operators do by hand: what is refused, and why.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

/// With a group, a service of tasks, and a cluster.
std::string of(const std::string& operation) {
  return "version: 1\noperations: [" + operation +
         "]\nservices:\n  web: {ec2: {min_size: 1, max_size: 9, instance_type: m7i.large}}\n"
         "  db: {external: {latency: 1ms}}\nroutes: [{match: \"*\", service: web}]\n"
         "calls: [{from: web, to: db}]\n";
}

TEST_CASE("E6: an operation has a time, does one thing, and does it to a group of instances") {
  const Scenario scenario =
      Scenario::parse(of("{at: +10s, enter_standby: {service: web}}, "
                         "{at: +20s, exit_standby: {service: web, count: 2}}, "
                         "{at: +30s, detach_instances: {service: web}}"),
                      "shop.yaml");
  const proto::Operation& first = scenario.message().operations(0);
  CHECK(first.enter_standby().count() == 1);
  CHECK(first.enter_standby().should_decrement_desired_capacity());
  CHECK(Scenario::parse(scenario.to_yaml(), "a.yaml").digest() == scenario.digest());
  CHECK(mistakes_of(of("{at: +10s}"))
            .find("operations[0]: does nothing: give it one of enter_standby, exit_standby, "
                  "detach_instances") != std::string::npos);
  CHECK(mistakes_of(of("{enter_standby: {service: web}}")).find("at: is missing") !=
        std::string::npos);
  CHECK(mistakes_of(of("{at: +10s, enter_standby: {service: wbe}}"))
            .find("operations[0].enter_standby.service: there is no service 'wbe', did you mean "
                  "'web'?") != std::string::npos);
  CHECK(mistakes_of(of("{at: +10s, exit_standby: {service: db}}"))
            .find("operations[0].exit_standby.service: 'db' is no group of instances") !=
        std::string::npos);
}

}  // namespace
}  // namespace skyreplay::scenario
