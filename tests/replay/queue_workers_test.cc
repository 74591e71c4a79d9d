// Services whose tasks take messages from a queue of SQS, in whole runs.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Tasks of one vCPU that start at once, and their queue.
std::string scenario(const std::string& service, const std::string& queue,
                     const std::string& assumed, const std::string& top = "",
                     const std::string& task = "") {
  return "version: 1\ndrain: 15m\n" + top +
         "routes: [{match: \"*\", service: w}]\n"
         "services:\n"
         "  w:\n"
         "    ecs:\n"
         "      task_definition: {cpu: 1024, memory: 2048" +
         task + "}\n" + service + "      queue: {" + queue +
         "}\n      assumed: {infrastructure_time: 0s, image_size: 0B, container_start: 0s, " +
         assumed + "}\n";
}

/// Messages that wait for something, and take no CPU.
RowSource messages(const std::vector<std::pair<Duration, Duration>>& at_and_time, Duration end) {
  std::vector<RowSource::Row> rows;
  for (const auto& [at, time] : at_and_time) rows.push_back({at, 0s, time});
  return {{{.name = "r"}}, rows, end};
}

metrics::EventCounts all_events(const RunResult& result) {
  return result.summary.services[0].usage.events;
}

const replay::Activity* first(const RunResult& result, const std::string& kind) {
  const auto found = std::find_if(result.activities.begin(), result.activities.end(),
                                  [&](const auto& activity) { return activity.kind == kind; });
  return found == result.activities.end() ? nullptr : &*found;
}

