#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::ec2 {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// m5.large in one zone, in service 20 s after its launch; what `actions` and `more` say.
std::string group(std::uint32_t desired, const std::string& actions, const std::string& more = "",
                  const std::string& changes = "") {
  return "version: 1\ndrain: 0s\nservices:\n  web:\n    ec2: {min_size: 1, max_size: 9, "
         "desired_capacity: " +
         std::to_string(desired) + ", instance_type: m5.large, availability_zones: [us-east-1a], " +
         "scheduled_actions: [" + actions + "], " + more +
         "assumed: {speed: 1, boot_time: 20s}}\nchanges: [" + changes + "]\n";
}

std::string action(const std::string& when, const std::string& what,
                   const std::string& name = "s") {
  return "{scheduled_action_name: " + name + ", " + when + ", " + what + "}";
}

/// An idle group from `start` on, for as long as `span`.
RunResult run(const std::string& scenario, Duration span, Duration start = 0s) {
  RowSource source({{.name = "r"}}, {}, start + span);
  source.start_at(start);
  return {scenario, source};
}

/// "60: 1 to 2; ...": when the desired number changed, in seconds from `start` on.
std::string told(const RunResult& result, Duration start = 0s) {
  std::string text;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind != "scale_out" && activity.kind != "scale_in") continue;
    text += (text.empty() ? "" : "; ") +
            std::to_string((activity.time.time_since_epoch() - start) / 1s) + ": " +
            std::to_string(*activity.from) + " to " + std::to_string(*activity.to);
  }
  return text;
}

/// 2026-03-27, a Friday; clocks in Berlin go forward on the Sunday.
constexpr Duration kFriday = 1774569600s;

TEST_CASE("E77: an action sets the desired capacity at its time, and says so in AWS's words") {
  const RunResult result = run(
      group(1, action("start_time: +60s", "min_size: 2, max_size: 4, desired_capacity: 3")), 100s);
  CHECK(told(result) == "60: 1 to 3");
  REQUIRE(result.activities.size() >= 2);
  CHECK(result.activities[0].kind == "scheduled");
  CHECK(result.activities[0].cause ==
        "scheduled action s: update of AutoScalingGroup constraints to min: 2, max: 4, desired: 3");
  CHECK(result.activities[1].cause ==
        "scheduled action s: update of AutoScalingGroup constraints to min: 2, max: 4, desired: 3; "
        "desired 1 → 3");
}

TEST_CASE("E77: an instant is one of UTC, and what was due before the run has happened") {
  const std::string at = "start_time: 1970-01-01T00:01:30Z";
  CHECK(told(run(group(1, action(at, "desired_capacity: 2")), 100s)) == "90: 1 to 2");
  CHECK(told(run(group(1, action(at, "desired_capacity: 2")), 100s, 80s), 80s) == "10: 1 to 2");
  CHECK(told(run(group(1, action(at, "desired_capacity: 2")), 100s, 90s), 90s) == "0: 1 to 2");
  CHECK(told(run(group(1, action(at, "desired_capacity: 2")), 100s, 91s), 91s).empty());
}

TEST_CASE("E77: with a start time it happens then, and then by the recurrence") {
  const auto happens = [](const std::string& more) {
    return run(group(1, action("recurrence: \"*/5 * * * *\"" + more, "desired_capacity: 2")), 1000s)
        .activities;
  };
  const auto times = [&](const std::string& more) {
    std::string text;
    for (const replay::Activity& activity : happens(more)) {
      if (activity.kind != "scheduled") continue;
      text += std::to_string(activity.time.time_since_epoch() / 1s) + " ";
    }
    return text;
  };
  CHECK(times("") == "0 300 600 900 ");
  CHECK(times(", start_time: +400s") == "400 600 900 ");
  CHECK(times(", start_time: +300s") == "300 600 900 ");
  // Where a time is the end it does not happen.
  CHECK(times(", end_time: +600s") == "0 300 ");
  CHECK(times(", end_time: +601s") == "0 300 600 ");
}

