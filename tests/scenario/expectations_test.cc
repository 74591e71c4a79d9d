// What a scenario may expect, and how mistakes in it are told.
#include <doctest/doctest.h>

#include "core/error.h"
#include "scenario/scenario.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::check::Bound;
using skyreplay::check::Expectation;
using skyreplay::scenario::Scenario;
using skyreplay::testing::kSmall;
using skyreplay::testing::mistakes_of;

namespace {

std::string with(const std::string& expectation) {
  return kSmall + "expectations:\n  - {name: x, " + expectation + "}\n";
}

Expectation read(const std::string& expectation) {
  return Scenario::parse(with(expectation), "shop.yaml").expectations().at(0);
}

TEST_CASE("a metric's expectation is a requirement with a span") {
  const Expectation made = read(
      "metric: latency, statistic: p99, of: fn, must_be: \"< 300ms\", each: 5m, "
      "between: [12:00, 13:00]");
  CHECK(made.about == Expectation::About::kMetric);
  CHECK(made.name == "x");
  CHECK(made.text == "p99(latency of fn) < 300ms in every 5m between 12:00 and 13:00");
  CHECK(made.requirement.limit == 300'000'000);
  CHECK(made.requirement.each == 5min);
  CHECK(made.requirement.between->from.since == 12h);
  CHECK(skyreplay::to_string(made.position) == "shop.yaml:4:5");
}

TEST_CASE("an expectation is about everything unless told otherwise") {
  CHECK(read("metric: cost, statistic: sum, must_be: \"< 1 USD\"").of == "*");
}

TEST_CASE("an activity is expected within a time after an instant, an offset or the start") {
  const Expectation made = read("activity: scale_out, of: fn, first_after: +2h, within: 5m");
  CHECK(made.about == Expectation::About::kActivity);
  CHECK(made.text == "scale_out of fn within 5m after +2h");
  CHECK(made.first_after->kind == Bound::Kind::kOffset);
  CHECK(made.within == 5min);
  CHECK_FALSE(read("activity: limit, within: 5m").first_after.has_value());
  CHECK(read("activity: limit, first_after: 2026-01-05T12:00:00Z, within: 5m").text ==
        "limit of * within 5m after 2026-01-05T12:00:00Z");
}

TEST_CASE("direction changes are a condition on a number") {
  const Expectation made = read("direction_changes_per_hour: \"<= 2\", of: fn");
  CHECK(made.about == Expectation::About::kDirectionChanges);
  CHECK(made.requirement.limit == 2'000'000'000);
}

TEST_CASE("expectations decide no result, so the digest leaves them out") {
  const Scenario plain = Scenario::parse(kSmall, "shop.yaml");
  const Scenario expecting = Scenario::parse(with("activity: limit, within: 5m"), "shop.yaml");
  CHECK(plain.digest() == expecting.digest());
  CHECK(plain.replayed_yaml() == expecting.replayed_yaml());
  CHECK(plain.to_yaml() != expecting.to_yaml());
  CHECK(Scenario::parse(expecting.to_yaml(), "again.yaml").expectations().size() == 1);
}

TEST_CASE("an expectation is about one thing and has what belongs to it") {
  CHECK(mistakes_of(with("of: fn")) ==
        "shop.yaml:4:5: expectations[0]: is about nothing: give it metric, activity or "
        "direction_changes_per_hour");
  CHECK(mistakes_of(with("metric: cost, activity: limit")) ==
        "shop.yaml:4:39: expectations[0].activity: an expectation is about one thing; this one has "
        "metric too");
  CHECK(mistakes_of(with("metric: cost, statistic: sum")) ==
        "shop.yaml:4:5: expectations[0]: must_be is missing: an expectation about a metric has it");
  CHECK(mistakes_of(with("activity: limit, within: 1m, each: 5m")) ==
        "shop.yaml:4:50: expectations[0].each: has no meaning beside activity");
  CHECK(mistakes_of(kSmall + "expectations: [{activity: limit, within: 1m}]\n") ==
        "shop.yaml:3:16: expectations[0].name: is missing");
}

TEST_CASE("mistakes in an expectation's parts are told where they stand, with the nearest word") {
  CHECK(mistakes_of(with("metric: latncy, statistic: p99, must_be: \"< 1s\"")) ==
        "shop.yaml:4:23: expectations[0].metric: requirement 'p99(latncy of *) < 1s', column 5: "
        "unknown metric 'latncy', did you mean 'latency'?");
  CHECK(mistakes_of(with("metric: latency, statistic: p99, of: fm, must_be: \"< 1s\"")) ==
        "shop.yaml:4:52: expectations[0].of: there is no service 'fm', did you mean 'fn'?");
  CHECK(mistakes_of(with("metric: latency, statistic: p99, of: fm/GET /, must_be: \"< 1s\"")) ==
        "shop.yaml:4:52: expectations[0].of: there is no service 'fm', did you mean 'fn'?");
  CHECK(mistakes_of(with("metric: latency, statistic: p99, of: /*, must_be: \"< 1s\"")) ==
        "shop.yaml:4:52: expectations[0].of: there is no service ''");
  CHECK(mistakes_of(with("activity: scale_uot, within: 1m"))
            .starts_with("shop.yaml:4:25: expectations[0].activity: there is no activity "
                         "'scale_uot', did you mean 'scale_out'?"));
  CHECK(mistakes_of(with("direction_changes_per_hour: 2"))
            .find("expected <, <=, >, >= or == and a bare number") != std::string::npos);
  CHECK(mistakes_of(with("namespace: AWS/Lambda, metric: Errors, statistic: sum, must_be: \"< 1\""))
            .ends_with("AWS/Lambda is of a service on lambda: name one in `of`"));
  const auto named = [](const std::string& what) {
    return mistakes_of(with("of: fn, statistic: sum, must_be: \"< 1\", " + what));
  };
  CHECK(named("namespace: AWS/Lambda, metric: Errors").empty());
  CHECK(named("namespace: AWS/Lambda, metric: Error")
            .find("'AWS/Lambda Error' is no CloudWatch metric that a result holds, did you mean "
                  "'Errors'?") != std::string::npos);
  CHECK(named("namespace: AWS/Lambda, metric: AsyncEventsDropped").empty());
  CHECK(named("namespace: AWS/EC2, metric: CPUUtilization")
            .ends_with("AWS/EC2 is of a service on ec2: name one in `of`"));
  CHECK(mistakes_of(with("namespace: AWS/Lambda, activity: scale_out, within: 1m"))
            .ends_with("expectations[0].namespace: has no meaning beside activity"));
}

TEST_CASE("C122: a cluster's reservation is expected of a cluster") {
  const auto named = [](const std::string& of) {
    return mistakes_of(
        "version: 1\nroutes: [{match: \"*\", service: web}]\nclusters: {hosts: "
        "{auto_scaling_group: {min_size: 1, max_size: 4, instance_type: m7i.large}}}\nservices: "
        "{web: {ecs: {desired_count: 1, cluster: hosts, task_definition: {cpu: 256, memory: "
        "500}}}}\nexpectations: [{name: packed, namespace: AWS/ECS, metric: CPUReservation, "
        "statistic: avg, must_be: \"> 60%\", of: " +
        of + "}]\n");
  };
  CHECK(named("hosts") == "");
  CHECK(named("web").ends_with("CPUReservation is of a cluster: name one in `of`"));
}

TEST_CASE("a CloudWatch name is refused where CloudWatch would count attempts and clients retry") {
  const std::string expectation =
      "namespace: AWS/Lambda, metric: Throttles, of: fn, statistic: sum, must_be: \"< 1\"";
  CHECK(mistakes_of(with(expectation) + "workload: {client: {max_attempts: 3}}\n")
            .find("max_attempts is 3): set recorder.lambda_metrics to true") != std::string::npos);
}

TEST_CASE("spans of an expectation are checked") {
  const std::string metric = "metric: cost, statistic: sum, must_be: \"< 1 USD\", ";
  CHECK(mistakes_of(with(metric + "between: [12:00]"))
            .ends_with("expectations[0].between: must be a list of two: [from, to]"));
  CHECK(mistakes_of(with(metric + "between: [12:00, noon]")).find("between[1]: must be a time") !=
        std::string::npos);
  CHECK(mistakes_of(with(metric + "between: [12:00, +5m]")).find("of one kind") !=
        std::string::npos);
  CHECK(mistakes_of(with(metric + "between: [+5m, +1m]")).find("must come after") !=
        std::string::npos);
  CHECK(mistakes_of(with(metric + "each: 90s"))
            .ends_with("expectations[0].each: must be a multiple of recorder.window, 1m"));
  CHECK(mistakes_of(with("metric: latency, statistic: p99, of: fn/GET /, must_be: \"< 1s\", "
                         "each: 5m"))
            .ends_with("a route's numbers are kept over the whole span only, not window by "
                       "window"));
}

}  // namespace
