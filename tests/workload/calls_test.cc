#include "workload/calls.h"

#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::workload {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// `web`, one instance of two vCPUs, calls `db`, which takes 100 ms. Services in order: db, web.
std::string scenario(const std::string& call, const std::string& db = "latency: 100ms",
                     const std::string& web = "workers: 1", const std::string& rest = "") {
  return "version: 1\nroutes: [{match: '*', service: web}]\nservices:\n"
         "  db: {external: {" +
         db +
         "}}\n"
         "  web: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large, assumed: {speed: 1, " +
         web + "}}}\n" + rest + "calls: [{from: web, to: db, " + call + "}]\n";
}
constexpr std::size_t kDb = 0;
constexpr std::size_t kWeb = 1;

RunResult run(const std::string& text, const std::vector<RowSource::Row>& rows) {
  RowSource source({{.name = "r"}}, rows, 100s);
  return {text, source};
}

TEST_CASE("a synchronous call comes after the work and before the wait, and is downstream time") {
  const RunResult result = run(scenario("count: 2"), {{1s, 1s, 3s}});
  const metrics::SpanRow& web = result.service(kWeb);
  CHECK(web.latency_max_ns == 4'200'000'000);
  CHECK(web.parts.work == 1'000'000'000);
  CHECK(web.parts.downstream == 200'000'000);
  CHECK(web.parts.wait == 3'000'000'000);
  CHECK(web.parts.cpu_stretch == 0);
}

TEST_CASE("the caller holds its worker while it waits for calls") {
  // The second request starts when the first one leaves, 1.1 s later.
  const RunResult result = run(scenario("count: 1"), {{1s, 1s}, {1s, 1s}});
  CHECK(result.service(kWeb).latency_max_ns == 2'200'000'000);
  CHECK(result.service(kWeb).parts.queue == 1'100'000'000);
}

TEST_CASE("calls count as the callee's, and clients' requests alone in all") {
  const RunResult result = run(scenario("count: 3"), {{1s, 1s}, {5s, 1s}});
  CHECK(result.service(kDb).counters.arrivals == 0);
  CHECK(result.service(kDb).counters.calls == 6);
  CHECK(result.service(kDb).counters.completions() == 6);
  CHECK(result.service(kDb).parts.wait == 600'000'000);
  CHECK(result.service(kWeb).counters.calls == 0);
  CHECK(result.summary.overall.counters.arrivals == 2);
  CHECK(result.summary.overall.counters.completions() == 2);
}

TEST_CASE("an asynchronous call is not waited for") {
  const RunResult result = run(scenario("count: 3, mode: async"), {{1s, 1s}});
  CHECK(result.service(kWeb).latency_max_ns == 1'000'000'000);
  CHECK(result.service(kDb).counters.completions() == 3);
}

TEST_CASE("a failed synchronous call fails the caller with cause dependency") {
  const std::string full = "latency: 10s, max_connections: 1, when_full: refuse";
  const RunResult result = run(scenario("count: 1", full, "workers: 2"), {{1s, 1s}, {1s, 1s}});
  CHECK(result.outcome(Outcome::kDependency) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.service(kDb).counters.outcomes[static_cast<std::size_t>(Outcome::kRefused)] == 1);
}

TEST_CASE(
    "a call that fails later fails its caller then, which makes no further calls and no wait") {
  // The function is cut after 1 s, so the request ends 1 s of work and 1 s of call after 1 s.
  const auto text = [](const std::string& on_failure) {
    return "version: 1\nroutes: [{match: '*', service: web}]\nservices:\n"
           "  db: {external: {latency: 100ms}}\n"
           "  fn: {lambda: {memory_size: 1769, timeout: 1, assumed: {init_duration: 0s, "
           "platform_init_duration: 0s}}}\n"
           "  web: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large, assumed: {speed: "
           "1}}}\n"
           "calls: [{from: web, to: fn, work: 5s, on_failure: " +
           on_failure + "}, {from: web, to: db}]\n";
  };
  const RunResult fails = run(text("fail"), {{1s, 1s, 3s}});
  CHECK(fails.outcome(Outcome::kDependency) == 1);
  CHECK(fails.service(0).counters.calls == 0);
  CHECK(fails.summary.services[2].usage.in_flight_us == 2'000'000);
  const RunResult goes_on = run(text("ignore"), {{1s, 1s, 3s}});
  CHECK(goes_on.outcome(Outcome::kCompleted) == 1);
  CHECK(goes_on.service(2).latency_max_ns == 5'100'000'000);
}

TEST_CASE("on_failure: ignore lets the caller go on") {
  const std::string full = "latency: 10s, max_connections: 1, when_full: refuse";
  const RunResult result =
      run(scenario("count: 1, on_failure: ignore", full, "workers: 2"), {{1s, 1s}, {1s, 1s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
}

TEST_CASE("a client tries a request again that failed by a call") {
  const std::string full = "latency: 2s, max_connections: 1, when_full: refuse";
  const std::string retry =
      "workload: {client: {max_attempts: 2, backoff: {base: 5s, jitter: none}}}\n";
  const RunResult result =
      run(scenario("count: 1", full, "workers: 2", retry), {{1s, 1s}, {1s, 1s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  // Failed at 2 s, again at 7 s: 1 s of work, 2 s at the database.
  CHECK(result.service(kWeb).latency_max_ns == 9'000'000'000);
  CHECK(result.service(kWeb).parts.retry == 6'000'000'000);
}

TEST_CASE("the timeout of an attempt that has failed is over, and no other retry comes of it") {
  // The second request is refused at the database at 2 s. Its attempt would time out at 9 s, in the
  // pause until 12 s; then 1 s of work and 2 s at the database.
  const std::string full = "latency: 2s, max_connections: 1, when_full: refuse";
  const std::string retry =
      "workload: {client: {timeout: 8s, max_attempts: 3, backoff: {base: 10s, jitter: none}}}\n";
  const RunResult result =
      run(scenario("count: 1", full, "workers: 2", retry), {{1s, 1s}, {1s, 1s}});
  CHECK(result.outcome(Outcome::kCompleted) == 2);
  CHECK(result.service(kWeb).latency_max_ns == 14'000'000'000);
  CHECK(result.service(kWeb).counters.attempts == 3);
}

TEST_CASE("an answer at the very instant of the deadline is in time, known beforehand or not") {
  // 1 s of work and 100 ms at the database.
  const auto completed = [](const std::string& timeout) {
    const std::string client = "workload: {client: {timeout: " + timeout + "}}\n";
    const RunResult result =
        run(scenario("count: 1", "latency: 100ms", "workers: 1", client), {{1s, 1s}});
    return result.outcome(Outcome::kCompleted);
  };
  CHECK(completed("1100ms") == 1);
  CHECK(completed("1099999999ns") == 0);
}

/// A function with a timeout of 3 s that calls `db`, at once and without any work.
RunResult call_of_function(const std::string& latency, const std::string& client_timeout) {
  return run(
      "version: 1\nroutes: [{match: '*', service: fn}]\n"
      "workload: {client: {timeout: " +
          client_timeout +
          "}}\nservices:\n"
          "  db: {external: {latency: " +
          latency +
          "}}\n"
          "  fn: {lambda: {timeout: 3, assumed: {init_duration: 0s, platform_init_duration: 0s}}}\n"
          "calls: [{from: fn, to: db}]\n",
      {{1s, 0s}});
}

TEST_CASE("L74: a function that is answered at the very instant of its timeout is in time") {
  CHECK(call_of_function("3s", "90s").outcome(Outcome::kCompleted) == 1);
  CHECK(call_of_function("3000000001ns", "90s").outcome(Outcome::kServerTimeout) == 1);
}

TEST_CASE(
    "where the function's timeout and the client's end at one instant, the function answers") {
  CHECK(call_of_function("4s", "3s").outcome(Outcome::kServerTimeout) == 1);
  CHECK(call_of_function("3s", "3s").outcome(Outcome::kCompleted) == 1);
  CHECK(call_of_function("4s", "2999999999ns").outcome(Outcome::kClientTimeout) == 1);
}

TEST_CASE("L11: a call at the very instant at which an environment expires finds it gone") {
  // The first request calls at 2 s; its environment lives until 12 s. The second one, with 10.5 s
  // of work from 1.5 s on, calls at that instant, and is due there since before the environment
  // was.
  const RunResult result =
      run("version: 1\nroutes: [{match: '*', service: web}]\nservices:\n"
          "  fn: {lambda: {assumed: {init_duration: 0s, platform_init_duration: 0s, "
          "keep_alive: {fixed: 10s}}}}\n"
          "  web: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large, assumed: {speed: 1}}}\n"
          "calls: [{from: web, to: fn}]\n",
          {{1s, 1s}, {1500ms, 10500ms}});
  CHECK(result.service(0).counters.cold_starts == 2);
}

TEST_CASE("a call's answer finds an attempt that failed meanwhile gone, though it is tried again") {
  // The call lasts from 2 s to 32 s; at 15 s its caller's instance is gone, at 75 s comes the next
  // attempt, which finds none.
  const std::string text =
      "version: 1\nroutes: [{match: '*', service: web}]\n"
      "workload: {client: {max_attempts: 2, backoff: {base: 60s, cap: 60s, jitter: none}}}\n"
      "services:\n"
      "  db: {external: {latency: 30s}}\n"
      "  web: {ec2: {min_size: 0, max_size: 1, desired_capacity: 1, instance_type: m5.large, "
      "target_group: {deregistration_delay: 5s}, assumed: {speed: 1}}}\n"
      "calls: [{from: web, to: db}]\n"
      "changes: [{at: +10s, field: services.web.ec2.desired_capacity, value: 0}]\n";
  const RunResult result = run(text, {{1s, 1s}});
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.service(kDb).counters.completions() == 1);
}

TEST_CASE("each call is made with its probability") {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back({20ms * i, 1ms});
  const std::uint64_t calls =
      run(scenario("count: 4, probability: 0.25"), rows).service(kDb).counters.calls;
  // 4,000 trials of a quarter: 1,000, standard deviation 27.4.
  CHECK(calls > 1000 - 110);
  CHECK(calls < 1000 + 110);
  CHECK(run(scenario("count: 4, probability: 0"), rows).service(kDb).counters.calls == 0);
}

TEST_CASE("a call has its own work and wait at a callee that computes") {
  const std::string text =
      "version: 1\nroutes: [{match: '*', service: a}]\nservices:\n"
      "  a: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large, assumed: {speed: 1}}}\n"
      "  b: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large, assumed: {speed: 2}}}\n"
      "calls: [{from: a, to: b, work: 2s, wait: 500ms}]\n";
  const RunResult result = run(text, {{1s, 1s}});
  CHECK(result.service(0).latency_max_ns == 2'500'000'000);
  CHECK(result.service(1).parts.work == 2'000'000'000);
  CHECK(result.service(1).parts.cpu_stretch == -1'000'000'000);
}

TEST_CASE("a function that calls is billed while it waits, and cut by its timeout all the same") {
  const auto text = [](const std::string& timeout) {
    return "version: 1\nroutes: [{match: '*', service: fn}]\nservices:\n"
           "  db: {external: {latency: 2s}}\n"
           "  fn: {lambda: {memory_size: 1024, timeout: " +
           timeout +
           ", assumed: {init_duration: 0s, platform_init_duration: 0s, speed: 1.7275390625}}}\n"
           "calls: [{from: fn, to: db}]\n";
  };
  const RunResult well = run(text("10"), {{1s, 1s, 500ms}});
  CHECK(well.service(1).latency_max_ns == 3'500'000'000);
  CHECK(well.quantity("lambda.duration_x86") == "3.5");
  const RunResult cut = run(text("2"), {{1s, 1s, 500ms}});
  CHECK(cut.outcome(Outcome::kServerTimeout) == 1);
  CHECK(cut.quantity("lambda.duration_x86") == "2");
  CHECK(cut.service(0).counters.completions() == 1);  // the call goes on by itself
  const RunResult in_wait = run(text("3"), {{1s, 1s, 500ms}});
  CHECK(in_wait.outcome(Outcome::kServerTimeout) == 1);
  CHECK(in_wait.quantity("lambda.duration_x86") == "3");
}

TEST_CASE("a function that is throttled fails its caller") {
  const std::string text =
      "version: 1\nroutes: [{match: '*', service: web}]\nservices:\n"
      "  fn: {lambda: {memory_size: 1024, reserved_concurrent_executions: 0}}\n"
      "  web: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large}}\n"
      "calls: [{from: web, to: fn}]\n";
  const RunResult result = run(text, {{1s, 1s}});
  CHECK(result.outcome(Outcome::kDependency) == 1);
  CHECK(result.service(0).counters.outcomes[static_cast<std::size_t>(Outcome::kThrottle)] == 1);
}

TEST_CASE("adding a service changes no other service's rows") {
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 500; ++i) rows.push_back({100ms * i, 50ms, 20ms});
  const std::string law = "latency: {lognormal: {p50: 20ms, p99: 200ms}}";
  const std::string alone = scenario("count: 2, probability: 0.5", law);
  const std::string more =
      "version: 1\nroutes: [{match: '*', service: web}]\nservices:\n"
      "  a: {external: {latency: {exponential: {mean: 3ms}}}}\n"
      "  db: {external: {" +
      law +
      "}}\n"
      "  web: {ec2: {min_size: 1, max_size: 1, instance_type: m5.large, assumed: {speed: 1, "
      "workers: 1}}}\n"
      "calls: [{from: web, to: a, mode: async}, {from: web, to: db, count: 2, probability: 0.5}]\n";
  const RunResult before = run(alone, rows);
  const RunResult after = run(more, rows);
  REQUIRE(after.summary.services.size() == 3);
  for (std::size_t i = 0; i < 2; ++i) {
    const metrics::SpanRow& was = before.service(i);
    const metrics::SpanRow& is = after.service(i + 1);
    CHECK(was.counters.completions() == is.counters.completions());
    CHECK(was.counters.calls == is.counters.calls);
    CHECK(was.parts.sum() == is.parts.sum());
    CHECK(was.parts.queue == is.parts.queue);
    CHECK(was.latency_max_ns == is.latency_max_ns);
    CHECK(before.summary.services[i].cost == after.summary.services[i + 1].cost);
  }
}

}  // namespace
}  // namespace skyreplay::workload
