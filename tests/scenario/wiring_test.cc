#include "scenario/wiring.h"

#include <doctest/doctest.h>

#include "core/glob.h"
#include "scenario/support.h"

using skyreplay::glob_match;
using skyreplay::InputError;
using skyreplay::scenario::expand;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::Wiring;
using skyreplay::testing::kSmall;
using skyreplay::trace::Route;
using skyreplay::trace::TraceInfo;

namespace {

Route route(const std::string& name) {
  Route made;
  made.name = name;
  return made;
}

TraceInfo trace_of(std::vector<Route> routes) {
  TraceInfo info;
  info.routes = std::move(routes);
  return info;
}

std::string refusal(const std::string& text, const TraceInfo& trace) {
  try {
    expand(Scenario::parse(text, "shop.yaml"), trace);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// The memory that from_trace gives a route, under these further assumptions.
std::uint32_t memory_of(const Route& route, const std::string& assumed = "{}") {
  const Scenario scenario = Scenario::parse(
      "version: 1\nservices: {fn: {for_each_route: true, lambda: {memory_size: from_trace, "
      "assumed: " +
          assumed + "}}}\n",
      "shop.yaml");
  return expand(scenario, trace_of({route})).services.at(0).memory_mib;
}

}  // namespace

TEST_CASE("a star matches any run of bytes, a question mark exactly one") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("GET /static/*", "GET /static/a/b.css"));
  CHECK_FALSE(glob_match("GET /static/*", "GET /statics"));
  CHECK(glob_match("a?c", "abc"));
  CHECK_FALSE(glob_match("a?c", "ac"));
  CHECK(glob_match("*ab*ab", "abxabab"));
  CHECK_FALSE(glob_match("*ab*ab", "abxaba"));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("?\xff*", "\x01\xff"));
  CHECK_FALSE(glob_match(std::string(2000, '*') + "b", std::string(5000, 'a')));
}

TEST_CASE("the first rule that matches a route decides its service") {
  const Scenario scenario = Scenario::parse(
      "version: 1\n"
      "routes: [{match: \"GET /s*\", service: web}, {match: \"*\", service: fn}]\n"
      "services: {web: {lambda: {memory_size: 256}}, fn: {lambda: {}}}\n",
      "shop.yaml");
  const Wiring wiring =
      expand(scenario, trace_of({route("GET /s/1"), route("b"), route("GET /s")}));
  REQUIRE(wiring.services.size() == 2);
  CHECK(wiring.services[0].name == "fn");
  CHECK(wiring.services[1].name == "web");
  CHECK(wiring.services[1].memory_mib == 256);
  CHECK(wiring.services[1].config == &scenario.message().services().at("web"));
  CHECK(wiring.route_to_service == std::vector<std::uint32_t>{1, 0, 1});
}

TEST_CASE("for_each_route makes one service for each route, in the trace's order") {
  const Scenario scenario = Scenario::parse(
      "version: 1\n"
      "routes: [{match: \"x*\", service: b}, {match: \"*\", service: a}]\n"
      "services: {b: {for_each_route: true, lambda: {}}, a: {for_each_route: true, lambda: {}}}\n",
      "shop.yaml");
  const Wiring wiring =
      expand(scenario, trace_of({route("x/1"), route("z\xff\n"), route("x.2"), route("c")}));
  std::vector<std::string> names;
  for (const auto& service : wiring.services) names.push_back(service.name);
  CHECK(names == std::vector<std::string>{"a/z\xff\n", "a/c", "b/x/1", "b/x.2"});
  CHECK(wiring.route_to_service == std::vector<std::uint32_t>{2, 0, 3, 1});
}

TEST_CASE("from_trace is the recorded size, else the largest use rounded up to 128 MB (L73)") {
  Route recorded = route("a");
  recorded.memory_size_mib = 1000;
  recorded.memory_used_max_mib = 3000;
  CHECK(memory_of(recorded) == 1000);
  Route used = route("a");
  used.memory_used_p50_mib = 100;
  used.memory_used_max_mib = 300.5;
  CHECK(memory_of(used) == 384);
  used.memory_used_max_mib = 256;
  CHECK(memory_of(used) == 256);
  used.memory_used_max_mib = 0;
  CHECK(memory_of(used) == 128);
  CHECK(memory_of(used, "{memory_floor: 1769}") == 1769);
  CHECK(memory_of(recorded, "{memory_floor: 1769}") == 1769);
  CHECK(memory_of(route("a"), "{memory_floor: 1769}") == 1769);
}

