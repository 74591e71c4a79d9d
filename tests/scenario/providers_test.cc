// Capacity providers of a service: what is derived, what is refused.
#include <doctest/doctest.h>

#include "scenario/support.h"

namespace skyreplay::scenario {
namespace {

using testing::mistakes_of;

std::string service(const std::string& more) {
  return "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: 2048}, " + more +
         "}}}\n";
}

/// The first mistake, without its place and the service's path.
std::string told(const std::string& more) {
  std::string text = mistakes_of(service(more));
  const std::size_t at = text.find("services.web.ecs.");
  if (at != std::string::npos) text = text.substr(at + 17);
  return text.substr(0, text.find('\n'));
}

std::string strategy(const std::string& items) {
  return "capacity_provider_strategy: [" + items + "]";
}

TEST_CASE("C118: FARGATE_SPOT costs 30 % of the price unless the scenario says another") {
  const auto spot = [](const std::string& more) {
    return Scenario::parse(service(strategy("{capacity_provider: FARGATE_SPOT, weight: 1}") + more),
                           "shop.yaml")
        .message()
        .services()
        .at("web")
        .ecs()
        .assumed()
        .fargate_spot();
  };
  CHECK(spot("").vcpu_hour() == "0.012144");
  CHECK(spot("").gb_hour() == "0.0013335");
  CHECK(spot(", assumed: {fargate_spot: {vcpu_hour: \"0.0126\"}}").vcpu_hour() == "0.0126");
}

TEST_CASE("a resolved scenario with a capacity provider strategy reads as itself") {
  const std::string on_spot = strategy("{capacity_provider: FARGATE_SPOT, weight: 1}");
  for (const std::string& text :
       {service(on_spot),
        "version: 1\nservices: {batch: {ecs_task: {task_definition: {cpu: 1024, "
        "memory: 2048}, " +
            on_spot + "}}}\n"}) {
    const Scenario once = Scenario::parse(text, "shop.yaml");
    CHECK(Scenario::parse(once.to_yaml(), "shop.yaml").to_yaml() == once.to_yaml());
  }
}

TEST_CASE("C71: one base, a weight, each provider once") {
  CHECK(told(strategy("{capacity_provider: FARGATE, base: 1}")) ==
        "capacity_provider_strategy: has no weight above 0");
  CHECK(told(strategy("{capacity_provider: FARGATE, base: 1, weight: 1}, {capacity_provider: "
                      "FARGATE_SPOT, base: 1}"))
            .ends_with("base: only one provider may have a base"));
  CHECK(told(strategy("{capacity_provider: FARGATE, weight: 1}, {capacity_provider: FARGATE, "
                      "weight: 1}"))
            .ends_with("capacity_provider: is listed twice"));
  CHECK(told("launch_type: FARGATE, " + strategy("{capacity_provider: FARGATE, weight: 1}"))
            .starts_with("launch_type: must be left out"));
  CHECK(told("assumed: {fargate_spot: {vcpu_hour: \"0.01\"}}")
            .starts_with("assumed.fargate_spot: is for a capacity_provider_strategy"));
  CHECK(told(strategy("{capacity_provider: my-group, weight: 1}")) != "");
}

TEST_CASE("C24: a stop timeout lies between 2 and 120 s") {
  const std::string text =
      "version: 1\nservices: {web: {ecs: {task_definition: {cpu: 1024, memory: "
      "2048, stop_timeout: 121}}}}\n";
  CHECK(mistakes_of(text).find("stop_timeout") != std::string::npos);
}

TEST_CASE("interrupt_spot is for a service with tasks on FARGATE_SPOT") {
  CHECK(mistakes_of(service("") + "faults: [{at: +1m, interrupt_spot: {service: web, share: 1}}]\n")
            .find("'web' has no tasks on FARGATE_SPOT") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::scenario
