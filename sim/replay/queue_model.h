#pragma once

#include <cstdint>

#include "balancing/fleet.h"
#include "scenario/wiring.h"
#include "workload/sqs_queue.h"

namespace skyreplay::replay {

/// A queue's parameters, read from the resolved message. `service` takes its messages, and is at
/// `index` in the recorder.
workload::SqsQueueConfig queue_config(const scenario::ConcreteService& service, std::uint32_t index,
                                      const proto::SqsQueue& queue, const proto::Account& account);

/// Makes a fleet of tasks that which takes its work from the service's queue, where it has one:
/// without a load balancer, and with its tasks' stop timeout to finish in.
void take_from_queue(const scenario::ConcreteService& service, const proto::Account& account,
                     balancing::FleetConfig& fleet);

}  // namespace skyreplay::replay
