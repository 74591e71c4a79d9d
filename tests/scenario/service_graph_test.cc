#include "scenario/service_graph.h"

#include <doctest/doctest.h>

#include "scenario/support.h"

using skyreplay::testing::kEverything;
using skyreplay::testing::mistakes_of;

namespace {

/// Functions a, b, c and one for each route, d; requests go to a and d. Calls start in line 8.
std::string with_calls(const std::string& calls) {
  return "version: 1\nservices:\n  a: {lambda: {}}\n  b: {lambda: {}}\n"
         "  d: {for_each_route: true, lambda: {}}\n"
         "routes: [{match: x, service: a}, {match: y, service: b}, {match: \"*\", service: d}]\n"
         "calls:\n" +
         calls;
}

}  // namespace

TEST_CASE("calls between services of every platform make a graph without a mistake") {
  CHECK(mistakes_of(kEverything) == "");
  CHECK(mistakes_of(with_calls("  - {from: a, to: b}\n  - {from: a, to: b, count: 2}\n"
                               "  - {from: d, to: b}\n")) == "");
}

TEST_CASE("a call from or to a service that there is not is answered with the nearest one") {
  CHECK(mistakes_of("version: 1\nservices: {web: {lambda: {}}}\n"
                    "calls:\n  - {from: wbe, to: database}\n") ==
        "shop.yaml:4:12: calls[0].from: there is no service 'wbe', did you mean 'web'?\n"
        "shop.yaml:4:21: calls[0].to: there is no service 'database'");
}

TEST_CASE("a service that calls itself, and one called that is made for each route, are refused") {
  CHECK(mistakes_of(kEverything, {"calls[1]={from: app, to: app, mode: async}"}) ==
        "--set calls[1]: calls[1].to: is the caller itself: give the work that repeats a service "
        "of its own");
  CHECK(mistakes_of(with_calls("  - {from: a, to: b}\n  - {from: a, to: d}\n")) ==
        "shop.yaml:9:19: calls[1].to: 'd' is one service for each route (for_each_route), and a "
        "call has no route to choose by");
}

TEST_CASE("an external service makes no calls") {
  CHECK(mistakes_of(kEverything, {"calls[1]={from: db, to: app, mode: async}"}) ==
        "--set calls[1]: calls[1].from: 'db' is an external service, which makes no calls");
}

TEST_CASE("a call written twice is refused, one that differs is another call") {
  CHECK(mistakes_of(with_calls("  - {from: a, to: b}\n  - {from: a, to: b, count: 1}\n")) ==
        "shop.yaml:9:5: calls[1]: is the same as calls[0]; raise its count instead");
}

TEST_CASE("a cycle of synchronous calls is refused with the way round it") {
  CHECK(mistakes_of(with_calls("  - {from: a, to: b}\n  - {from: b, to: a}\n")) ==
        "shop.yaml:9:5: calls[1]: closes a cycle of synchronous calls, which waits for itself: "
        "a -> b -> a");
  const std::string three =
      "version: 1\nservices: {a: {lambda: {}}, b: {lambda: {}}, c: {lambda: {}}, e: {lambda: {}}}\n"
      "routes: [{match: \"*\", service: e}]\ncalls:\n  - {from: e, to: b}\n"
      "  - {from: c, to: a}\n  - {from: a, to: b}\n  - {from: b, to: c}\n";
  CHECK(mistakes_of(three) ==
        "shop.yaml:6:5: calls[1]: closes a cycle of synchronous calls, which waits for itself: "
        "a -> b -> c -> a");
}

TEST_CASE("L60: a function that takes batches of messages makes no calls") {
  const auto with_batches = [](const std::string& mapping) {
    return mistakes_of(kEverything, {"services.fn.lambda.event_source_mappings=[" + mapping + "]"});
  };
  CHECK(with_batches("{batch_size: 1, queue: {}}").empty());
  CHECK(
      with_batches("{queue: {}}")
          .ends_with("calls[2].from: 'fn' works on batches of messages, whose calls are not built: "
                     "event_source_mappings[0].batch_size must be 1"));
}

TEST_CASE("a cycle with an asynchronous call is refused only where it goes on for ever") {
  const auto back = [](const std::string& more) {
    return mistakes_of(with_calls(
        "  - {from: a, to: b, count: 2}\n  - {from: b, to: a, mode: async" + more + "}\n"));
  };
  CHECK(back(", probability: 0.49") == "");
  const std::string with_a_fleet =
      "version: 1\nservices:\n  a: {lambda: {}}\n  b: {external: {latency: 1s}}\n"
      "  c: {lambda: {http_api: {}}}\nroutes: [{match: x, service: b}, {match: \"*\", service: "
      "a}]\n"
      "calls:\n  - {from: a, to: c, count: 2}\n  - {from: c, to: a, mode: async, probability: "
      "0.75}\n";
  CHECK(mistakes_of(with_a_fleet) ==
        "shop.yaml:9:5: calls[1]: closes a cycle of calls that goes on for ever: a -> c -> a; a "
        "request makes 1.5 more each time round, and fewer than 1 would end, or a function on it "
        "with recursive_loop: Terminate, were all functions and behind no API (L67)");
}

TEST_CASE("L67: a loop that Lambda stops is no mistake, one that it does not is") {
  const auto loop = [](const std::string& a, const std::string& b, const std::string& calls) {
    return mistakes_of(
        "version: 1\nservices:\n  a: {lambda: {" + a + "}}\n  b: {lambda: {" + b +
        "}}\nroutes: [{match: x, service: b}, {match: \"*\", service: a}]\ncalls:\n" + calls);
  };
  const std::string both = "  - {from: a, to: b}\n  - {from: b, to: a, mode: async}\n";
  CHECK(loop("", "", both) == "");
  CHECK(loop("recursive_loop: Allow", "", both) == "");
  CHECK(loop("recursive_loop: Allow", "recursive_loop: Allow", both)
            .find("calls[1]: closes a cycle of calls that goes on for ever: a -> b -> a") !=
        std::string::npos);
  CHECK(loop("", "", "  - {from: a, to: a, mode: async, count: 2}\n") == "");
  CHECK(
      loop("", "", "  - {from: a, to: a, mode: async, count: 3}\n")
          .ends_with("calls: make more than a million invocations out of a request to 'a', before "
                     "Lambda stops its loop (L67)"));
  CHECK(loop("", "", "  - {from: a, to: a}\n")
            .ends_with("closes a cycle of synchronous calls, which waits for itself: a -> a"));
}

TEST_CASE("a service that no route and no call reaches is named") {
  CHECK(mistakes_of("version: 1\nservices:\n  a: {lambda: {}}\n  b: {lambda: {}}\n"
                    "  c: {lambda: {}}\n  e: {lambda: {}}\n"
                    "routes: [{match: \"*\", service: a}]\n"
                    "calls: [{from: a, to: b}, {from: c, to: e}]\n") ==
        "shop.yaml:5:6: services.c: no route and no call reaches it\n"
        "shop.yaml:6:6: services.e: no route and no call reaches it");
}
