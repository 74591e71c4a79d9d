// Reserved Instances and Savings Plans of a group.
#include <doctest/doctest.h>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::ec2 {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

std::string group(const std::string& more) {
  return "version: 1\nservices:\n  web: {ec2: {min_size: 2, max_size: 2, instance_type: "
         "c5.large, " +
         more + "}}\n";
}

std::string mistakes(const std::string& more) {
  try {
    scenario::Scenario::parse(group(more), "test.yaml");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("E143: what is committed is in the bill, and the run notes how it was used") {
  // Two instances for two hours, of which one is reserved; the plan of 0.03 USD pays for 0.03 /
  // 0.061625 x 3,600 = 1,752.5 s an hour, so 1,752; the rest of the other is on demand.
  RowSource source({{.name = "r"}}, {{1s, 1s}}, 2h);
  const RunResult result(
      group("reserved_instances: {instance_count: 1}, savings_plan: {commitment: \"0.03\"}"),
      source);
  CHECK(result.quantity("ec2.reserved_1y.c5.large") == "2");
  CHECK(result.quantity("ec2.savings_plan") == "0.06");
  CHECK(result.quantity("ec2.on_demand.c5.large") == "1.026666666666667");  // 2 x 1,848 s
  REQUIRE(result.summary.notes.size() == 2);
  CHECK(
      result.summary.notes[0] ==
      "services.web: 1 Reserved Instance for 1 year is used to 100.0 %, 0.0 instance-hours of 2.0 "
      "unused; 50.0 % of what ran was paid by it");
  CHECK(result.summary.notes[1].find("24.3 % of what ran was paid by it") != std::string::npos);
}

TEST_CASE("a commitment without a price, or without an amount, is a mistake that says so") {
  CHECK(mistakes("savings_plan: {commitment: \"0\"}")
            .find("services.web.ec2.savings_plan.commitment: must be USD an hour above 0") !=
        std::string::npos);
  CHECK(mistakes("savings_plan: {commitment: \"0.0000001\"}").find("at most 6 decimals") !=
        std::string::npos);
  CHECK(mistakes("reserved_instances: {}").find("instance_count: is missing") != std::string::npos);
}

}  // namespace skyreplay::ec2
