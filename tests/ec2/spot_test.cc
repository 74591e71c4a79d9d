// Spot Instances of a group: interruptions, what they cost, and capacity rebalancing.
#include <doctest/doctest.h>

#include <algorithm>

#include "ec2/group_run.h"
#include "ec2/spot_interruptions.h"

namespace skyreplay::ec2 {

using metrics::Outcome;
using skyreplay::testing::RunResult;
using testing::Rows;
using namespace std::chrono_literals;

namespace {

const std::string kSpot = "instance_market_options: {market_type: spot}, ";

/// Instances that boot in 20 s, of which they are pending 15 s; no shocks of their own.
std::string group(std::uint32_t instances, const std::string& more, const std::string& top,
                  const std::string& spot = "interruption_rate: 0") {
  return testing::group(instances, "boot_time: 20s, pending_time: 15s, spot: {" + spot + "}", "",
                        kSpot + more, top);
}

RunResult run(const std::string& scenario, const Rows& rows, Duration end) {
  return testing::run(scenario, rows, end).without_health();
}

std::vector<std::string> causes(const RunResult& result) {
  std::vector<std::string> causes;
  for (const auto& activity : result.activities) causes.push_back(activity.cause);
  return causes;
}

std::string interrupt(const std::string& share) {
  return "faults: [{at: +10s, interrupt_spot: {service: web, share: " + share + "}}]\n";
}

const std::string kNotice = ": EC2 Spot Instance interruption notice, to be reclaimed in 2m";
const std::string kTerminated =
    ": taken out of service in response to an EC2 health check indicating it has been terminated "
    "or stopped";

}  // namespace

TEST_CASE("E39, E40: a Spot Instance goes two minutes after its notice, and is replaced then") {
  // In turn instance 0 has the request, which it would answer at 160 s.
  const RunResult result = run(group(2, "", interrupt("0.5")), {{100s, 60s}}, 600s);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(causes(result) ==
        std::vector<std::string>{"faults: 1 of 2 Spot Instances in service are interrupted",
                                 "instance 0 in us-east-1a" + kNotice,
                                 "instance 0 in us-east-1a" + kTerminated,
                                 "instance 2 in us-east-1a: in service after 20s"});
  CHECK(result.activities[2].time == TimePoint{130s});
  // 130 + 600 s, and from 145 s on 455 s: what a run begins with is older than an hour.
  CHECK(result.quantity("ec2.spot.m5.large") == "0.329166666666667");
  CHECK(result.quantity("ec2.on_demand.m5.large") == "none");
}

TEST_CASE("E41: a Spot Instance that EC2 takes in its first hour is free, its monitoring is not") {
  // Instance 1 runs from 25 s to 220 s, for nothing; 2 and 3 from 235 s on, for 365 s each.
  const std::string grows =
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 2}]\n"
      "faults: [{at: +100s, interrupt_spot: {service: web, share: 1}}]\n";
  const RunResult result = run(group(1, "monitoring: detailed, ", grows), {{5s, 1s}}, 600s);
  CHECK(result.quantity("ec2.spot.m5.large") == "0.263888888888889");  // 220 + 2 x 365 s
  const auto monitored = std::find_if(
      result.summary.meters.begin(), result.summary.meters.end(), [](const auto& meter) {
        return meter.name == "cloudwatch.detailed_monitoring_per_instance";
      });
  CHECK(monitored->quantity == "1145");  // 220 + 195 + 2 x 365
}

TEST_CASE(
    "E18, E40: with capacity rebalancing another is launched at once, and the old one drains") {
  // Instance 2 serves from 30 s on and is healthy by 60 s; no request meets what was taken.
  const RunResult result = run(group(2, "capacity_rebalance: true, ", interrupt("0.5")),
                               {{100s, 60s}, {100s, 60s}}, 600s);
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  CHECK(causes(result) ==
        std::vector<std::string>{
            "faults: 1 of 2 Spot Instances in service are interrupted",
            ("instance 0 in us-east-1a: EC2 instance rebalance recommendation; instance 2 is "
             "launched in its place"),
            "instance 2 in us-east-1c: in service after 20s", "instance 0 in us-east-1a" + kNotice,
            ("instance 0 in us-east-1a: taken out of service in response to an EC2 instance "
             "rebalance recommendation")});
  CHECK(result.activities[4].time >= TimePoint{30s});
  CHECK(result.activities[4].time <= TimePoint{60s});
}

