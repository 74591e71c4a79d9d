// Scheduled actions of a group: what is refused, and why.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

std::string group(const std::string& actions) {
  return "version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 9, instance_type: m7i.large, "
         "scheduled_actions: [" +
         actions + "]}}}\n";
}

std::string action(const std::string& fields, const std::string& name = "s") {
  return "{scheduled_action_name: " + name + ", " + fields + "}";
}

/// The first mistake, without its place and the list's path.
std::string told(const std::string& actions) {
  std::string text = mistakes_of(group(actions));
  const std::string list = "scheduled_actions";
  const std::size_t at = text.find("ec2." + list);
  if (at != std::string::npos) text = text.substr(at + 4 + list.size());
  return text.substr(0, text.find('\n'));
}

TEST_CASE("E77: an action says when, and what it sets") {
  CHECK(told(action("start_time: +1h, min_size: 2")).empty());
  CHECK(told(action("recurrence: 0 9 * * *, end_time: +9d, desired_capacity: 2")).empty());
  CHECK(told(action("start_time: +1h")) ==
        "[0]: sets none of min_size, max_size and desired_capacity");
  CHECK(told(action("min_size: 2")) == "[0]: must have a start_time, a recurrence or both");
  CHECK(told("{start_time: +1h, min_size: 2}") == "[0].scheduled_action_name: is missing");
}

TEST_CASE("E2: what an action sets must fit together") {
  CHECK(told(action("start_time: +1h, min_size: 3, max_size: 2")) ==
        "[0].min_size: must not be above max_size");
  CHECK(told(action("start_time: +1h, min_size: 3, desired_capacity: 2")) ==
        "[0].desired_capacity: must lie between the action's min_size and max_size");
  // Bounds of the group may be others by then.
  CHECK(told(action("start_time: +1h, desired_capacity: 12")).empty());
}

TEST_CASE("E77: no two actions have one start time or one name") {
  const std::string at = "start_time: 2026-01-05T09:00:00Z, min_size: 2";
  const std::string same = "start_time: 2026-01-05T10:00:00+01:00, min_size: 3";
  CHECK(told(action(at) + ", " + action(same, "t")) ==
        "[1].start_time: is that of action s already");
  CHECK(told(action(at) + ", " + action("start_time: +1h, min_size: 3")) ==
        "[1].scheduled_action_name: is another action's name already");
}

TEST_CASE("E77: a recurrence and its time zone must be ones") {
  CHECK(told(action("min_size: 2, recurrence: 0 25 * * *")) ==
        "[0].recurrence: '25' is no hour from 0 to 23");
  CHECK(told(action("min_size: 2, recurrence: 0 9 * * *, time_zone: Europe/Atlantis")) ==
        "[0].time_zone: there is no time zone 'Europe/Atlantis'");
  CHECK(told(action("min_size: 2, start_time: +1h, time_zone: Europe/Berlin")) ==
        "[0].time_zone: is for a recurrence");
  CHECK(told(action("min_size: 2, start_time: +1h, end_time: +2h")) ==
        "[0].end_time: is for a recurrence");
  CHECK(told(action("min_size: 2, recurrence: 0 9 * * *, start_time: +2h, end_time: +2h")) ==
        "[0].end_time: must be later than start_time");
}

TEST_CASE("E5: a group has at most 125 scheduled actions") {
  std::string actions;
  for (int i = 0; i < 126; ++i) {
    actions += (i == 0 ? "" : ", ") +
               action("min_size: 2, start_time: +" + std::to_string(i) + "s", std::to_string(i));
  }
  CHECK(told(actions) == ": has more than 125 actions");
}

TEST_CASE("scheduled actions are shown as they were given, and read back to the same") {
  const Scenario scenario =
      Scenario::parse(group(action("start_time: 2026-01-05T09:00:00Z, recurrence: 0 9 * * MON-FRI, "
                                   "time_zone: Europe/Berlin, min_size: 2")),
                      "shop.yaml");
  CHECK(Scenario::parse(scenario.to_yaml(), "shop.yaml").digest() == scenario.digest());
}

}  // namespace
}  // namespace skyreplay::scenario