TEST_CASE("E77: office hours in a time zone follow its clocks") {
  // Nine o'clock in Berlin is 08:00 in UTC on Friday, and 07:00 on Monday.
  const std::string open = "recurrence: 0 9 * * MON-FRI, time_zone: Europe/Berlin";
  const std::string close = "recurrence: 0 18 * * MON-FRI, time_zone: Europe/Berlin";
  const RunResult result = run(group(1, action(open, "desired_capacity: 4", "open") + ", " +
                                            action(close, "desired_capacity: 1", "close")),
                               96h, kFriday);
  const auto at = [](int days, int hours) { return std::to_string((24 * days + hours) * 3600); };
  CHECK(told(result, kFriday) == at(0, 8) + ": 1 to 4; " + at(0, 17) + ": 4 to 1; " + at(3, 7) +
                                     ": 1 to 4; " + at(3, 16) + ": 4 to 1");
}

TEST_CASE("E2: bounds that an action sets stay, and what is desired keeps within them") {
  const std::string raise = action("start_time: +60s", "min_size: 3", "raise");
  CHECK(told(run(group(1, raise), 100s)) == "60: 1 to 3");
  const std::string lower = action("start_time: +60s", "max_size: 2", "lower");
  CHECK(told(run(group(5, lower), 100s)) == "60: 5 to 2");
  // Later ones have them to keep to: eight are too many, and so for a change.
  const std::string more = action("start_time: +80s", "desired_capacity: 8", "more");
  CHECK(told(run(group(5, lower + ", " + more), 100s)) == "60: 5 to 2");
  const std::string change = "{at: +90s, field: services.web.ec2.desired_capacity, value: 5}";
  CHECK(told(run(group(5, lower, "", change), 100s)) == "60: 5 to 2");
  const std::string wider = "{at: +80s, field: services.web.ec2.max_size, value: 9}, ";
  CHECK(told(run(group(5, lower, "", wider + change), 100s)) == "60: 5 to 2; 90: 2 to 5");
}

TEST_CASE("E2: a bound that an action leaves out gives way to the one it sets") {
  const std::string lower = action("start_time: +60s", "max_size: 2", "lower");
  const std::string raise = action("start_time: +80s", "min_size: 3", "raise");
  CHECK(told(run(group(5, lower + ", " + raise), 100s)) == "60: 5 to 2; 80: 2 to 3");
}

TEST_CASE("E2: a change of something else leaves the bounds that an action has set") {
  const std::string lower = action("start_time: +60s", "max_size: 2", "lower");
  const std::string other = "{at: +70s, field: services.web.ec2.suspended_processes, value: []}";
  const std::string more = action("start_time: +80s", "desired_capacity: 8", "more");
  CHECK(told(run(group(5, lower + ", " + more, "", other), 100s)) == "60: 5 to 2");
}

TEST_CASE("E22: actions that are due while they are suspended are skipped") {
  const std::string minutely = action("recurrence: \"* * * * *\"", "min_size: 3");
  const std::string resumed = "{at: +90s, field: services.web.ec2.suspended_processes, value: []}";
  const RunResult result =
      run(group(1, minutely, "suspended_processes: [ScheduledActions], ", resumed), 150s);
  CHECK(told(result) == "120: 1 to 3");
}

TEST_CASE("E77: actions of one instant happen in the list's order") {
  const std::string every = "recurrence: \"1 * * * *\"";
  const std::string two = action(every, "desired_capacity: 2", "two");
  const std::string three = action(every, "desired_capacity: 3", "three");
  CHECK(told(run(group(1, two + ", " + three), 100s)) == "60: 1 to 2; 60: 2 to 3");
  CHECK(told(run(group(1, three + ", " + two), 100s)) == "60: 1 to 3; 60: 3 to 2");
}

TEST_CASE("E54, E77: policies go on from what an action has set") {
  // At 0 % CPU target tracking takes away what the action adds, down to the action's minimum.
  const std::string policy =
      "monitoring: detailed, default_instance_warmup: 0, policies: [{policy_name: p, "
      "target_tracking_configuration: {target_value: 50, predefined_metric_specification: "
      "{predefined_metric_type: ASGAverageCPUUtilization}, assumed: {low_evaluation_second: "
      "0}}}], ";
  const std::string up = action("start_time: +30s", "min_size: 2, desired_capacity: 5");
  CHECK(told(run(group(1, up, policy), 1200s)) == "30: 1 to 5; 1020: 5 to 2");
}

}  // namespace
}  // namespace skyreplay::ec2
