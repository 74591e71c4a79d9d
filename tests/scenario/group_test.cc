// What a scenario says of the lives of a group's instances.
#include <doctest/doctest.h>

#include <string>

#include "scenario/scenario.h"
#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

std::string group(const std::string& more) {
  return "version: 1\nservices:\n  web:\n    ec2: {min_size: 1, max_size: 5, instance_type: "
         "m5.large, " +
         more + "}\n";
}

/// The first mistake, without its place and the group's path; empty where there is none.
std::string told(const std::string& more) {
  std::string text = mistakes_of(group(more));
  const std::size_t at = text.find("services.web.ec2.");
  if (at != std::string::npos) text = text.substr(at + 17);
  return text.substr(0, text.find('\n'));
}

std::string hook(const std::string& more) {
  return "lifecycle_hook_specification_list: [{lifecycle_hook_name: h, lifecycle_transition: "
         "\"autoscaling:EC2_INSTANCE_LAUNCHING\", " +
         more + "}]";
}

TEST_CASE("E33: a termination policy that there is not, or out of its place, is refused") {
  CHECK(told("termination_policies: [OldestInstance, Default]").empty());
  CHECK(told("termination_policies: [OldestInstnce]") ==
        "termination_policies[0]: 'OldestInstnce' is no termination policy, did you mean "
        "'OldestInstance'?; there are Default, AllocationStrategy, OldestLaunchTemplate, "
        "OldestLaunchConfiguration, ClosestToNextInstanceHour, OldestInstance, NewestInstance");
  CHECK(told("termination_policies: [Default, OldestInstance]") ==
        "termination_policies[0]: Default must be the last: it leaves nothing open");
  CHECK(told("termination_policies: [NewestInstance, NewestInstance]") ==
        "termination_policies[1]: 'NewestInstance' is listed twice");
  CHECK(told("termination_policies: [\"arn:aws:lambda:us-east-1:1:function:f\"]") ==
        "termination_policies[0]: policies that are Lambda functions are not built");
}

TEST_CASE("E9: a hook's heartbeat lasts 30 s to two hours, and hooks have names of their own") {
  CHECK(told(hook("heartbeat_timeout: 30")).empty());
  CHECK(told(hook("heartbeat_timeout: 29"))
            .starts_with("lifecycle_hook_specification_list[0].heartbeat_timeout: "));
  CHECK(told(hook("default_result: GIVE_UP")).find("CONTINUE, ABANDON") != std::string::npos);
  const std::string one =
      "{lifecycle_hook_name: h, lifecycle_transition: \"autoscaling:EC2_INSTANCE_TERMINATING\"}";
  CHECK(told("lifecycle_hook_specification_list: [" + one + ", " + one + "]") ==
        "lifecycle_hook_specification_list[1].lifecycle_hook_name: is another hook's name already");
}

TEST_CASE("E12: health checks of what is not built are refused by name") {
  CHECK(told("health_check_type: ELB, health_check_grace_period: 60").empty());
  CHECK(told("health_check_type: VPC_LATTICE").find("not built") != std::string::npos);
}

TEST_CASE("hooks and policies are shown as they were resolved, and read back to the same") {
  const Scenario scenario =
      Scenario::parse(group(hook("assumed: {completes_after: {uniform: [10s, 20s]}}") +
                            ", termination_policies: [NewestInstance], health_check_type: ELB"),
                      "shop.yaml");
  CHECK(scenario.to_yaml().find("termination_policies: [NewestInstance]") != std::string::npos);
  CHECK(scenario.to_yaml().find("heartbeat_timeout: 3600") != std::string::npos);
  CHECK(Scenario::parse(scenario.to_yaml(), "shop.yaml").digest() == scenario.digest());
}

}  // namespace
}  // namespace skyreplay::scenario
