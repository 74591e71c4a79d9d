#include <fmt/format.h>

#include "reference/both.h"
#include "reference/random_cluster_providers.h"
#include "reference/random_clusters.h"
#include "reference/yaml_parts.h"

namespace skyreplay::reference {

std::string spelled(Time time) { return fmt::format("{}ns", time.count()); }

std::string spelled(const Law& law) {
  switch (law.kind) {
    case Law::Kind::kConstant:
      return spelled(law.a);
    case Law::Kind::kUniform:
      return fmt::format("{{uniform: [{}, {}]}}", spelled(law.a), spelled(law.b));
    case Law::Kind::kExponential:
      return fmt::format("{{exponential: {{mean: {}}}}}", spelled(law.a));
    case Law::Kind::kLognormal:
      return fmt::format("{{lognormal: {{p50: {}, p99: {}}}}}", spelled(law.a), spelled(law.b));
    case Law::Kind::kPercentiles:
      break;
  }
  std::string knots;
  for (const auto& [percent, value] : law.knots) {
    knots += fmt::format("{}{}: {}", knots.empty() ? "" : ", ", percent, spelled(value));
  }
  return fmt::format("{{percentiles: {{{}}}}}", knots);
}

namespace {

using reference::spelled;  // beside the overloads of this file

std::string on_cluster(const Scenario& s, const Fleet& f) {
  if (!f.cluster) return {};
  return placement_yaml(f, s.services[*f.cluster]) +
         (f.takes_default ? "" : split_yaml(f.providers));
}

std::string spelled(const Scenario& scenario, const Service& service) {
  const Time trace_start = scenario.start;
  if (service.platform == Service::Platform::kFunction) {
    return function_yaml(service.function, service.fleet, trace_start);
  }
  if (service.platform == Service::Platform::kFleet) {
    if (service.fleet.is_cluster) return cluster_yaml(service.fleet, group(service.fleet));
    if (!service.fleet.fargate) return group(service.fleet);
    return tasks(service.fleet, on_cluster(scenario, service.fleet), trace_start);
  }
  if (service.platform == Service::Platform::kJob) {
    const std::optional<std::size_t>& cluster = service.job.cluster;
    if (!cluster) return job_yaml(service.job, nullptr, "");
    return job_yaml(service.job, &scenario.services[*cluster],
                    service.job.takes_default ? "" : split_yaml(service.job.providers));
  }
  const External& e = service.external;
  return fmt::format("{{external: {{latency: {}, {}when_full: {}, price_per_request: \"{}\"}}}}",
                     spelled(e.latency), optional("max_connections", e.max_connections),
                     e.refuses_when_full ? "refuse" : "queue", e.price);
}

std::string spelled(const Scenario& scenario, const Call& call) {
  return fmt::format(
      "{{from: {}, to: {}, count: {}, probability: {}, mode: {}, on_failure: {}, work: {}, "
      "wait: {}}}",
      scenario.services[call.from].name, scenario.services[call.to].name, call.count,
      call.probability, call.sync ? "sync" : "async", call.fails_caller ? "fail" : "ignore",
      spelled(call.work), spelled(call.wait));
}

std::string spelled(const Scenario& scenario, const Change& change) {
  using Field = Change::Field;
  const Service& service = scenario.services[change.service];
  const bool is_cluster = service.fleet.is_cluster;
  const std::string of =
      (is_cluster ? "clusters." : "services.") +
      (service.fleet.provider.empty() ? service.name
                                      : "z.capacity_providers." + service.fleet.provider) +
      ".";
  const std::string of_group = is_cluster ? "auto_scaling_group." : "ec2.";
  const std::int64_t value = change.value.value_or(0);
  std::string field;
  std::string to = change.value ? std::to_string(value) : "null";
  switch (change.field) {
    case Field::kDesired:
      field = of + (service.fleet.fargate ? "ecs.desired_count" : of_group + "desired_capacity");
      break;
    case Field::kMaxSize:
      field = of + (service.fleet.fargate ? "ecs.max_capacity" : "ec2.max_size");
      if (service.platform == Service::Platform::kFunction) {
        field = of + "lambda.provisioned_concurrency_config.max_capacity";
      }
      break;
    case Field::kSuspended:
      field = of + "ec2.suspended_processes";
      to = suspended(static_cast<std::uint32_t>(value));
      break;
    case Field::kMemory:
      field = of + "lambda.memory_size";
      break;
    case Field::kFunctionTimeout:
      field = of + "lambda.timeout";
      to = std::to_string(value / 1'000'000'000);
      break;
    case Field::kReserved:
      field = of + "lambda.reserved_concurrent_executions";
      break;
    case Field::kProvisioned:
      field = of + "lambda.provisioned_concurrency_config.provisioned_concurrent_executions";
      break;
    case Field::kMaxConnections:
      field = of + "external.max_connections";
      break;
    case Field::kAccountConcurrency:
      field = "account.lambda.concurrent_executions";
      break;
    case Field::kClientTimeout:
      field = "workload.client.timeout";
      if (change.value) to += "ns";
      break;
    case Field::kMaxAttempts:
      field = "workload.client.max_attempts";
  }
  return fmt::format("{{at: +{}, field: {}, value: {}}}", spelled(change.at), field, to);
}

/// Every other fault says until when it lasts, the others for how long.
std::string spelled(const Scenario& scenario, const Fault& fault, bool says_until) {
  const std::string& name = scenario.services[fault.service].name;
  std::string what;
  switch (fault.kind) {
    case Fault::Kind::kKill:
      what = fmt::format("kill_instances: {{service: {}, count: {}}}", name, fault.count);
      break;
    case Fault::Kind::kZoneLoss:
      what = fmt::format("zone_loss: {{zone: us-east-1{}{}}}", static_cast<char>('a' + fault.zone),
                         fault.everywhere ? "" : ", service: " + name);
      break;
    case Fault::Kind::kRefuseCapacity:
      what = fmt::format("refuse_capacity: {{zone: us-east-1{}{}}}",
                         static_cast<char>('a' + fault.zone),
                         fault.everywhere ? "" : ", service: " + name);
      break;
    case Fault::Kind::kInterruptSpot:
      what = fmt::format("interrupt_spot: {{service: {}, share: {}}}", name, fault.factor);
      break;
    case Fault::Kind::kSlowExternal:
      what = fmt::format("slow_external: {{external: {}, factor: {}}}", name, fault.factor);
      break;
    case Fault::Kind::kBootTime:
      what = fmt::format("boot_time: {{service: {}, factor: {}}}", name, fault.factor);
  }
  std::string span;
  if (fault.lasts && says_until) span = "until: +" + spelled(fault.at + *fault.lasts) + ", ";
  if (fault.lasts && !says_until) span = "for: " + spelled(*fault.lasts) + ", ";
  return fmt::format("{{at: +{}, {}{}}}", spelled(fault.at), span, what);
}

std::string spelled(const Scenario& scenario, const Operation& operation) {
  constexpr const char* kKinds[] = {"enter_standby", "exit_standby", "detach_instances"};
  const bool exits = operation.kind == Operation::Kind::kExitStandby;
  return fmt::format(
      "{{at: +{}, {}: {{service: {}, count: {}{}}}}}", spelled(operation.at),
      kKinds[static_cast<int>(operation.kind)], scenario.services[operation.service].name,
      operation.count,
      exits ? "" : fmt::format(", should_decrement_desired_capacity: {}", operation.decrements));
}

}  // namespace

std::string to_yaml(const Scenario& s) {
  std::string text = fmt::format(
      "version: 1\nname: random\nseed: {}\nstart: {}\ndrain: {}\nworkload:\n  work_share: {}\n"
      "  recorded_on: {{speed: {}}}\n  client: {{{}max_attempts: {}, backoff: {{base: {}, cap: {}, "
      "jitter: {}}}}}\n",
      s.seed, s.warm_start ? "warm" : "cold", spelled(s.drain), s.work_share, s.recorded_speed,
      s.client.timeout ? "timeout: " + spelled(*s.client.timeout) + ", " : "",
      s.client.max_attempts, spelled(s.client.base), spelled(s.client.cap),
      s.client.full_jitter ? "full" : "none");
  text += "routes:\n";
  for (std::size_t i = 0; i < s.routes.size(); ++i) {
    constexpr const char* kKinds[] = {"sync", "async", "schedule", "queue", "stream"};
    const bool says_kind = i < s.kinds.size() && i % 2 == 1;
    text += fmt::format(
        "  - {{match: r{}, service: {}{}}}\n", i, s.services[s.routes[i]].name,
        says_kind ? fmt::format(", kind: {}", kKinds[static_cast<int>(s.kinds[i])]) : "");
  }
  text += "services:\n";
  for (const Service& service : s.services) {
    const Fleet& fleet = service.fleet;
    if (fleet.is_cluster && !fleet.beside) text += "clusters:\n";  // the last
    if (!fleet.beside && !fleet.provider.empty()) {
      text += fmt::format("  z:\n    awsvpc_trunking: {}\n{}    capacity_providers:\n",
                          fleet.trunking, default_split_yaml(fleet));
    }
    const bool is_one = fleet.provider.empty();
    text += fmt::format("{}{}: {}\n", is_one ? "  " : "      ",
                        is_one ? service.name : fleet.provider, spelled(s, service));
  }
  text += fmt::format(
      "account:\n  lambda: {{concurrent_executions: {}, minimum_unreserved_concurrent_executions: "
      "{}, scaling_rate: {{burst: {}, per_second: {}, scope: {}}}, requests_per_second_factor: "
      "{}}}\n  api_gateway: {{throttle_burst_limit: {}, throttle_rate_limit: {}}}\n  sqs: "
      "{{in_flight_messages: {}}}\n  fargate: {{launch_burst: {}, launch_rate: {}, "
      "spot_launch_burst: {}, spot_launch_rate: {}}}\n",
      s.account.concurrency, s.account.minimum_unreserved, s.account.burst, s.account.per_second,
      s.account.scaling_is_shared ? "account" : "function", s.account.requests_factor,
      s.account.api_burst, s.account.api_rate, s.account.in_flight_messages,
      s.account.fargate_burst, s.account.fargate_rate, s.account.spot_burst, s.account.spot_rate);
  if (!s.calls.empty()) text += "calls:\n";
  for (const Call& call : s.calls) text += "  - " + spelled(s, call) + "\n";
  text += fmt::format("recorder: {{window: {}, warm_up: {}, lambda_metrics: {}}}\n",
                      spelled(s.window), spelled(s.warm_up), s.account.counts_functions);
  if (!s.changes.empty()) text += "changes:\n";
  for (const Change& change : s.changes) text += "  - " + spelled(s, change) + "\n";
  if (!s.operations.empty()) text += "operations:\n";
  for (const Operation& operation : s.operations) text += "  - " + spelled(s, operation) + "\n";
  if (!s.faults.empty()) text += "faults:\n";
  for (std::size_t i = 0; i < s.faults.size(); ++i) {
    text += "  - " + spelled(s, s.faults[i], i % 2 == 1) + "\n";
  }
  return text;
}

}  // namespace skyreplay::reference