TEST_CASE("E18: rebalancing exceeds the maximum by a tenth of what is desired") {
  // Of two at a maximum of two one is replaced at once; the other once it has been reclaimed.
  const RunResult result =
      run("version: 1\n" + interrupt("1") +
              "services: {web: {ec2: {min_size: 2, max_size: 2, instance_type: m5.large, " + kSpot +
              "capacity_rebalance: true, assumed: {boot_time: 20s, spot: {interruption_rate: "
              "0}}}}}\n",
          {{5s, 1s}}, 600s);
  const auto count = [&](const char* kind) {
    return std::count_if(result.activities.begin(), result.activities.end(),
                         [kind](const auto& activity) { return activity.kind == kind; });
  };
  CHECK(count("replace") == 1);
  CHECK(count("launch") == 2);
  CHECK(count("terminate") == 2);
}

TEST_CASE(
    "E42, E43: shocks of a pool come at random, and take each instance with one probability") {
  // In 200 hours about 200 shocks, each of which takes about half of the 30 instances.
  const RunResult result =
      run(group(30, "availability_zones: [us-east-1a], ", "",
                "time_between_shocks: 1h, shock_share: 0.5, reliable_time: 0s"),
          {{5s, 1s}}, 200h);
  int shocks = 0;
  double taken = 0;
  double there = 0;
  for (const auto& activity : result.activities) {
    if (!activity.cause.starts_with("EC2 needs")) continue;
    ++shocks;
    const std::size_t colon = activity.cause.find(": ");
    taken += std::stod(activity.cause.substr(colon + 2));
    there += std::stod(activity.cause.substr(activity.cause.find("of ", colon) + 3));
  }
  CHECK(shocks > 150);  // 3.5 standard deviations
  CHECK(shocks < 250);
  CHECK(taken / there > 0.45);
  CHECK(taken / there < 0.55);
}

TEST_CASE("E43: what has been in service for less than the reliable time is spared") {
  const RunResult result =
      run(group(3, "", "start: cold\n",
                "time_between_shocks: 60s, shock_share: 1, shock_spread: 0s, reliable_time: 10m"),
          {{900s, 1s}}, 1200s);
  int notices = 0;
  for (const auto& activity : result.activities) {
    if (activity.cause.find(kNotice) == std::string::npos) continue;
    ++notices;
    CHECK(activity.time >= TimePoint{620s});
  }
  CHECK(notices >= 1);
}

TEST_CASE("groups in one pool have the same shocks") {
  const std::string of = "{min_size: 1, max_size: 1, instance_type: m5.large, " + kSpot +
                         "availability_zones: [us-east-1a], assumed: {spot: {time_between_shocks: "
                         "1h}}}";
  const RunResult result =
      run("version: 1\nservices:\n  app: {ec2: " + of + "}\n  web: {ec2: " + of +
              "}\nroutes: [{match: r, service: web}]\ncalls: [{from: web, to: app}]\n",
          {{5s, 1s}}, 50h);
  std::vector<TimePoint> shocks[2];
  for (const auto& activity : result.activities) {
    if (activity.cause.starts_with("EC2 needs")) shocks[activity.service].push_back(activity.time);
  }
  CHECK(shocks[0].size() > 20);
  CHECK(shocks[0] == shocks[1]);
}

TEST_CASE("E39: a recommendation may come before the notice") {
  // At 10 s and with a lead of 5 min it is the shock that recommends; the notice comes later.
  const RunResult result =
      run(group(1, "capacity_rebalance: true, availability_zones: [us-east-1a], ", "",
                "time_between_shocks: 10m, shock_share: 1, shock_spread: 0s, reliable_time: 1h, "
                "recommendation_lead: 1h"),
          {{5s, 1s}}, 2h);
  const auto first = [&](const char* kind) {
    return std::find_if(result.activities.begin(), result.activities.end(),
                        [kind](const auto& activity) { return activity.kind == kind; });
  };
  REQUIRE(first("spot") != result.activities.end());
  REQUIRE(first("replace") != result.activities.end());
  CHECK(first("replace")->time == first("spot")->time);
  // Instance 0 is gone before its notice: the other was healthy within a minute.
  CHECK(causes(result)[2].starts_with("instance 1 in us-east-1a: in service"));
  CHECK(first("terminate")->time < first("spot")->time + 1min);
}

TEST_CASE("E146: a scenario may give the price of a Spot Instance") {
  const RunResult result =
      run(group(1, "", "", "interruption_rate: 0, price: 0.036"), {{5s, 1s}}, 3600s);
  const auto row = std::find_if(result.bill.begin(), result.bill.end(), [](const auto& line) {
    return line.line_item == "ec2.spot.m5.large";
  });
  CHECK(row->amount == 36'000'000);
}

