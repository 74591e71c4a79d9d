#include "replay/queue_model.h"

#include "scenario/law.h"

namespace skyreplay::replay {

using std::chrono::seconds;

workload::SqsQueueConfig queue_config(const scenario::ConcreteService& service, std::uint32_t index,
                                      const proto::SqsQueue& queue, const proto::Account& account) {
  workload::SqsQueueConfig config;
  config.name = "services." + service.name;
  config.service = index;
  config.visibility_timeout = seconds{queue.visibility_timeout()};
  config.max_receive_count = queue.redrive_policy().max_receive_count();
  config.message_retention = seconds{queue.message_retention_period()};
  config.most_in_flight = account.sqs().in_flight_messages();
  return config;
}

void take_from_queue(const scenario::ConcreteService& service, const proto::Account& account,
                     balancing::FleetConfig& fleet) {
  const proto::EcsService& ecs = service.config->ecs();
  if (!ecs.has_queue()) return;
  balancing::QueueWorkersConfig config;
  config.queue = queue_config(service, fleet.service, ecs.queue(), account);
  config.queue.failure_probability = ecs.assumed().failure_probability();
  config.receive_time = scenario::to_duration(ecs.assumed().receive_time());
  fleet.queue = config;
  fleet.has_load_balancer = false;
  fleet.internet_facing = false;
  fleet.idle_timeout = Duration{};
  fleet.health_checks.interval = Duration{};
  fleet.deregistration_delay = seconds{ecs.task_definition().stop_timeout()};
}

}  // namespace skyreplay::replay
