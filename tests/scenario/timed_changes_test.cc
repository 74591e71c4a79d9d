#include "scenario/timed_changes.h"

#include <doctest/doctest.h>

#include "scenario/law.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::Duration;
using skyreplay::TimePoint;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::to_duration;
using skyreplay::testing::kEverything;
using skyreplay::testing::mistakes_of;

namespace {

/// The scenario of every platform with changes, the first of which stands in line 10.
std::string with_changes(const std::string& changes) {
  return kEverything + "changes:\n" + changes;
}

/// What is said of the value 5 for a field, without where and what.
std::string refusal(const std::string& field) {
  const std::string text =
      mistakes_of(with_changes("  - {at: +5m, field: " + field + ", value: 5}\n"));
  const std::string start = "shop.yaml:10:22: changes[0].field: ";
  CHECK(text.starts_with(start));
  return text.substr(std::min(start.size(), text.size()));
}

}  // namespace

TEST_CASE("changes are resolved one after another in order of time") {
  const Scenario scenario = Scenario::parse(
      with_changes("  - {at: +10m, field: services.web.ec2.desired_capacity, value: 9}\n"
                   "  - {at: +5m, field: services.web.ec2.max_size, value: 9}\n"
                   "  - {at: +10m, field: workload.client.timeout, value: 90s}\n"),
      "shop.yaml");
  const auto& changes = scenario.changes();
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].field == "services.web.ec2.max_size");
  CHECK(changes[0].when(TimePoint{1h}) == TimePoint{1h + 5min});
  CHECK(changes[0].after->services().at("web").ec2().max_size() == 9);
  CHECK(changes[0].after->services().at("web").ec2().desired_capacity() == 2);
  CHECK(changes[1].after->services().at("web").ec2().desired_capacity() == 9);
  CHECK_FALSE(changes[1].after->workload().client().has_timeout());
  CHECK(changes[2].value == "1m30s");
  CHECK(changes[2].after->services().at("web").ec2().desired_capacity() == 9);
  CHECK(to_duration(changes[2].after->workload().client().timeout()) == 90s);
  CHECK(scenario.message().services().at("web").ec2().max_size() == 8);
  CHECK(changes[2].after->changes_size() == 0);
}

TEST_CASE("a default that follows from a changed field follows the change") {
  const Scenario scenario = Scenario::parse(
      with_changes("  - {at: +5m, field: services.web.ec2.min_size, value: 4}\n"), "shop.yaml");
  CHECK(scenario.message().services().at("web").ec2().desired_capacity() == 2);
  CHECK(scenario.changes()[0].after->services().at("web").ec2().desired_capacity() == 4);
}

TEST_CASE("null takes a field away, and a change may stand at an instant") {
  const Scenario scenario =
      Scenario::parse(with_changes("  - {at: 2026-01-05T12:00:00Z, field: "
                                   "services.db.external.max_connections, value: null}\n"),
                      "shop.yaml", {"services.db.external.max_connections=7"});
  CHECK(scenario.message().services().at("db").external().max_connections() == 7);
  CHECK_FALSE(scenario.changes()[0].after->services().at("db").external().has_max_connections());
  CHECK(scenario.changes()[0].when(TimePoint{}) == TimePoint{1767614400s});
  CHECK(scenario.changes()[0].value == "null");
}

TEST_CASE(
    "a scenario with changes shows as one of the same digest, values in the field's spelling") {
  const Scenario scenario = Scenario::parse(
      with_changes("  - {at: +600s, field: 'workload[\"client\"].timeout', value: 90s}\n"
                   "  - {at: +20m, field: services.fn.lambda.memory_size, value: 512}\n"),
      "shop.yaml");
  CHECK(scenario.to_yaml().find(
            "changes:\n"
            "  - {at: +10m, field: \"workload[\\\"client\\\"].timeout\", value: 1m30s}\n"
            "  - {at: +20m, field: services.fn.lambda.memory_size, value: 512}\n") !=
        std::string::npos);
  CHECK(Scenario::parse(scenario.to_yaml(), "a.yaml").digest() == scenario.digest());
}

TEST_CASE("a field that does not change in a run is refused with those near it that may") {
  CHECK(refusal("services.web.ec2.instance_type") ==
        "'services.web.ec2.instance_type' is no field that may change in a run; near it may: "
        "services.web.ec2.desired_capacity, services.web.ec2.max_size, services.web.ec2.min_size, "
        "services.web.ec2.suspended_processes");
  CHECK(refusal("services.app.ecs.desired_cuont") ==
        "'services.app.ecs.desired_cuont' is no field that may change in a run, did you mean "
        "'desired_count'?; near it may: services.app.ecs.desired_count, "
        "services.app.ecs.max_capacity, services.app.ecs.min_capacity");
  CHECK(refusal("services.web.ecs.desired_count") ==
        "'services.web.ecs.desired_count' is no field that may change in a run, did you mean "
        "'services.app.ecs.desired_count'?; near it may: services.web.ec2.desired_capacity, "
        "services.web.ec2.max_size, services.web.ec2.min_size, "
        "services.web.ec2.suspended_processes");
  CHECK(refusal("seed") ==
        "'seed' is no field that may change in a run; near it may: "
        "account.lambda.concurrent_executions, services.app.ecs.desired_count, "
        "services.app.ecs.max_capacity, services.app.ecs.min_capacity, "
        "services.db.external.max_connections, services.fn.lambda.memory_size and 8 more");
  CHECK(refusal("\"services.\"") == "in 'services.': expected a field's name at character 10");
}

TEST_CASE("a value that does not fit is refused where the change stands") {
  CHECK(
      mistakes_of(with_changes("  - {at: +5m, field: services.web.ec2.desired_capacity, value: 9}\n"
                               "  - {at: +6m, field: services.fn.lambda.timeout, value: 15m}\n"
                               "  - {at: +7m, field: services.web.ec2.min_size, value: null}\n")) ==
      "shop.yaml:10:64: changes[0].value: services.web.ec2.desired_capacity: must lie between "
      "min_size, 2, and max_size, 8; it is 9\n"
      "shop.yaml:11:57: changes[1].value: services.fn.lambda.timeout: must be a whole number of "
      "s, not '15m'\n"
      "shop.yaml:12:56: changes[2].value: services.web.ec2.min_size: is missing");
}

TEST_CASE("a change without its parts or at no time is refused") {
  CHECK(mistakes_of(with_changes("  - {}\n")) ==
        "shop.yaml:10:5: changes[0].at: is missing\n"
        "shop.yaml:10:5: changes[0].field: is missing\n"
        "shop.yaml:10:5: changes[0].value: is missing");
  CHECK(mistakes_of(with_changes("  - {at: 5m, field: workload.client.timeout, value: 1s}\n")) ==
        "shop.yaml:10:10: changes[0].at: must be a time such as 2026-01-05T12:00:00Z, or +10m from "
        "the trace's start; not '5m'");
}

TEST_CASE("instants and times from the trace's start are not mixed") {
  CHECK(mistakes_of(
            with_changes("  - {at: +5m, field: workload.client.timeout, value: 1s}\n"
                         "  - {at: 2026-01-05, field: workload.client.timeout, value: 2s}\n")) ==
        "shop.yaml:11:10: changes[1].at: give all changes as instants, or all from the trace's "
        "start, as the first is given");
}
