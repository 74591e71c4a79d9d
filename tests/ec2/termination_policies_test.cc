#include <doctest/doctest.h>

#include <string>

#include "ec2/group_run.h"

namespace skyreplay::ec2 {
namespace {

using namespace std::chrono_literals;

/// The run begins with instance 0 in zone a; 1 is launched in b at 20 minutes; at 70 one goes.
std::string who_goes(const std::string& policies) {
  const std::string zones = "availability_zones: [us-east-1a, us-east-1b], ";
  const std::string field = "field: services.web.ec2.desired_capacity, value: ";
  const auto result = testing::run(
      testing::group(1, "", "",
                     zones + (policies.empty() ? "" : "termination_policies: " + policies + ", "),
                     "changes: [{at: +20m, " + field + "2}, {at: +70m, " + field + "1}]\n"),
      {}, 80min);
  return result.activities.back().cause;
}

TEST_CASE("E33: a group takes away by its termination policies") {
  CHECK(who_goes("[OldestInstance]") == "instance 0 in us-east-1a");
  CHECK(who_goes("[NewestInstance]") == "instance 1 in us-east-1b");
  // 10 minutes into its second hour, and 50 into its first.
  CHECK(who_goes("[ClosestToNextInstanceHour]") == "instance 1 in us-east-1b");
  CHECK(who_goes("") == "instance 1 in us-east-1b");
  CHECK(who_goes("[OldestInstance, Default]") == "instance 0 in us-east-1a");
  CHECK(who_goes("[OldestLaunchTemplate, NewestInstance]") == "instance 1 in us-east-1b");
}

}  // namespace
}  // namespace skyreplay::ec2