TEST_CASE("one function for several routes takes the largest memory of them") {
  Route small = route("a");
  small.memory_size_mib = 256;
  Route large = route("b");
  large.memory_size_mib = 512;
  const Scenario scenario = Scenario::parse(
      "version: 1\nservices: {fn: {lambda: {memory_size: from_trace}}}\n", "s.yaml");
  CHECK(expand(scenario, trace_of({small, large})).services.at(0).memory_mib == 512);
}

TEST_CASE("a route whose memory is unknown or beyond Lambda's is named") {
  const std::string text =
      "version: 1\nservices: {fn: {for_each_route: true, lambda: {memory_size: from_trace}}}\n";
  CHECK(refusal(text, trace_of({route("a"), route("b\n")})) ==
        "shop.yaml: services.fn.lambda.memory_size: give a number or set assumed.memory_floor; no "
        "memory is recorded for 2 routes of the trace: 'a', 'b\\x0a'");
  Route large = route("c");
  large.memory_used_max_mib = 10241;
  CHECK(refusal(text, trace_of({large})) ==
        "shop.yaml: services.fn.lambda.memory_size: more than the 10,240 MB that Lambda has is "
        "needed by 1 route of the trace: 'c'");
  large.memory_used_max_mib = 10240;
  CHECK(refusal(text, trace_of({large})) == "");
}

TEST_CASE("routes that match no rule are named, at most ten of them") {
  const std::string text = kSmall + "routes: [{match: \"GET *\", service: fn}]\n";
  CHECK(refusal(text, trace_of({route("GET /"), route("PUT /")})) ==
        "shop.yaml: routes: no rule matches 1 route of the trace: 'PUT /'");
  std::vector<Route> many;
  for (int i = 0; i < 13; ++i) many.push_back(route("r" + std::to_string(i)));
  CHECK(refusal(text, trace_of(many)) ==
        "shop.yaml: routes: no rule matches 13 routes of the trace: 'r0', 'r1', 'r2', 'r3', 'r4', "
        "'r5', 'r6', 'r7', 'r8', 'r9' and 3 more");
}

TEST_CASE("reserved concurrency is counted once for each route (L41)") {
  const std::string text =
      "version: 1\nservices: {fn: {for_each_route: true, lambda: "
      "{reserved_concurrent_executions: 300}}}\n";
  CHECK(refusal(text, trace_of({route("a"), route("b"), route("c")})) == "");
  CHECK(refusal(text, trace_of({route("a"), route("b"), route("c"), route("d")})) ==
        "shop.yaml: account.lambda: reserved and provisioned concurrency adds up to 1,200, and 100 "
        "of the "
        "account's 1,000 concurrent executions must stay unreserved (L35, L41)");
}

TEST_CASE("a trace with one route's name twice is refused") {
  CHECK(refusal("version: 1\nservices: {fn: {for_each_route: true, lambda: {}}}\n",
                trace_of({route("a"), route("a")})) ==
        "shop.yaml: workload.trace: the trace has route 'a' twice");
}

TEST_CASE("services of every platform are wired by name, with the calls between them") {
  const Scenario scenario = Scenario::parse(skyreplay::testing::kEverything, "shop.yaml");
  const Wiring wiring = expand(scenario, trace_of({route("GET /"), route("POST /")}));
  REQUIRE(wiring.services.size() == 4);  // app, db, fn, web
  CHECK(wiring.services[0].config->has_ecs());
  CHECK(wiring.services[1].config->has_external());
  CHECK(wiring.services[3].config->has_ec2());
  CHECK(wiring.services[2].memory_mib == 128);
  CHECK(wiring.services[3].memory_mib == 0);
  CHECK(wiring.route_to_service == std::vector<std::uint32_t>{3, 2});
  REQUIRE(wiring.calls.size() == 3);
  CHECK(wiring.calls[0].name == "calls.web/app");
  CHECK(wiring.calls[0].from == 3);
  CHECK(wiring.calls[0].to == 0);
  CHECK(wiring.calls[2].config->mode() == skyreplay::proto::Call::ASYNC);
}