TEST_CASE("E146: the price of Spot Instances changes when the scenario says so") {
  const RunResult result =
      run(group(1, "", "",
                "interruption_rate: 0, price: 0.036, price_changes: [{at: +30m, price: 0.072}, "
                "{at: +60m, price: 0.018}]"),
          {{5s, 1s}}, 7200s);
  const auto amount = [&](const char* item) {
    const auto row = std::ranges::find(result.bill, item, &pricing::BillRow::line_item);
    return row == result.bill.end() ? pricing::NanoUsd{0} : row->amount;
  };
  CHECK(amount("ec2.spot.m5.large") == 36'000'000);    // the first hour
  CHECK(amount("ec2.spot.m5.large.2") == 0);           // no hour began under it
  CHECK(amount("ec2.spot.m5.large.3") == 18'000'000);  // the second
}

namespace {

/// The most that is paid, what an hour costs and what it costs later.
std::string priced(const std::string& maximum, const std::string& prices,
                   const std::string& top = "", std::uint32_t instances = 2) {
  return testing::group(
      instances, "boot_time: 20s, pending_time: 15s, spot: {interruption_rate: 0, " + prices + "}",
      "",
      "instance_market_options: {market_type: spot" +
          (maximum.empty() ? "" : ", spot_options: {max_price: \"" + maximum + "\"}") +
          "}, availability_zones: [us-east-1a], ",
      top);
}

const std::string kUpAndDown =
    "price: 0.03, price_changes: [{at: +100s, price: 0.05}, {at: +400s, price: 0.04}]";

}  // namespace

TEST_CASE("E36, E39: a price above the maximum interrupts all there are, after two minutes") {
  const RunResult result = run(priced("0.04", kUpAndDown, "", 1), {{5s, 1s}, {150s, 1s}}, 600s);
  CHECK(causes(result) ==
        std::vector<std::string>{
            "the Spot price of m5.large is 0.05, above the maximum price of 0.04",
            "instance 0 in us-east-1a" + kNotice, "instance 0 in us-east-1a" + kTerminated,
            ("could not launch 1 Spot Instance: SpotMaxPriceTooLow: the Spot request price of 0.04 "
             "is lower than the Spot price of 0.05"),
            "the Spot price of m5.large is 0.04, not above the maximum price of 0.04",
            "instance 1 in us-east-1a: in service after 20s"});
  CHECK(result.activities[0].time == TimePoint{100s});
  CHECK(result.activities[2].time == TimePoint{220s});
  CHECK(result.activities[5].time == TimePoint{400s});
  CHECK(result.outcome(Outcome::kCompleted) == 2);  // also in the two minutes
}

TEST_CASE("E36: a price that does not pass the maximum interrupts nobody") {
  CHECK(causes(run(priced("0.05", kUpAndDown), {{5s, 1s}}, 600s)).empty());
  // By default that is the on-demand price, 0.096.
  CHECK(causes(run(priced("", kUpAndDown), {{5s, 1s}}, 600s)).empty());
  const std::string above = "price_changes: [{at: +100s, price: 0.0961}]";
  CHECK(causes(run(priced("", above, "", 1), {{5s, 1s}}, 200s))[0] ==
        "the Spot price of m5.large is 0.0961, above the maximum price of 0.096");
}

TEST_CASE("E36: above the maximum nothing is in service as a run begins, nor launched") {
  const std::string dear = "price: 0.05, price_changes: [{at: +300s, price: 0.03}]";
  for (const std::string start : {"start: warm\n", "start: cold\n"}) {
    const RunResult result = run(priced("0.04", dear, start), {{5s, 1s}}, 600s);
    CHECK(result.outcome(Outcome::kRefused) == 1);
    CHECK(causes(result) ==
          std::vector<std::string>{
              "could not launch 2 Spot Instances: SpotMaxPriceTooLow: the Spot request price of "
              "0.04 is lower than the Spot price of 0.05",
              "the Spot price of m5.large is 0.03, not above the maximum price of 0.04",
              "instance 0 in us-east-1a: in service after 20s",
              "instance 1 in us-east-1a: in service after 20s"});
    // From 315 s on, 285 s each; their first hour goes on at the span's end.
    CHECK(result.quantity("ec2.spot.m5.large.2") == "0.158333333333333");
  }
}

TEST_CASE("E41: in its first hour an instance that the price interrupts is free") {
  // Launched at 10 s, notice at 100 s, gone at 220 s; the one that ran before is older.
  const std::string grows =
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 2}]\n";
  const RunResult result =
      run(priced("0.04", "price: 0.03, price_changes: [{at: +100s, price: 0.05}]", grows, 1),
          {{5s, 1s}}, 600s);
  CHECK(result.quantity("ec2.spot.m5.large") == "0.061111111111111");  // 220 s
  CHECK(result.quantity("ec2.spot.m5.large.2") == "none");
}

}  // namespace skyreplay::ec2
