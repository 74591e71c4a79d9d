#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reference/random_clusters.h"
#include "reference/yaml_parts.h"

namespace skyreplay::reference {
namespace {

using reference::spelled;  // beside the overloads of this file

std::string spelled(const std::vector<Provider>& providers) {
  std::string list;
  for (const Provider& provider : providers) {
    list +=
        fmt::format("{}{{capacity_provider: {}, base: {}, weight: {}}}", list.empty() ? "" : ", ",
                    provider.spot ? "FARGATE_SPOT" : "FARGATE", provider.base, provider.weight);
  }
  return list.empty() ? "" : "capacity_provider_strategy: [" + list + "], ";
}

bool has_spot(const std::vector<Provider>& providers) {
  return std::any_of(providers.begin(), providers.end(),
                     [](const Provider& provider) { return provider.spot; });
}

std::string spot_tasks(const std::vector<Provider>& providers, const Law& time_to_interruption) {
  if (!has_spot(providers)) return "";
  return "fargate_spot: {time_to_interruption: " + spelled(time_to_interruption) + "}, ";
}

/// Of a service or a deployment.
template <typename T>
std::string memory(const T& of) {
  std::string text;
  if (of.memory_base) text += fmt::format("memory_base: {}B, ", *of.memory_base);
  if (of.memory_per_request) {
    text += fmt::format("memory_per_request: {}B, ", *of.memory_per_request);
  }
  return text;
}

std::string spelled(const Deployment& d) {
  const auto law = [](const char* name, const std::optional<Law>& value) {
    return value ? fmt::format("{}: {}, ", name, spelled(*value)) : "";
  };
  std::string image;
  if (d.pull_time) {
    image = fmt::format("image_size: {}kB, ", *d.pull_time / std::chrono::milliseconds{1});
  }
  return fmt::format(
      "{{at: +{}, {}{}assumed: {{{}{}{}{}{}work_factor: {}, start_failures: {}, never_healthy: "
      "{}}}}}",
      spelled(d.at), optional("cpu", d.cpu),
      optional("memory", d.memory) + optional("memory_reservation", d.memory_reservation), image,
      law("container_start", d.container_start), law("application_start", d.application_start),
      optional("workers", d.workers), optional("backlog", d.backlog) + memory(d), d.work_factor,
      d.start_failures, d.never_healthy);
}

std::string strategy(const Fleet& f) {
  if (!f.shift) return "";
  const TrafficShift& s = *f.shift;
  const std::string bake = fmt::format("bake_time_in_minutes: {}, ", s.bake_minutes);
  if (s.strategy == TrafficShift::Strategy::kLinear) {
    return bake + fmt::format(
                      "strategy: LINEAR, linear_configuration: {{step_percent: {}, "
                      "step_bake_time_in_minutes: {}}}, ",
                      s.parts / 100.0, s.pause_minutes);
  }
  if (s.strategy == TrafficShift::Strategy::kCanary) {
    return bake + fmt::format(
                      "strategy: CANARY, canary_configuration: {{canary_percent: {}, "
                      "canary_bake_time_in_minutes: {}}}, ",
                      s.parts / 100.0, s.pause_minutes);
  }
  return bake + "strategy: BLUE_GREEN, ";
}

std::string deployments(const Fleet& f) {
  std::string list;
  for (const Deployment& d : f.deployments) list += (list.empty() ? "" : ", ") + spelled(d);
  using Threshold = CircuitBreaker::Threshold;
  const char* const type = f.breaker.threshold == Threshold::kBounded     ? "BOUNDED_PERCENT"
                           : f.breaker.threshold == Threshold::kUnbounded ? "UNBOUNDED_PERCENT"
                                                                          : "COUNT";
  return fmt::format(
      "health_check_grace_period_seconds: {}, {}deployments: [{}], deployment_configuration: "
      "{{{}minimum_healthy_percent: {}, maximum_percent: {}, deployment_circuit_breaker: {{enable: "
      "{}, rollback: {}, reset_on_healthy_task: {}, threshold_configuration: {{type: {}, value: "
      "{}}}}}}}, ",
      f.grace, f.rebalances ? "" : "availability_zone_rebalancing: DISABLED, ", list, strategy(f),
      f.minimum_healthy, f.maximum, f.breaker.enabled, f.breaker.rolls_back, f.breaker.resets, type,
      f.breaker.value);
}

std::string restarts(const Fleet& f) {
  return fmt::format("first_restart_delay: {}, stop_time: {}, launch_burst: {}, launch_rate: {}, ",
                     spelled(f.first_restart_delay), spelled(f.stop_time), f.launch_burst,
                     f.launches_a_minute);
}

std::string messages(const Fleet& f) {
  if (!f.has_queue) return "";
  return fmt::format("failure_probability: {}, receive_time: {}, ", f.failure_probability,
                     spelled(f.receive_time));
}

std::string queue_delays(const Fleet& f) {
  return fmt::format(", sqs: {}, container_insights: {}", spelled(f.queue_delay),
                     spelled(f.insights_delay));
}

std::string monitoring(const Fleet& f) {
  std::string list;
  if (f.close_cpu) list += "{metric_names: [CPUUtilization], resolution_seconds: 20}";
  if (f.close_memory) {
    list += (list.empty() ? "" : ", ") +
            std::string("{metric_names: [MemoryUtilization], resolution_seconds: 20}");
  }
  return list.empty() ? "" : "monitoring: {metric_configurations: [" + list + "]}, ";
}

std::string close_delay(const Fleet& f) {
  const bool any = f.close_cpu || f.close_memory;
  return any ? ", ecs_high_resolution: " + spelled(f.close_delay) : "";
}

std::string spelled(const Container& c, std::size_t number, bool serves) {
  std::string text = fmt::format("name: c{}, essential: {}, ", number, c.essential);
  if (c.cpu > 0) text += fmt::format("cpu: {}, ", c.cpu);
  text += optional("memory", c.memory) + optional("memory_reservation", c.memory_reservation);
  if (c.restart) {
    text += fmt::format(
        "restart_policy: {{enabled: true, restart_attempt_period: {}, ignored_exit_codes: [{}]}}, ",
        c.restart->period, fmt::join(c.restart->ignored, ", "));
  }
  std::string assumed = fmt::format("exit_code: {}, ", c.exit_code);
  if (!serves) {
    assumed += fmt::format("cpu_use: {}, memory_use: {}B, image_size: {}kB, ", c.cpu_use / 1024.0,
                           c.memory_use, c.pull_time / std::chrono::milliseconds{1});
  }
  if (c.exits) assumed += fmt::format("time_to_exit: {}, ", spelled(*c.exits));
  if (c.restart) assumed += fmt::format("restart_time: {}, ", spelled(c.restart_time));
  return fmt::format("{{{}assumed: {{{}}}}}", text, assumed);
}

std::string containers(const Fleet& f) {
  if (f.containers.empty()) return "";
  std::string list;
  for (std::size_t i = 0; i < f.containers.size(); ++i) {
    list += (i == 0 ? "" : ", ") + spelled(f.containers[i], i, i == f.serving);
  }
  return "container_definitions: [" + list + "], ";
}

std::string size(const Fleet& f) {
  if (f.has_no_size) return "";
  return fmt::format("cpu: {}, memory: {}, ", f.cpu, f.memory) +
         optional("memory_reservation", f.memory_reservation);
}

std::string container_check(const Fleet& f) {
  if (!f.container_check) return "";
  return fmt::format("health_check: {{interval: {}, retries: {}, start_period: {}}}, ",
                     f.container_check->interval, f.container_check->retries,
                     f.container_check->start_period);
}

}  // namespace

std::string tasks(const Fleet& f, const std::string& placement, Time trace_start) {
  return fmt::format(
      "{{ecs: {{{}{}task_definition: {{{}{}stop_timeout: {}, "
      "runtime_platform: "
      "{{cpu_architecture: {}}}, ephemeral_storage: {{size_in_gib: {}}}}}, {}{}assumed: "
      "{{{}publication_delay: {{ecs: {}, application_elb: {}{}}}, infrastructure_time: {}, "
      "image_size: {}kB, pull_rate: 1MB/s, container_start: {}, application_start: {}}}}}}}",
      placement,
      (f.daemon ? "" : fmt::format("desired_count: {}, ", f.desired)) +
          (f.containers.empty() ? "" : fmt::format("container_name: c{}, ", f.serving)),
      container_check(f) + containers(f) + (f.awsvpc ? "network_mode: awsvpc, " : ""), size(f),
      f.stop_timeout, f.arm ? "ARM64" : "X86_64", f.storage_gib,
      (f.cluster ? "" : spelled(f.providers)) + service_scaling(f, trace_start) + deployments(f),
      monitoring(f) + (f.unreached ? "" : common(f)),
      (f.close_cpu || f.close_memory ? "high_resolution_metric_price: \"0.45\", " : "") +
          capacity(f) + memory(f) + spot_tasks(f.providers, f.time_to_interruption) + restarts(f) +
          messages(f),
      spelled(f.ecs_delay), spelled(f.balancer_delay), queue_delays(f) + close_delay(f),
      spelled(f.infrastructure_time), f.pull_time / std::chrono::milliseconds{1},
      spelled(f.container_start), spelled(f.application_start));
}

std::string job_yaml(const JobKind& j, const Service* cluster, const std::string& split) {
  const std::string stop_timeout =
      has_spot(j.providers) ? fmt::format("stop_timeout: {}, ", j.stop_timeout) : "";
  std::string full;
  if (cluster != nullptr) full = fmt::format("when_full: {}, ", j.queues ? "queue" : "refuse");
  const bool is_managed = cluster != nullptr &&
                          (j.providers.empty() ? cluster->fleet.managed.has_value() : j.on_managed);
  if (is_managed && !j.launch_type_ec2) {
    full += fmt::format("provisioning_timeout: {}, ", spelled(j.provisioning_timeout));
  }
  return fmt::format(
      "{{ecs_task: {{{}task_definition: {{{}cpu: {}, memory: {}, runtime_platform: "
      "{{cpu_architecture: {}}}, ephemeral_storage: {{size_in_gib: {}}}}}, assumed: "
      "{{{}launch_burst: {}, launch_rate: {}, speed: {}, vcpu_parallelism: {}, "
      "infrastructure_time: {}, image_size: {}kB, pull_rate: 1MB/s, container_start: {}, "
      "application_start: {}}}}}}}",
      cluster != nullptr ? placement_yaml(j, *cluster) + split : spelled(j.providers),
      stop_timeout + (j.awsvpc ? "network_mode: awsvpc, " : ""), j.cpu, j.memory,
      j.arm ? "ARM64" : "X86_64", j.storage_gib,
      full + spot_tasks(j.providers, j.time_to_interruption) +
          optional("max_concurrent_tasks", j.most),
      j.burst, j.rate, j.speed, j.parallelism, spelled(j.infrastructure_time),
      j.pull_time / std::chrono::milliseconds{1}, spelled(j.container_start),
      spelled(j.application_start));
}

}  // namespace skyreplay::reference
