// Recursive loop detection, in whole runs.
#include <doctest/doctest.h>

#include "support/run_world.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// Functions a, b and c that start at once; requests come to a.
std::string scenario(const std::string& calls, const std::string& a = "", const std::string& b = "",
                     const std::string& top = "") {
  const auto function = [](const std::string& more) {
    return "{lambda: {memory_size: 1769, timeout: 10, " + more +
           "assumed: {init_duration: 0s, platform_init_duration: 0s}}}\n";
  };
  return "version: 1\nroutes: [{match: \"*\", service: a}]\nservices:\n  a: " + function(a) +
         "  b: " + function(b) + top + "calls:\n" + calls;
}

RowSource one() { return {{{.name = "r"}}, {{1s, 10ms, 0s}}, 60s}; }

std::uint64_t completed(const RunResult& result, std::size_t service) {
  return result.service(service).counters.completions();
}

TEST_CASE("L67: a function that calls itself is invoked 16 times, and the next time is stopped") {
  RowSource source = one();
  const RunResult result(scenario("  - {from: a, to: a, mode: async, work: 1s}\n"
                                  "  - {from: a, to: b, mode: async}\n"),
                         source);
  CHECK(completed(result, 0) == 16);
  CHECK(result.service(0).counters.outcomes[static_cast<std::size_t>(Outcome::kRefused)] == 1);
  CHECK(completed(result, 1) == 16);
  CHECK(result.quantity("lambda.requests_x86") == "16");  // of each
  CHECK(result.summary.services[0].usage.function.recursive_invocations_dropped == 1);
  REQUIRE(result.activities.size() == 1);
  CHECK(result.activities[0].kind == "limit");
  CHECK(result.activities[0].cause ==
        "RecursiveInvocationException: invoked 16 times before in one chain of calls; 1 stopped in "
        "this window");
}

TEST_CASE("L67: in a loop of two functions each counts its own invocations") {
  RowSource source = one();
  const RunResult result(scenario("  - {from: a, to: b, mode: async}\n"
                                  "  - {from: b, to: a, mode: async}\n"),
                         source);
  CHECK(completed(result, 0) == 16);
  CHECK(completed(result, 1) == 16);
  CHECK(result.summary.services[0].usage.function.recursive_invocations_dropped == 1);
  CHECK(result.summary.services[1].usage.function.recursive_invocations_dropped == 0);
}

TEST_CASE("L67: who allows loops is stopped by whom it calls, or not at all") {
  const std::string calls =
      "  - {from: a, to: b, mode: async}\n  - {from: b, to: a, mode: async}\n";
  RowSource source = one();
  const RunResult one_allows(scenario(calls, "recursive_loop: Allow, "), source);
  CHECK(completed(one_allows, 0) == 17);
  CHECK(completed(one_allows, 1) == 16);
  // 0.99^16 of the chains go on beyond 16; this one does.
  const std::string rarer =
      "  - {from: a, to: b, mode: async}\n  - {from: b, to: a, mode: async, probability: 0.99}\n";
  RowSource again = one();
  const RunResult both_allow(scenario(rarer, "recursive_loop: Allow, ", "recursive_loop: Allow, "),
                             again);
  CHECK(completed(both_allow, 0) > 17);
  CHECK(both_allow.activities.empty());
}

TEST_CASE("L67: who is called twice each time has two chains") {
  RowSource source = one();
  const RunResult result(scenario("  - {from: a, to: a, mode: async, count: 2}\n"
                                  "  - {from: a, to: b, mode: async}\n",
                                  "", "",
                                  "account: {lambda: {concurrent_executions: 100000, "
                                  "scaling_rate: {burst: 100000}}}\n"),
                         source);
  CHECK(completed(result, 0) == 65'535);  // 2^16 - 1
  CHECK(result.summary.services[0].usage.function.recursive_invocations_dropped == 65'536);
}

TEST_CASE("L67: the caller of a synchronous call that is stopped fails") {
  RowSource source = one();
  const RunResult result(scenario("  - {from: a, to: b}\n  - {from: b, to: a, mode: async}\n",
                                  "recursive_loop: Allow, "),
                         source);
  CHECK(completed(result, 1) == 16);
  CHECK(completed(result, 0) == 16);
  CHECK(result.service(0).counters.outcomes[static_cast<std::size_t>(Outcome::kDependency)] == 1);
}

}  // namespace
}  // namespace skyreplay::replay
