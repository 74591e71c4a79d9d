#include "scenario/resolve_daemons.h"

#include <algorithm>

#include "scenario/field_path.h"
#include "scenario/resolve.h"

namespace skyreplay::scenario {
namespace {

struct Refused {
  const char* field;
  const char* why;
};

/// What is about a number of tasks, or about where they go.
constexpr Refused kRefused[] = {
    {"desired_count", "is not of a DAEMON, which has one task on each container instance"},
    {"min_capacity", "is not of a DAEMON, which nothing scales"},
    {"max_capacity", "is not of a DAEMON, which nothing scales"},
    {"policies[0]", "are not of a DAEMON, which nothing scales"},
    {"scheduled_actions[0]", "are not of a DAEMON, which nothing scales"},
    {"capacity_provider_strategy[0]", "is not of a DAEMON, whose launch type is EC2"},
    {"placement_strategies[0]", "are not of a DAEMON: constraints alone say where it is"},
};

}  // namespace

void resolve_scheduling(proto::EcsService& service, const std::string& path, const Places& places,
                        Mistakes& mistakes) {
  if (service.scheduling_strategy() != proto::EcsService::DAEMON) return;
  const auto is_given = [&](const std::string& field) {
    return places.contains(path + "." + field);
  };
  const auto mistake = [&](const std::string& field, const std::string& text) {
    mistakes.add(places.near(path + "." + field), path + "." + field, text);
  };
  if (!service.has_cluster()) {
    mistake("scheduling_strategy", "DAEMON needs a cluster, whose instances it has tasks on");
  }
  for (const Refused& refused : kRefused) {
    if (is_given(refused.field)) mistake(refused.field, refused.why);
  }
  service.clear_desired_count();
  proto::DeploymentConfiguration& limits = *service.mutable_deployment_configuration();
  const std::string own = "deployment_configuration.";
  if (!is_given(own + "minimum_healthy_percent")) limits.set_minimum_healthy_percent(0);
  if (!is_given(own + "maximum_percent")) limits.set_maximum_percent(100);
  if (limits.maximum_percent() != 100) {
    mistake(own + "maximum_percent", "of a DAEMON is 100: an instance has one task of it (C37)");
  }
  if (limits.strategy() != proto::DeploymentConfiguration::ROLLING) {
    mistake(own + "strategy", "of a DAEMON is ROLLING: there is no room for a second of each task");
  }
}

bool is_unreached_daemon(const proto::Scenario& scenario, const std::string& service) {
  const auto found = scenario.services().find(service);
  const bool is_daemon = found != scenario.services().end() &&
                         found->second.ecs().scheduling_strategy() == proto::EcsService::DAEMON;
  const auto is_routed = [&](const proto::RouteRule& rule) { return rule.service() == service; };
  const auto is_called = [&](const proto::Call& call) {
    return call.to() == service || call.from() == service;
  };
  return is_daemon && std::none_of(scenario.routes().begin(), scenario.routes().end(), is_routed) &&
         std::none_of(scenario.calls().begin(), scenario.calls().end(), is_called);
}

void resolve_unreached_daemons(proto::Scenario& scenario, const Places& places,
                               Mistakes& mistakes) {
  for (const std::string& name : service_names(scenario)) {
    if (!is_unreached_daemon(scenario, name)) continue;
    proto::EcsService& service = *(*scenario.mutable_services())[name].mutable_ecs();
    for (const char* field : {"target_group", "load_balancer"}) {
      const std::string path = join_path("services", name) + ".ecs." + field;
      if (!places.contains(path)) continue;
      mistakes.add(places.near(path), path, "is for requests: no route and no call reaches it");
    }
    service.clear_target_group();
    service.clear_load_balancer();
  }
}

}  // namespace skyreplay::scenario
