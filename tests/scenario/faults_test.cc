#include <doctest/doctest.h>

#include "scenario/resolve_faults.h"
#include "scenario/support.h"

using skyreplay::scenario::Scenario;
using skyreplay::testing::kEverything;
using skyreplay::testing::mistakes_of;

namespace {

/// What is said of a fault, which stands in line 10, without the place.
std::string refusal(const std::string& fault) {
  const std::string text = mistakes_of(kEverything + "faults:\n  - {" + fault + "}\n");
  CHECK(text.starts_with("shop.yaml:10:"));
  return text.substr(std::min(text.find(": ") + 2, text.size()));
}

}  // namespace

TEST_CASE("faults are read, and shown as a scenario of the same digest") {
  const Scenario scenario =
      Scenario::parse(kEverything +
                          "faults:\n"
                          "  - {at: +10m, kill_instances: {service: web}}\n"
                          "  - {at: +20m, for: 1h, zone_loss: {zone: us-east-1a}}\n"
                          "  - {at: +600s, for: 90s, slow_external: {external: db, factor: 10}}\n"
                          "  - {at: +1h, until: +2h, boot_time: {service: web, factor: 2.5}}\n",
                      "shop.yaml");
  CHECK(scenario.message().faults(0).kill_instances().count() == 1);
  CHECK(scenario.to_yaml().find("for: 1m30s") != std::string::npos);
  CHECK(Scenario::parse(scenario.to_yaml(), "a.yaml").digest() == scenario.digest());
}

TEST_CASE("a fault is of one kind, has a time, and ends after it begins") {
  CHECK(refusal("at: +1s") ==
        "faults[0]: says nothing that fails: give it one of kill_instances, zone_loss, "
        "interrupt_spot, slow_external, boot_time, refuse_capacity");
  CHECK(refusal("kill_instances: {service: web}") == "faults[0].at: is missing");
  CHECK(refusal("at: +1s, kill_instances: {service: web}, boot_time: {service: web, factor: 2}") ==
        "faults[0].boot_time: excludes 'kill_instances', which is given too");
  CHECK(refusal("at: +1s, for: 5s, kill_instances: {service: web}") ==
        "faults[0].for: is for what lasts; this happens at once");
  CHECK(refusal("at: +9s, until: +9s, slow_external: {external: db, factor: 2}") ==
        "faults[0].until: must be later than 'at'");
  CHECK(refusal("at: +9s, until: 2026-01-05, slow_external: {external: db, factor: 2}") ==
        "faults[0].until: must be given as 'at' is: an instant, or from the trace's start");
  CHECK(refusal("at: +1s, for: 5s, until: +9s, slow_external: {external: db, factor: 2}") ==
        "faults[0].until: excludes 'for', which is given too");
}

TEST_CASE("a fault meets a service that knows it") {
  CHECK(refusal("at: +1s, kill_instances: {service: wbe}") ==
        "faults[0].kill_instances.service: there is no service 'wbe', did you mean 'web'?");
  CHECK(refusal("at: +1s, kill_instances: {service: fn}") ==
        "faults[0].kill_instances.service: 'fn' is no group of instances and no service of "
        "tasks");
  CHECK(refusal("at: +1s, boot_time: {service: app, factor: 2}") ==
        "faults[0].boot_time.service: 'app' is no group of instances");
  CHECK(refusal("at: +1s, slow_external: {external: web, factor: 2}") ==
        "faults[0].slow_external.external: 'web' is no external service");
  CHECK(refusal("at: +1s, zone_loss: {zone: us-east-1z}") ==
        "faults[0].zone_loss.zone: nothing is in 'us-east-1z'; there are us-east-1a, "
        "us-east-1b, us-east-1c");
  CHECK(refusal("at: +1s, zone_loss: {zone: us-east-1a, service: fn}") ==
        "faults[0].zone_loss.service: 'fn' is no group of instances and no service of tasks");
  CHECK(refusal("at: +1s, interrupt_spot: {service: web, share: 0.5}") ==
        "faults[0].interrupt_spot.service: 'web' has no Spot Instances");
  CHECK(refusal("at: +1s, slow_external: {external: db}") ==
        "faults[0].slow_external.factor: is missing");
}

TEST_CASE("capacity is refused to groups, in their zones") {
  CHECK(refusal("at: +1s, refuse_capacity: {service: app, zone: us-east-1a}") ==
        "faults[0].refuse_capacity.service: 'app' is no group of instances");
  CHECK(refusal("at: +1s, refuse_capacity: {zone: us-east-1z}") ==
        "faults[0].refuse_capacity.zone: nothing is in 'us-east-1z'; there are us-east-1a, "
        "us-east-1b, us-east-1c");
}
