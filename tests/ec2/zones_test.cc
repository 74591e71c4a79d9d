// What a group does when zones have no capacity, are lost, and come back, and when instances die.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "ec2/auto_scaling_group.h"
#include "metrics/recorder.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"

namespace skyreplay::ec2 {
namespace {

using namespace std::chrono_literals;

/// A group without requests, driven by hand: m5.large in zones a, b and c, in service 20 s after a
/// launch.
class World final : public metrics::WindowSink {
 public:
  explicit World(std::uint32_t desired, AutoScalingGroupConfig config = {}) {
    config.fleet.name = "services.web";
    config.fleet.zones = {"a", "b", "c"};
    config.fleet.termination = {{balancing::TerminationPolicy::kOldestInstance}, true};
    config.instance_type = "m5.large";
    config.boot_time = Distribution{Distribution::Constant{20s}};
    config.fleet.idle_timeout = 4000s;  // nothing is asked of clients, which there are none
    config.bounds = {0, 20};
    group = std::make_unique<AutoScalingGroup>(
        loop, recorder_, config, 1,
        balancing::FleetBilling{.catalogue = pricing::Catalogue::builtin(),
                                .region = "us-east-1",
                                .span = {TimePoint{}, TimePoint{1h}},
                                .meters = meters_});
    group->begin(desired, true);
  }

  void advance(Duration time) { loop.advance(TimePoint{time}); }
  void refuse(const std::string& zone) { group->refuse_capacity(*group->zone(zone)); }
  void lose(const std::string& zone) { group->lose_zone(*group->zone(zone)); }
  /// Zone a is lost until 300 s.
  void lose_a_for_five_minutes() {
    lose("a");
    advance(300s);
    group->restore_zone(0);
  }
  /// "20: launch ...; ..." since it was last asked, health and faults apart.
  std::string told() {
    std::vector<workload::Activity> activities;
    group->take_activities(activities);
    std::string text;
    for (const workload::Activity& activity : activities) {
      if (activity.kind == "health" || activity.kind == "fault") continue;
      text += (text.empty() ? "" : "; ") + std::to_string(activity.time.time_since_epoch() / 1s) +
              ": " + activity.kind + " " + activity.cause;
    }
    return text;
  }
  /// Instances that do not drain: those in service and, after a plus, those that are not yet.
  std::string there() const {
    std::uint32_t serving = 0;
    group->for_each_member([&](std::uint32_t, const balancing::Fleet::MemberState& state) {
      serving += state.has_server && !state.is_draining ? 1 : 0;
    });
    return std::to_string(serving) + " + " + std::to_string(group->pending());
  }

  kernel::Loop loop;
  std::unique_ptr<AutoScalingGroup> group;

 private:
  void begin_window(const metrics::Window&) override {}
  void row(metrics::WindowRow&) override {}
  void end_window() override {}

