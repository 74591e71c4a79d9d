#include <string>
#include <vector>

#include "replay/models.h"
#include "scenario/recursive_loops.h"

// What a result says of its services, apart from their rows.

namespace skyreplay::replay {
namespace {

using PlatformCase = proto::Service::PlatformCase;

ServiceHeader header_of(const proto::Service& service) {
  ServiceHeader header;
  switch (service.platform_case()) {
    case PlatformCase::kEc2:
    case PlatformCase::kEcs:
      header.platform = service.has_ec2() ? "ec2" : "ecs";
      header.capacity_unit = service.has_ec2() ? "instances" : "tasks";
      header.has_queue = header.has_desired = header.has_pending = header.has_cpu = true;
      header.has_memory = service.ecs().assumed().has_memory_base();
      header.has_cold_starts = false;
      break;
    case PlatformCase::kEcsTask:
      header.platform = "ecs";
      header.capacity_unit = "tasks";
      header.has_queue = header.has_pending = true;
      header.has_cold_starts = false;
      break;
    case PlatformCase::kExternal:
      header.platform = "external";
      header.has_queue = true;
      header.has_capacity = header.has_cold_starts = false;
      break;
    default:
      header.platform = "lambda";
      header.has_provisioned = service.lambda().has_provisioned_concurrency_config();
      if (service.lambda().has_http_api()) header.front = "http_api";
      if (service.lambda().has_rest_api()) header.front = "rest_api";
      if (service.lambda().has_load_balancer()) header.front = "load_balancer";
      header.capacity_unit = "environments";
  }
  return header;
}

}  // namespace

std::vector<ServiceHeader> service_headers(const ModelInputs& inputs) {
  const scenario::RecursiveLoops loops(inputs.wiring);
  std::vector<ServiceHeader> headers;
  for (std::uint32_t i = 0; i < inputs.wiring.services.size(); ++i) {
    const scenario::ConcreteService& service = inputs.wiring.services[i];
    ServiceHeader& header = headers.emplace_back(header_of(*service.config));
    header.name = service.name;
    if (service.cluster != nullptr) header.has_queue = header.has_cpu = false;
    header.has_reservation = service.cluster != nullptr;
    header.event_source = scenario::to_string(service.events);
    header.has_queue |= !header.event_source.empty();
    header.region = inputs.scenario.region();
    header.has_lambda_metrics =
        service.config->has_lambda() && inputs.scenario.recorder().lambda_metrics();
    header.is_in_loop = loops.place(i).has_value();
  }
  return headers;
}

}  // namespace skyreplay::replay
