#include "ec2/group_scaling.h"

#include <doctest/doctest.h>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::ec2 {
namespace {

using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// m5.large: two vCPUs of the reference speed, in service 20 s after their launch. `more` goes into
/// the group, `delays` into its publication delays.
std::string group(std::uint32_t desired, const std::string& more, const std::string& changes = "",
                  const std::string& delays = "") {
  return "version: 1\ndrain: 0s\nservices:\n  web:\n    ec2: {min_size: 0, max_size: 100, "
         "desired_capacity: " +
         std::to_string(desired) + ", instance_type: m5.large, availability_zones: [us-east-1a], " +
         more + ", assumed: {speed: 1, boot_time: 20s, pending_time: 15s, publication_delay: {" +
         delays + "}}}\nchanges: [" + changes + "]\n";
}

std::string target_tracking(const std::string& metric, const std::string& value,
                            const std::string& assumed = "", const std::string& more = "") {
  return "policies: [{policy_name: p, " + more +
         "target_tracking_configuration: {target_value: " + value + ", " + metric +
         ", assumed: {high_evaluation_second: 0, low_evaluation_second: 0, " + assumed + "}}}]";
}
const std::string kCpu =
    "predefined_metric_specification: {predefined_metric_type: ASGAverageCPUUtilization}";

std::string alarm(const std::string& metric, const std::string& comparison,
                  const std::string& threshold, const std::string& actions = "") {
  return "alarms: [{alarm_name: a, " + metric +
         ", evaluation_periods: 1, comparison_operator: " + comparison +
         ", threshold: " + threshold + ", alarm_actions: [" + actions +
         "], assumed: {evaluation_second: 0}}]";
}

/// A request every second that takes `work`, for as long as `span`.
RunResult run(const std::string& scenario, Duration work, Duration span) {
  std::vector<RowSource::Row> rows;
  for (Duration at{}; at < span && work > 0s; at += 1s) rows.push_back({at, work});
  RowSource source({{.name = "r"}}, rows, span);
  return {scenario, source};
}

/// "300 s scale_out 1 to 2; ...": what happened of a kind.
std::string told(const RunResult& result, const std::string& kind) {
  std::string text;
  for (const replay::Activity& activity : result.activities) {
    if (activity.kind != kind) continue;
    text += (text.empty() ? "" : "; ") + std::to_string(activity.time.time_since_epoch() / 1s);
    if (activity.from) text += ": " + std::to_string(*activity.from);
    if (activity.to) text += " to " + std::to_string(*activity.to);
  }
  return text;
}

TEST_CASE("E57, E96: capacity follows the load once three minutes of it have been published") {
  // 1.5 of 2 vCPUs: 75 %. The third minute ends at 180 s and is known from 270 s on; the alarm
  // looks on the full minute.
  const RunResult result =
      run(group(1, "monitoring: detailed, " + target_tracking(kCpu, "50")), 1500ms, 400s);
  CHECK(told(result, "scale_out") == "300: 1 to 2");
  REQUIRE(result.activities.size() >= 2);
  CHECK(result.activities[1].cause ==
        "alarm TargetTracking-web-AlarmHigh-p in ALARM: CPUUtilization 75 > 50 for 3 of 3 "
        "datapoints; desired 1 → 2");
}

TEST_CASE("E65, E137: CPU that is all used multiplies capacity by no more than 100 / target") {
  // 4 s of work a second on two vCPUs: 100 % of both, and 1 x 100 / 50 = 2.
  const RunResult result =
      run(group(1, "monitoring: detailed, " + target_tracking(kCpu, "50")), 4s, 400s);
  CHECK(told(result, "scale_out") == "300: 1 to 2");
}

TEST_CASE("E97: with basic monitoring it waits for a point of five minutes") {
  // The point of [0 s, 300 s) is known at 390 s.
  const RunResult result = run(group(1, target_tracking(kCpu, "50")), 1500ms, 500s);
  CHECK(told(result, "scale_out") == "420: 1 to 2");
}

TEST_CASE("E58: capacity is taken away after fifteen minutes below 0.7 of the target") {
  // 0.5 of 3 x 2 vCPUs: 8.3 %, and 3 x 8.3 / 50 = 0.5. The fifteenth minute is known at 990 s.
  const RunResult result =
      run(group(3, "monitoring: detailed, " + target_tracking(kCpu, "50")), 500ms, 1100s);
  CHECK(told(result, "scale_in") == "1020: 3 to 1");
  // 0.7 x 12 is above 8.3, so is 0.8 x 12 and 0.6 x 12 is not.
  const std::string at_12 = "monitoring: detailed, " + target_tracking(kCpu, "12");
  CHECK(told(run(group(3, at_12), 500ms, 1100s), "alarm") == "1020");
  const std::string lower =
      "monitoring: detailed, " + target_tracking(kCpu, "12", "low_threshold_ratio: 0.6");
  CHECK(told(run(group(3, lower), 500ms, 1100s), "alarm").empty());
}

TEST_CASE("E58: the low alarm's threshold is 0.7 of the target, as six published alarms have it") {
  for (const auto& [target, threshold] : {std::pair("75", "52.5"),
                                          {"60", "42"},
                                          {"50", "35"},
                                          {"40", "28"},
                                          {"30", "21"},
                                          {"20", "14"}}) {
    // 4.2 % of six instances; at 60 s + 90 s, by the alarm's first evaluation at 180 s.
    const RunResult result =
        run(group(6, "monitoring: detailed, " +
                         target_tracking(kCpu, target, "low_evaluation_periods: 1")),
            500ms, 200s);
    REQUIRE_FALSE(result.activities.empty());
    CHECK(result.activities[0].cause.ends_with(std::string(" < ") + threshold +
                                               " for 1 of 1 datapoints"));
  }
}

TEST_CASE("E52: the same datapoints take no instance away twice") {
  // 0.5 of 6 x 2 vCPUs: 4.2 %, of a target of 6: ceil(4.17) = 5 at 1020 s. The alarm knows five at
  // 5 % a minute later at the earliest, and would take 5 x 4.2 / 6 = 3.5 to be four.
  const RunResult result =
      run(group(6, "monitoring: detailed, " + target_tracking(kCpu, "6")), 500ms, 1100s);
  CHECK(told(result, "scale_in") == "1020: 6 to 5");
  // One that is no longer terminating does not count.
  const RunResult at_once =
      run(group(6, "target_group: {deregistration_delay: 0s}, monitoring: detailed, " +
                       target_tracking(kCpu, "6")),
          500ms, 1100s);
  CHECK(told(at_once, "scale_in") == "1020: 6 to 5; 1080: 5 to 4");
}

TEST_CASE("E49: a policy's warmup is its own, else the group's, else the cooldown") {
  // Four vCPUs' worth of work on two: 100 %, so that every action doubles what has warmed up. What
  // is launched at 300 s serves at 320 s.
  const std::string detailed = "monitoring: detailed, ";
  const std::string own = target_tracking(kCpu, "50", "", "estimated_instance_warmup: 30, ");
  CHECK(told(run(group(1, detailed + own), 4s, 421s), "scale_out") ==
        "300: 1 to 2; 360: 2 to 4; 420: 4 to 8");
  const std::string groups =
      detailed + "default_instance_warmup: 90, " + target_tracking(kCpu, "50");
  CHECK(told(run(group(1, groups), 4s, 421s), "scale_out") == "300: 1 to 2; 420: 2 to 4");
  const std::string cooldown = detailed + "cooldown: 30, " + target_tracking(kCpu, "50");
  CHECK(told(run(group(1, cooldown), 4s, 421s), "scale_out") ==
        "300: 1 to 2; 360: 2 to 4; 420: 4 to 8");
  CHECK(told(run(group(1, detailed + target_tracking(kCpu, "50")), 4s, 421s), "scale_out") ==
        "300: 1 to 2");
}

TEST_CASE("E11, E50: an instance is in the group's metrics once it has warmed up") {
  const auto joins = [](const std::string& warmup) {
    const std::string samples =
        alarm("namespace: AWS/EC2, metric_name: CPUUtilization, statistic: SampleCount, period: 60",
              "GreaterThanOrEqualToThreshold", "2");
    return told(
        run(group(1, "monitoring: detailed, default_instance_warmup: " + warmup + ", " + samples,
                  "{at: +60s, field: services.web.ec2.desired_capacity, value: 2}", "ec2: 0s"),
            100ms, 400s),
        "alarm");
  };
  CHECK(joins("0") == "120");    // serves at 80 s
  CHECK(joins("120") == "240");  // and has warmed up at 200 s
}

TEST_CASE("E50: of a period in which it warmed up, an instance reports what came after") {
  // It serves from 20 s on and is busy from 21 s to 80 s.
  const auto alarms = [](const std::string& warmup) {
    const std::string busy =
        alarm("namespace: AWS/EC2, metric_name: CPUUtilization, statistic: Maximum, period: 60",
              "GreaterThanThreshold", "0");
    std::vector<RowSource::Row> rows;
    for (Duration at = 21s; at < 80s; at += 1s) rows.push_back({at, 1s});
    RowSource source({{.name = "r"}}, rows, 200s);
    return told({group(0, "monitoring: detailed, default_instance_warmup: " + warmup + ", " + busy,
                       "{at: +0s, field: services.web.ec2.desired_capacity, value: 1}", "ec2: 0s"),
                 source},
                "alarm");
  };
  CHECK(alarms("0") == "60; 180");   // ALARM, and OK for the third minute
  CHECK(alarms("70") == "60; 120");  // no datapoint, and then one of [90 s, 120 s): OK
}

TEST_CASE("E17: what is protected from scale-in stays, though desired capacity falls") {
  const RunResult result =
      run(group(3, "new_instances_protected_from_scale_in: true",
                "{at: +60s, field: services.web.ec2.desired_capacity, value: 1}"),
          100ms, 120s);
  CHECK(told(result, "scale_in") == "60: 3 to 1");
  CHECK(told(result, "terminate").empty());
  CHECK(result.timeline.back().row.capacity_running_ns == 3 * 60'000'000'000);
}

TEST_CASE("E22: launches that are suspended are made up for") {
  const std::string desired = "{at: +60s, field: services.web.ec2.desired_capacity, value: 2}";
  const std::string resumed = "{at: +120s, field: services.web.ec2.suspended_processes, value: []}";
  const RunResult result =
      run(group(1, "suspended_processes: [Launch]", desired + ", " + resumed), 100ms, 200s);
  CHECK(told(result, "scale_out") == "60: 1 to 2");
  CHECK(told(result, "launch") == "120");
}

TEST_CASE("E33: of a zone's instances the one goes first whose billing hour ends first") {
  // At 70 minutes the first is 10 into its hour, the second, launched at 50, is 20.
  const std::string up = "{at: +50m, field: services.web.ec2.desired_capacity, value: 2}";
  const std::string down = "{at: +70m, field: services.web.ec2.desired_capacity, value: 1}";
  const RunResult result = run(group(1, "monitoring: basic", up + ", " + down), 0s, 75min);
  CHECK(result.activities.back().cause == "instance 1 in us-east-1a");
}

TEST_CASE("E64: a policy on a metric of 10 s reacts in a minute") {
  const std::string agent =
      "customized_metric_specification: {namespace: CWAgent, metric_name: cpu_usage_active, "
      "statistic: Average, period: 10}";
  // Three points by 30 s, published at 60 s.
  const RunResult result = run(group(1, target_tracking(agent, "50")), 1500ms, 100s);
  CHECK(told(result, "scale_out") == "60: 1 to 2");
  CHECK(result.quantity("cloudwatch.custom_metric") != "none");
}

const std::string kSimple =
    "policies: [{policy_name: s, adjustment_type: ChangeInCapacity, scaling_adjustment: 1, "
    "cooldown: 100}], ";
const std::string kBusy =
    alarm("namespace: AWS/EC2, metric_name: CPUUtilization, statistic: Maximum, period: 60",
          "GreaterThanThreshold", "0", "s");

TEST_CASE("E74: a cooldown begins when the last instance of the activity is in service") {
  // At 60 s, in service at 80 s, until 180 s: the alarm that repeats then acts. Again at 300 s.
  const RunResult result =
      run(group(1, "monitoring: detailed, " + kSimple + kBusy, "", "ec2: 0s"), 1s, 301s);
  CHECK(told(result, "scale_out") == "60: 1 to 2; 180: 2 to 3; 300: 3 to 4");
}

TEST_CASE("E76: a cooldown holds up nobody but simple policies") {
  const std::string change = "{at: +100s, field: services.web.ec2.desired_capacity, value: 5}";
  const RunResult result =
      run(group(1, "monitoring: detailed, " + kSimple + kBusy, change, "ec2: 0s"), 1s, 150s);
  CHECK(told(result, "scale_out") == "60: 1 to 2; 100: 2 to 5");
}

TEST_CASE("E75: a cooldown begins with the draining where capacity is taken away") {
  const std::string in =
      "policies: [{policy_name: s, adjustment_type: ChangeInCapacity, scaling_adjustment: -1, "
      "cooldown: 100}], ";
  const RunResult result =
      run(group(4, "monitoring: detailed, " + in + kBusy, "", "ec2: 0s"), 1s, 301s);
  CHECK(told(result, "scale_in") == "60: 4 to 3; 180: 3 to 2; 300: 2 to 1");
}

TEST_CASE("E99: request counts are reported also where they are zero, response times are not") {
  const std::string requests =
      "predefined_metric_specification: {predefined_metric_type: ALBRequestCountPerTarget}";
  const RunResult counts = run(group(3, target_tracking(requests, "100")), 0s, 1200s);
  CHECK(told(counts, "scale_in") == "1080: 3 to 0");  // known at 900 + 150 s
  const std::string times = alarm(
      "namespace: AWS/ApplicationELB, metric_name: TargetResponseTime, statistic: Average, "
      "period: 60",
      "GreaterThanThreshold", "1");
  const RunResult none = run(group(1, times), 0s, 300s);
  REQUIRE(none.activities.size() == 1);
  CHECK(none.activities[0].cause ==
        "alarm a: OK → INSUFFICIENT_DATA: TargetResponseTime has no datapoint");
}

TEST_CASE("E53, E100: requests are over all targets, those that are warming among them") {
  // From the first minute's end on there are two, which have 60 requests a minute.
  const std::string requests = alarm(
      "namespace: AWS/ApplicationELB, metric_name: RequestCountPerTarget, statistic: Sum, period: "
      "60",
      "LessThanThreshold", "31");
  const RunResult result =
      run(group(1, "default_instance_warmup: 3600, " + requests,
                "{at: +5s, field: services.web.ec2.desired_capacity, value: 2}"),
          100ms, 300s);
  CHECK(told(result, "alarm") == "240");
}

TEST_CASE("E23: the group reports its own numbers") {
  for (const std::string metric : {"GroupDesiredCapacity", "GroupTotalInstances"}) {
    const std::string own = alarm("namespace: AWS/AutoScaling, metric_name: " + metric +
                                      ", statistic: Average, " + "period: 60",
                                  "GreaterThanThreshold", "1");
    // Desired, pending at 70 s, seen at the end of the minute.
    const RunResult result =
        run(group(1, own, "{at: +110s, field: services.web.ec2.desired_capacity, value: 2}",
                  "auto_scaling: 0s"),
            100ms, 200s);
    CHECK(told(result, "alarm") == "120");
  }
}

TEST_CASE("E102: detailed monitoring and alarms are billed") {
  const RunResult result =
      run(group(2, "monitoring: detailed, " + target_tracking(kCpu, "50")), 100ms, 365s);
  // Two instances and two alarms for 365 s of a month of 730 h: 2 x 365 / 2,628,000.
  CHECK(result.quantity("cloudwatch.detailed_monitoring_per_instance") == "0.000277777777778");
  CHECK(result.quantity("cloudwatch.alarm_standard") == "0.000277777777778");
  CHECK(run(group(2, "monitoring: basic"), 100ms, 365s).quantity("cloudwatch.alarm_standard") ==
        "none");
}

TEST_CASE("E1: a maximum that falls takes capacity away") {
  const std::string busy = "monitoring: detailed, " + target_tracking(kCpu, "25");
  // 75 % of one: three. At 310 s at most two are allowed.
  const RunResult result =
      run(group(1, busy, "{at: +310s, field: services.web.ec2.max_size, value: 2}"), 1500ms, 320s);
  CHECK(told(result, "scale_out") == "300: 1 to 3");
  CHECK(told(result, "scale_in") == "310: 3 to 2");
}

TEST_CASE("a metric of bytes needs a trace that has them") {
  const std::string network =
      "predefined_metric_specification: {predefined_metric_type: ASGAverageNetworkIn}";
  CHECK_THROWS_WITH_AS(run(group(1, target_tracking(network, "1000")), 1s, 10s),
                       "services.web.ec2: the trace says nothing of bytes, so there is no "
                       "NetworkIn to watch",
                       InputError);
}

TEST_CASE("E56: bytes are those of the requests that each instance answered") {
  std::vector<RowSource::Row> rows;
  for (Duration at{}; at < 400s; at += 1s) rows.push_back({at, 1ms, {}, 0, 100, 10});
  RowSource source({{.name = "r"}}, rows, 400s);
  const std::string network =
      "predefined_metric_specification: {predefined_metric_type: ASGAverageNetworkIn}";
  // 6,000 B a minute at one instance; 2,500 an instance are wanted.
  const RunResult result(group(1, "monitoring: detailed, " + target_tracking(network, "2500")),
                         source);
  CHECK(told(result, "scale_out") == "300: 1 to 3");
}

}  // namespace
}  // namespace skyreplay::ec2