// Two begin at 10 s, and at 15 s the other two, whoever is free. Sent, received and deleted: 12
// requests. The workers wait 10 s before, in which no poll ends, and from 20 s to 60 s, two each.
TEST_CASE("queue workers: who is free takes the next message, over the whole queue") {
  RowSource source = messages({{10s, 5s}, {10s, 5s}, {10s, 5s}, {10s, 5s}}, 60s);
  const RunResult result(scenario("      desired_count: 2\n", "", "workers: 1"), source);
  CHECK(result.service(0).counters.completions() == 4);
  CHECK(result.service(0).parts.queue == 10'000'000'000);
  CHECK(result.service(0).parts.wait == 20'000'000'000);
  CHECK(result.service(0).parts.cpu_stretch == 0);
  CHECK(result.service(0).latency_max_ns == 10'000'000'000);
  CHECK(result.timeline[0].row.queue_depth_ns == 10'000'000'000);
  CHECK(result.timeline[0].row.queue_depth_max == 2);
  CHECK(all_events(result).received == 4);
  CHECK(all_events(result).invoked == 4);
  CHECK(all_events(result).age_max_us == 5'000'000);
  CHECK(result.quantity("sqs.standard_requests") == "16");
  CHECK(result.quantity("alb.load_balancer") == "none");
  CHECK(result.quantity("alb.lcu") == "none");
}

// Task 0 has polled longest; then task 1, and then task 0 once more, which is free again at 11 s.
TEST_CASE("queue workers: the one that has polled longest receives") {
  RowSource source = messages({{10s, 1s}, {12s, 20s}, {14s, 20s}}, 60s);
  const RunResult result(
      scenario("      desired_count: 2\n", "", "workers: 1",
               "changes: [{at: +20s, field: services.w.ecs.desired_count, value: 1}]\n"),
      source);
  CHECK(result.service(0).counters.completions() == 3);
  CHECK(result.service(0).parts.queue == 0);
}

TEST_CASE("queue workers: what it takes to receive a message holds the worker, and is its wait") {
  RowSource source = messages({{10s, 5s}, {10s, 5s}}, 60s);
  const RunResult result(scenario("", "", "workers: 1, receive_time: 2s"), source);
  CHECK(result.service(0).parts.queue == 2'000'000'000 + 9'000'000'000);
  CHECK(result.service(0).latency_max_ns == 14'000'000'000);
}

TEST_CASE("queue workers: they begin once the application has started") {
  RowSource source = messages({{10s, 5s}}, 120s);
  const RunResult result(scenario("", "", "workers: 1, application_start: 30s", "start: cold\n"),
                         source);
  CHECK(result.service(0).parts.queue == 20'000'000'000);
}

// Received at 10, 40 and 70 s, each by another worker; done at 50, 80 and 110 s, when the message
// has been received by somebody else or is given up: three deletes in vain. Free workers wait from
// 0 s, in polls of 20 s: one to 10 s, one to 40 s, two polls, one to 70 s, three; from 50 s to 120
// s three, and from 80 s two; from 110 s none. Sent once, received thrice.
TEST_CASE("L65: a worker that takes longer than the visibility timeout deletes nothing") {
  RowSource source = messages({{10s, 40s}}, 120s);
  const RunResult result(
      scenario("      desired_count: 3\n", "redrive_policy: {max_receive_count: 3}", "workers: 1"),
      source);
  CHECK(result.outcome(Outcome::kServerTimeout) == 1);
  CHECK(result.service(0).counters.attempts == 3);
  CHECK(all_events(result).invoked == 3);
  CHECK(all_events(result).dropped == 1);
  CHECK(all_events(result).dead_letters == 1);
  CHECK(result.quantity("sqs.standard_requests") == std::to_string(1 + 3 + 3 + 2 + 3 + 3 + 2));
}

// Visible again at 40 s, but nobody is free to receive it: the worker deletes it at 50 s.
TEST_CASE("L65: a message that is visible again is deleted all the same unless it was received") {
  RowSource source = messages({{10s, 40s}}, 60s);
  const RunResult result(scenario("", "", "workers: 1"), source);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.service(0).counters.attempts == 1);
  CHECK(result.service(0).latency_max_ns == 40'000'000'000);
  CHECK(result.service(0).parts.queue == 0);
  CHECK(result.timeline[0].row.queue_depth_ns == 10'000'000'000);
}

TEST_CASE("L65: a worker that is done at the end of the visibility timeout is in time") {
  RowSource source = messages({{10s, 30s}}, 60s);
  const RunResult result(scenario("      desired_count: 2\n", "", "workers: 1"), source);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.service(0).counters.attempts == 1);
}

// Received at 10, 40 and 70 s, failed each time; a fourth time it would be visible at 100 s.
TEST_CASE("L65: messages on which workers fail come back, and then go to the dead-letter queue") {
  RowSource source = messages({{10s, 1s}}, 60s);
  const RunResult result(
      scenario("", "redrive_policy: {max_receive_count: 3}", "workers: 1, failure_probability: 1"),
      source);
  CHECK(result.outcome(Outcome::kError) == 1);
  CHECK(result.service(0).counters.attempts == 3);
  CHECK(all_events(result).dead_letters == 1);
}

TEST_CASE("L65: a message that is too old is given up when it is received") {
  RowSource source = messages({{10s, 100s}, {10s, 1s}}, 60s);
  const RunResult result(
      scenario("", "visibility_timeout: 200, message_retention_period: 60", "workers: 1"), source);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(all_events(result).dropped == 1);
  CHECK(all_events(result).dead_letters == 0);
}

// Three workers, of which two may hold a message: the third is received at 15 s.
TEST_CASE("L65: so many messages may be in flight, and nobody receives more") {
  RowSource source = messages({{10s, 5s}, {10s, 5s}, {10s, 5s}}, 60s);
  const RunResult result(scenario("      desired_count: 3\n", "", "workers: 1",
                                  "account: {sqs: {in_flight_messages: 2}}\n"),
                         source);
  CHECK(result.service(0).parts.queue == 5'000'000'000);
}

// Failed at 11 s, it is in flight until 40 s.
TEST_CASE("L65: what has failed is in flight until its visibility timeout") {
  RowSource source = messages({{10s, 1s}, {10s, 1s}}, 60s);
  const RunResult result(
      scenario("      desired_count: 2\n", "redrive_policy: {max_receive_count: 1}",
               "workers: 1, failure_probability: 1", "account: {sqs: {in_flight_messages: 1}}\n"),
      source);
  CHECK(all_events(result).age_max_us == 30'000'000);
}

// Task 1 goes at 20 s and has until 50 s: its message is done at 30 s, and nothing comes after it.
TEST_CASE("queue workers: a task that stops finishes its message and takes no other") {
  RowSource source = messages({{10s, 30s}, {10s, 20s}, {21s, 1s}}, 60s);
  const RunResult result(
      scenario("      desired_count: 2\n", "", "workers: 1",
               "changes: [{at: +20s, field: services.w.ecs.desired_count, value: 1}]\n"),
      source);
  CHECK(result.service(0).counters.completions() == 3);
  CHECK(result.service(0).counters.attempts == 3);
  // The third waits for task 0, the only one that is left, to 40 s.
  CHECK(result.service(0).parts.queue == 19'000'000'000);
}

// SIGTERM at 20 s and SIGKILL at 30 s: the message comes back at 10 + 100 s, and is done 60 s
// later. The task is billed until 30 s, a minute at least; the other for 200 s.
TEST_CASE("queue workers: what a task has not finished by its stop timeout comes back in time") {
  RowSource source = messages({{10s, 60s}, {10s, 60s}}, 200s);
  const RunResult result(
      scenario("      desired_count: 2\n", "visibility_timeout: 100", "workers: 1",
               "changes: [{at: +20s, field: services.w.ecs.desired_count, value: 1}]\n",
               ", stop_timeout: 10"),
      source);
  CHECK(result.service(0).counters.completions() == 2);
  CHECK(result.service(0).counters.attempts == 3);
  CHECK(result.service(0).latency_max_ns == 160'000'000'000);
  // 1 vCPU for 30 s, which the run began with, and for 200 s.
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.063888888888889");
}

// The message is done at 25 s; the application ends 15 s after SIGTERM, at 35 s.
TEST_CASE("queue workers: the application stops from SIGTERM on, while it finishes its messages") {
  RowSource source = messages({{10s, 15s}, {10s, 15s}}, 200s);
  const RunResult result(
      scenario("      desired_count: 2\n", "", "workers: 1, stop_time: 15s",
               "changes: [{at: +20s, field: services.w.ecs.desired_count, value: 1}]\n"),
      source);
  CHECK(result.quantity("fargate.linux_x86_vcpu") == "0.065277777777778");  // 235 s
}

// Both messages are visible again 30 s after they were received.
TEST_CASE("queue workers: what a task that is killed had comes back at its visibility timeout") {
  RowSource source = messages({{10s, 5s}, {10s, 5s}}, 60s);
  const RunResult result(scenario("", "", "workers: 2",
                                  "faults: [{at: +12s, kill_instances: {service: w, count: 1}}]\n"),
                         source);
  CHECK(result.service(0).counters.completions() == 2);
  CHECK(result.service(0).counters.attempts == 4);
  CHECK(result.service(0).latency_max_ns == 35'000'000'000);
}

TEST_CASE(
    "C40: a task that nothing checks is healthy when it has run for 40 s, and its deployment goes "
    "on") {
  RowSource source = messages({{10s, 1s}}, 120s);
  const RunResult result(scenario("      deployments: [{at: +20s}]\n", "", "workers: 1"), source);
  const auto completed =
      std::count_if(result.activities.begin(), result.activities.end(), [](const auto& activity) {
        return activity.kind == "deploy" && activity.cause.find("steady") != std::string::npos;
      });
  CHECK(completed == 1);
  CHECK(result.activities.back().time >= TimePoint{60s});
  CHECK(result.activities.back().time <= TimePoint{61s});
}

const char* const kBacklogPerTask =
    "      desired_count: 1\n      min_capacity: 1\n      max_capacity: 20\n"
    "      policies:\n"
    "        - policy_name: backlog\n"
    "          target_tracking_scaling_policy_configuration:\n"
    "            target_value: 5\n"
    "            customized_metric_specification:\n"
    "              metrics:\n"
    "                - id: m1\n"
    "                  label: messages that wait\n"
    "                  metric_stat: {metric: {namespace: AWS/SQS, metric_name: "
    "ApproximateNumberOfMessagesVisible}, stat: Sum}\n"
    "                  return_data: false\n"
    "                - id: m2\n"
    "                  metric_stat: {metric: {namespace: ECS/ContainerInsights, metric_name: "
    "RunningTaskCount}, stat: Average}\n"
    "                  return_data: false\n"
    "                - {id: e1, expression: m1 / m2, label: backlog per task, return_data: true}\n"
    "            assumed: {high_evaluation_periods: 1, high_evaluation_second: 0}\n";

// At 60 s one message is worked on and 39 wait, for one task. Both metrics are known at 180 s: 39 /
// 5, rounded up.
TEST_CASE("queue workers: target tracking of the backlog per task") {
  RowSource source = messages(std::vector<std::pair<Duration, Duration>>(40, {10s, 600s}), 1200s);
  const RunResult result(scenario(kBacklogPerTask, "visibility_timeout: 3600", "workers: 1"),
                         source);
  const replay::Activity* out = first(result, "scale_out");
  REQUIRE(out != nullptr);
  CHECK(out->time == TimePoint{180s});
  CHECK(out->from == 1);
  CHECK(out->to == 8);
  CHECK(out->cause.find("m1 / m2 39 > 5") != std::string::npos);
  CHECK(result.quantity("cloudwatch.custom_metric") != "none");
}

std::string on_metric(const std::string& name, const std::string& threshold) {
  return "      desired_count: 1\n      min_capacity: 1\n      max_capacity: 20\n"
         "      policies:\n"
         "        - policy_name: more\n"
         "          step_scaling_policy_configuration: {adjustment_type: ChangeInCapacity, "
         "step_adjustments: [{metric_interval_lower_bound: 0, scaling_adjustment: 2}]}\n"
         "      alarms:\n"
         "        - {alarm_name: long, namespace: AWS/SQS, metric_name: " +
         name + ", statistic: Maximum, period: 60, evaluation_periods: 1, threshold: " + threshold +
         ", comparison_operator: GreaterThanThreshold, alarm_actions: [more], assumed: "
         "{evaluation_second: 0}}\n";
}

// Nine wait at the end of the first minute, which is seen a minute later.
TEST_CASE("queue workers: steps by how many messages wait") {
  RowSource source = messages(std::vector<std::pair<Duration, Duration>>(10, {10s, 600s}), 600s);
  const RunResult result(scenario(on_metric("ApproximateNumberOfMessagesVisible", "8"),
                                  "visibility_timeout: 3600", "workers: 1"),
                         source);
  const replay::Activity* out = first(result, "scale_out");
  REQUIRE(out != nullptr);
  CHECK(out->time == TimePoint{120s});
  CHECK(out->cause.find("ApproximateNumberOfMessagesVisible 9 > 8") != std::string::npos);
}

// Sent at 10 s: 110 s old at the end of the second minute.
TEST_CASE("queue workers: steps by how old the oldest message is") {
  RowSource source = messages({{10s, 400s}}, 600s);
  const RunResult result(scenario(on_metric("ApproximateAgeOfOldestMessage", "100"),
                                  "visibility_timeout: 3600", "workers: 1"),
                         source);
  const replay::Activity* out = first(result, "scale_out");
  REQUIRE(out != nullptr);
  CHECK(out->time == TimePoint{180s});
  CHECK(out->cause.find("ApproximateAgeOfOldestMessage 110 > 100") != std::string::npos);
}

// Received at 10, 40 and 70 s, after which it is set aside: the other one is 1 s old at 120 s.
TEST_CASE("queue workers: a message that was received three times counts for no age") {
  RowSource source = messages({{10s, 1s}, {119s, 400s}}, 300s);
  const RunResult result(scenario(on_metric("ApproximateAgeOfOldestMessage", "60"), "",
                                  "workers: 1, failure_probability: 1"),
                         source);
  const replay::Activity* out = first(result, "scale_out");
  REQUIRE(out != nullptr);
  CHECK(out->cause.find("ApproximateAgeOfOldestMessage 61 > 60") != std::string::npos);
}

std::string mistakes_of(const std::string& text) {
  try {
    RowSource source = messages({{10s, 1s}}, 60s);
    const RunResult result(text, source);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("queue workers: what is a load balancer's, and what a queue needs, is said by name") {
  const auto has = [](const std::string& service, const std::string& queue,
                      const std::string& assumed, const std::string& what) {
    return mistakes_of(scenario(service, queue, assumed)).find(what) != std::string::npos;
  };
  CHECK(
      has("      target_group: {slow_start: 30s}\n", "", "workers: 1", "ecs.target_group: is not"));
  CHECK(has("      load_balancer: {rules: 2}\n", "", "workers: 1", "ecs.load_balancer: is not"));
  CHECK(has("", "", "speed: 1", "ecs.assumed.workers: is missing"));
  CHECK(has("", "", "workers: 1, backlog: 3", "ecs.assumed.backlog: is not"));
  CHECK(has("", "visibility_timeout: 2", "workers: 1, receive_time: 2s", "receive_time: must be"));
  CHECK(has("      deployment_configuration: {strategy: CANARY}\n", "", "workers: 1",
            "strategy: must be ROLLING"));
  CHECK(has("", "fifo_queue: true", "workers: 1", "FIFO queues are not built"));
  const std::string balancer =
      "      alarms: [{alarm_name: a, namespace: AWS/ApplicationELB, metric_name: RequestCount, "
      "statistic: Sum, period: 60, evaluation_periods: 1, threshold: 1, comparison_operator: "
      "GreaterThanThreshold}]\n";
  CHECK(has(balancer, "", "workers: 1", "RequestCount is a load balancer's"));
}

TEST_CASE("queue workers: metric math is of two metrics, and the rest is refused") {
  const auto with = [](const std::string& expression) {
    std::string service = kBacklogPerTask;
    service.replace(service.find("m1 / m2"), 7, expression);
    return mistakes_of(scenario(service, "visibility_timeout: 3600", "workers: 1"));
  };
  CHECK(with("m1 * m2").empty());
  CHECK(with("m1 / m3").find("must be two of the ids m1, m2") != std::string::npos);
  CHECK(with("\"FILL(m1, 0)\"").find("more of metric math is not built") != std::string::npos);
  CHECK(with("m1 / m2 / m2").find("more of metric math is not built") != std::string::npos);
}

TEST_CASE("queue workers: without a queue its metrics and settings are refused") {
  std::string text =
      scenario(on_metric("ApproximateAgeOfOldestMessage", "60"), "", "receive_time: 1s");
  text.erase(text.find("      queue: {}\n"), 16);
  const std::string mistakes = mistakes_of(text);
  CHECK(mistakes.find("the service has no queue") != std::string::npos);
  CHECK(mistakes.find("receive_time: is for a service with a queue") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::replay