  metrics::Recorder recorder_{{0}, 1, TimePoint{}, *this};
  pricing::Meters meters_;
};

TEST_CASE("E20: by best effort a launch is made in the next zone that has capacity") {
  World world(2);  // in a and b
  world.refuse("c");
  world.group->set_desired(3, "");
  CHECK(world.told().find("0: launch instance 2 in a: in service after 20s") != std::string::npos);
}

TEST_CASE("E20: what no zone has capacity for is launched when one has") {
  World world(1);
  for (const char* zone : {"a", "b", "c"}) world.refuse(zone);
  world.group->set_desired(3, "");
  CHECK(world.told().find("0: launch_failed 2 instances: no capacity in b, c, a") !=
        std::string::npos);
  world.advance(130s);
  CHECK(world.there() == "1 + 0");
  world.group->restore_capacity(1);
  CHECK(world.told() ==
        "130: launch instance 1 in b: in service after 20s; "
        "130: launch instance 2 in b: in service after 20s");
}

TEST_CASE("E20: balanced only, a zone without capacity is waited for, and the others are filled") {
  AutoScalingGroupConfig config;
  config.fleet.balanced_only = true;
  World world(0, config);
  world.refuse("a");
  world.group->set_desired(6, "");
  CHECK(world.told().find("0: launch_failed 2 instances: no capacity in a") != std::string::npos);
  CHECK(world.there() == "0 + 4");
  world.advance(90s);
  world.group->restore_capacity(0);
  CHECK(world.told() ==
        "90: launch instance 4 in a: in service after 20s; "
        "90: launch instance 5 in a: in service after 20s");
}

TEST_CASE("a launch that failed is not made when fewer are wanted again") {
  World world(1);
  for (const char* zone : {"a", "b", "c"}) world.refuse(zone);
  world.group->set_desired(3, "");
  world.group->set_desired(1, "");
  world.group->restore_capacity(2);
  CHECK(world.there() == "1 + 0");
}

TEST_CASE("E18, E21: when a zone has capacity again, launches come before terminations") {
  World world(6);
  world.lose("a");
  CHECK(world.there() == "4 + 2");
  world.advance(300s);
  CHECK(world.there() == "6 + 0");
  world.told();
  world.group->restore_zone(0);  // 0, 3 and 3: two are launched in a
  CHECK(world.told() ==
        "300: launch instance 8 in a: in service after 20s; "
        "300: launch instance 9 in a: in service after 20s");
  CHECK(world.there() == "6 + 2");
  world.advance(321s);  // and two go, of zones with three that were all launched at once
  CHECK(world.told() == "320: terminate instance 2 in c; 320: terminate instance 1 in b");
  CHECK(world.there() == "6 + 0");
}

TEST_CASE("E18: rebalancing goes at most a tenth above the maximum, and one at least") {
  AutoScalingGroupConfig config;
  World world(18, config);  // of 20 at most: 22 while rebalancing
  world.lose_a_for_five_minutes();
  CHECK(world.there() == "18 + 4");  // six are missing in a
  world.advance(10min);
  CHECK(world.there() == "18 + 0");
  CHECK(world.told().find("320: launch") != std::string::npos);
}

TEST_CASE(
    "E22: without AZRebalance zones stay as they are, without Terminate more stay than wanted") {
  AutoScalingGroupConfig config;
  config.suspended.az_rebalance = true;
  World still(6, config);
  still.lose_a_for_five_minutes();
  still.advance(10min);
  CHECK(still.told().find("300: launch") == std::string::npos);

  config.suspended = {.terminate = true};
  World above(6, config);
  above.lose_a_for_five_minutes();
  above.advance(10min);
  CHECK(above.there() == "8 + 0");
  above.group->change({.capacity = {}, .suspended = {}, .cause = ""});
  CHECK(above.there() == "6 + 0");
}

TEST_CASE("E17, E21: protected instances are not moved") {
  AutoScalingGroupConfig config;
  config.fleet.protects_members = true;
  World world(6, config);
  world.lose_a_for_five_minutes();
  world.advance(10min);
  CHECK(world.told().find("300: launch") == std::string::npos);
}

TEST_CASE("E3, E12, E14: instances that are gone are replaced at once, however many") {
  World world(6);
  world.group->kill(4);
  CHECK(world.there() == "2 + 4");
  CHECK(
      world.told().starts_with("0: terminate instance 0 in a: is gone; 0: terminate "
                               "instance 1 in b: is gone; "));
}

TEST_CASE("E22: nobody notices that an instance is gone while health checks are suspended") {
  AutoScalingGroupConfig config;
  config.suspended.health_check = true;
  World world(6, config);
  world.group->kill(2);
  CHECK(world.there() == "4 + 0");
  world.group->set_desired(7, "");  // one more
  CHECK(world.there() == "4 + 1");
  world.group->set_desired(6, "");  // one less: of those that are gone
  CHECK(world.there() == "4 + 1");
  world.group->change({.capacity = {}, .suspended = {}, .cause = ""});
  CHECK(world.there() == "4 + 2");
}

TEST_CASE("an instance that drains, or waits for hooks, goes with its zone") {
  AutoScalingGroupConfig config;
  config.terminating = {{.name = "h", .heartbeat_timeout = 300s}};
  World world(3, config);
  world.group->set_desired(2, "");  // the one in c: idle, it waits for 300 s
  world.told();
  world.lose("c");
  CHECK(world.told().empty());
  std::uint32_t there = 0;
  world.group->for_each_member([&](std::uint32_t, const auto&) { ++there; });
  CHECK(there == 2);
  world.advance(10min);
}

}  // namespace
}  // namespace skyreplay::ec2