TEST_CASE(
    "a call of a service made for each route is made by each of them, the second is numbered") {
  const Scenario scenario = Scenario::parse(
      "version: 1\nservices: {fn: {for_each_route: true, lambda: {}}, db: {external: {latency: "
      "2ms}}}\nroutes: [{match: \"*\", service: fn}]\n"
      "calls: [{from: fn, to: db}, {from: fn, to: db, count: 2}]\n",
      "shop.yaml");
  const Wiring wiring = expand(scenario, trace_of({route("a"), route("b")}));
  REQUIRE(wiring.calls.size() == 4);
  CHECK(wiring.calls[0].name == "calls.fn/a/db");
  CHECK(wiring.calls[1].name == "calls.fn/b/db");
  CHECK(wiring.calls[2].name == "calls.fn/a/db#2");
  CHECK(wiring.services[wiring.calls[1].from].name == "fn/b");
  CHECK(wiring.calls[3].to == 0);
  CHECK(wiring.calls[3].config->count() == 2);
}

TEST_CASE("what a change makes of a scenario is wired before anything runs") {
  const std::string text =
      "version: 1\nservices: {fn: {for_each_route: true, lambda: {}}}\n"
      "changes: [{at: +5m, field: services.fn.lambda.memory_size, value: from_trace}]\n";
  CHECK(refusal(text, trace_of({route("a")})) ==
        "shop.yaml: after the change of services.fn.lambda.memory_size: "
        "services.fn.lambda.memory_size: give a number or set assumed.memory_floor; no memory is "
        "recorded for 1 route of the trace: 'a'");
  Route known = route("a");
  known.memory_size_mib = 512;
  const Scenario scenario = Scenario::parse(text, "shop.yaml");
  const TraceInfo trace = trace_of({known});
  CHECK(expand(scenario, trace).services[0].memory_mib == 128);
  CHECK(expand(*scenario.changes()[0].after, "shop.yaml", trace).services[0].memory_mib == 512);
}

TEST_CASE("a trace recorded on Lambda and replayed elsewhere was recorded on at most one vCPU") {
  const Scenario scenario = Scenario::parse(
      skyreplay::testing::kEverything + "workload: {recorded_on: {lambda_memory: 3538}}\n",
      "shop.yaml");
  CHECK(expand(scenario, trace_of({route("GET /")})).recorded_speed.at(0) == 1.0);
  const Scenario half = scenario.with({"workload.recorded_on.lambda_memory=884"});
  CHECK(expand(half, trace_of({route("GET /")})).recorded_speed.at(0) == 884.0 / 1769);
}

TEST_CASE("the recording CPU's share of the reference core follows from its memory (L70, L71)") {
  const auto speed = [](const std::string& cpu, const std::string& assumed) {
    Route recorded = route("a");
    recorded.memory_size_mib = 3538;
    const Scenario scenario =
        Scenario::parse("version: 1\nworkload: {recorded_on: " + cpu +
                            "}\nservices: {fn: {lambda: {assumed: " + assumed + "}}}\n",
                        "shop.yaml");
    return expand(scenario, trace_of({recorded})).recorded_speed.at(0);
  };
  CHECK(speed("{}", "{}") == 1.0);
  CHECK(speed("{speed: 2.5}", "{}") == 2.5);
  CHECK(speed("{lambda_memory: 1769}", "{}") == 1.0);
  CHECK(speed("{lambda_memory: 884}", "{}") == 884.0 / 1769);
  CHECK(speed("{lambda_memory: from_trace}", "{}") == 1.0);
  CHECK(speed("{lambda_memory: from_trace}", "{vcpu_parallelism: 4}") == 2.0);
  CHECK(refusal(kSmall + "workload: {recorded_on: {lambda_memory: from_trace}}\n",
                trace_of({route("a")})) ==
        "shop.yaml: workload.recorded_on.lambda_memory: give a number; no memory size is recorded "
        "for 1 route of the trace: 'a'");
}
