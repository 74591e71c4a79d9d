#include "scenario/resolve_queue.h"

#include <fmt/format.h>

#include <chrono>

#include "core/error.h"
#include "pricing/catalogue.h"
#include "scenario/asked_metrics.h"
#include "scenario/field_path.h"
#include "scenario/law.h"

namespace skyreplay::scenario {
namespace {

class QueueChecks {
 public:
  QueueChecks(const proto::EcsService& service, const std::string& path, const Places& places,
              Mistakes& mistakes)
      : service_(service), path_(path), places_(places), mistakes_(mistakes) {}

  void without() {
    for (const char* field : {"assumed.failure_probability", "assumed.receive_time"}) {
      if (is_given(field)) mistake(field, "is for a service with a queue");
    }
    for (const AskedMetric& asked : asked_metrics(service_)) {
      if (asked.metric_namespace == "AWS/SQS") mistake(asked.field, "the service has no queue");
    }
  }

  void with(const std::string& region) {
    refuse();
    workers();
    times();
    for (const AskedMetric& asked : asked_metrics(service_)) {
      if (asked.metric_namespace != "AWS/ApplicationELB") continue;
      mistake(asked.field, fmt::format("{} is a load balancer's, and a service with a queue has "
                                       "none",
                                       asked.name));
    }
    try {
      pricing::Catalogue::builtin().tariff("sqs.standard_requests", region);
    } catch (const InputError& error) {
      mistake("queue", error.what());
    }
  }

 private:
  bool is_given(const std::string& field) const { return places_.contains(path_ + "." + field); }
  void mistake(const std::string& field, const std::string& text) {
    mistakes_.add(places_.near(path_ + "." + field), path_ + "." + field, text);
  }

  void refuse() {
    for (const char* field : {"target_group", "load_balancer"}) {
      if (is_given(field)) {
        mistake(field,
                "is not for a service with a queue: its tasks take messages, and nothing "
                "sends them requests");
      }
    }
    const auto strategy = service_.deployment_configuration().strategy();
    if (strategy != proto::DeploymentConfiguration::ROLLING) {
      mistake("deployment_configuration.strategy",
              "must be ROLLING: of a service with a queue there is no traffic to shift");
    }
  }

  /// Who takes messages; and where they wait.
  void workers() {
    if (!service_.assumed().has_workers() && !mistakes_.at(path_ + ".assumed.workers")) {
      mistake("assumed.workers", "is missing: each worker of a task takes one message at a time");
    }
    constexpr const char* kText = "is not for a service with a queue: messages wait there";
    if (service_.assumed().has_backlog()) mistake("assumed.backlog", kText);
    for (int i = 0; i < service_.deployments_size(); ++i) {
      if (!service_.deployments(i).assumed().has_backlog()) continue;
      mistake(join_index("deployments", static_cast<std::size_t>(i)) + ".assumed.backlog", kText);
    }
  }

  void times() {
    const Duration visible_again = std::chrono::seconds{service_.queue().visibility_timeout()};
    if (to_duration(service_.assumed().receive_time()) < visible_again) return;
    mistake("assumed.receive_time", "must be below the queue's visibility_timeout");
  }

  const proto::EcsService& service_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace

void resolve_queue(const proto::EcsService& service, const std::string& region,
                   const std::string& path, const Places& places, Mistakes& mistakes) {
  QueueChecks checks(service, path, places, mistakes);
  service.has_queue() ? checks.with(region) : checks.without();
}

}  // namespace skyreplay::scenario
