#include <fmt/format.h>

#include "reference/both.h"

namespace skyreplay::reference {
namespace {

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

template <typename T>
std::string optional(const char* name, const std::optional<T>& value) {
  return value ? fmt::format("{}: {}, ", name, *value) : "";
}

std::string spelled(const Function& f) {
  return fmt::format(
      "{{lambda: {{memory_size: {}, timeout: {}, {}architectures: {}, assumed: {{init_duration: "
      "{}, "
      "platform_init_duration: {}, init_limit: {}, keep_alive: {{function_idle: {}, "
      "environment_idle: {}}}, max_environment_age: {}, reuse: {}, vcpu_parallelism: {}, "
      "speed: {}}}}}}}",
      f.memory, f.timeout / std::chrono::seconds{1},
      optional("reserved_concurrent_executions", f.reserved), f.arm ? "arm64" : "x86_64",
      spelled(f.init), spelled(f.platform_init), spelled(f.init_limit), spelled(f.function_idle),
      spelled(f.environment_idle), spelled(f.max_age),
      f.least_recently_used ? "least_recently_used" : "most_recently_used", f.parallelism, f.speed);
}

std::string common(const Fleet& f) {
  constexpr const char* kAlgorithms[] = {"round_robin", "least_outstanding_requests",
                                         "weighted_random"};
  std::string zones;
  for (std::uint32_t i = 0; i < f.zones; ++i) {
    zones += fmt::format("{}us-east-1{}", i == 0 ? "" : ", ", static_cast<char>('a' + i));
  }
  return fmt::format(
      "availability_zones: [{}], target_group: {{load_balancing_algorithm_type: {}, "
      "deregistration_delay: {}, slow_start: {}, load_balancing_cross_zone_enabled: {}, "
      "health_check_interval_seconds: {}, health_check_timeout_seconds: {}, "
      "healthy_threshold_count: {}, unhealthy_threshold_count: {}}}, load_balancer: "
      "{{idle_timeout: {}, rules: {}, "
      "assumed: "
      "{{requests_per_connection: {}}}}}, ",
      zones, kAlgorithms[static_cast<int>(f.algorithm)], spelled(f.deregistration_delay),
      spelled(f.slow_start), f.cross_zone, f.check_interval, f.check_timeout, f.healthy_threshold,
      f.unhealthy_threshold, spelled(f.idle_timeout), f.rules,
      f.requests_per_connection_milli / 1000.0);
}

std::string capacity(const Fleet& f) {
  return optional("workers", f.workers) + optional("backlog", f.backlog) +
         fmt::format("speed: {}, ", f.speed);
}

std::string commitments(const Fleet& f) {
  std::string text;
  if (f.reserved_instances > 0) {
    text += fmt::format("reserved_instances: {{instance_count: {}}}, ", f.reserved_instances);
  }
  if (f.savings_plan > 0) {
    text += fmt::format("savings_plan: {{commitment: \"0.{:06}\"}}, ", f.savings_plan);
  }
  return text;
}

std::string group(const Fleet& f) {
  const std::string gp3 = fmt::format(", iops: {}, throughput: {}", f.iops, f.throughput);
  return fmt::format(
      "{{ec2: {{min_size: 0, max_size: 20, desired_capacity: {}, instance_type: {}, ebs: "
      "{{volume_type: {}, volume_size: {}{}}}, {}{}assumed: {{{}boot_time: {}, pending_time: "
      "{}}}}}}}",
      f.desired, f.instance_type, f.gp2 ? "gp2" : "gp3", f.volume_gib, f.gp2 ? "" : gp3,
      commitments(f), common(f), capacity(f), spelled(f.boot_time), spelled(f.pending_time));
}

std::string tasks(const Fleet& f) {
  return fmt::format(
      "{{ecs: {{desired_count: {}, task_definition: {{cpu: {}, memory: {}, runtime_platform: "
      "{{cpu_architecture: {}}}, ephemeral_storage: {{size_in_gib: {}}}}}, {}assumed: "
      "{{{}infrastructure_time: {}, image_size: {}kB, pull_rate: 1MB/s, container_start: {}, "
      "application_start: {}}}}}}}",
      f.desired, f.cpu, f.memory, f.arm ? "ARM64" : "X86_64", f.storage_gib, common(f), capacity(f),
      spelled(f.infrastructure_time), f.pull_time / std::chrono::milliseconds{1},
      spelled(f.container_start), spelled(f.application_start));
}

std::string spelled(const Service& service) {
  if (service.platform == Service::Platform::kFunction) return spelled(service.function);
  if (service.platform == Service::Platform::kFleet) {
    return service.fleet.fargate ? tasks(service.fleet) : group(service.fleet);
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
  const std::string of = "services." + service.name + ".";
  const std::int64_t value = change.value.value_or(0);
  std::string field;
  std::string to = change.value ? std::to_string(value) : "null";
  switch (change.field) {
    case Field::kDesired:
      field = of + (service.fleet.fargate ? "ecs.desired_count" : "ec2.desired_capacity");
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
    text += fmt::format("  - {{match: r{}, service: {}}}\n", i, s.services[s.routes[i]].name);
  }
  text += "services:\n";
  for (const Service& service : s.services) {
    text += fmt::format("  {}: {}\n", service.name, spelled(service));
  }
  text += fmt::format(
      "account:\n  lambda: {{concurrent_executions: {}, minimum_unreserved_concurrent_executions: "
      "{}, scaling_rate: {{burst: {}, per_second: {}}}, requests_per_second_factor: {}}}\n",
      s.account.concurrency, s.account.minimum_unreserved, s.account.burst, s.account.per_second,
      s.account.requests_factor);
  if (!s.calls.empty()) text += "calls:\n";
  for (const Call& call : s.calls) text += "  - " + spelled(s, call) + "\n";
  text +=
      fmt::format("recorder: {{window: {}, warm_up: {}}}\n", spelled(s.window), spelled(s.warm_up));
  if (!s.changes.empty()) text += "changes:\n";
  for (const Change& change : s.changes) text += "  - " + spelled(s, change) + "\n";
  return text;
}

}  // namespace skyreplay::reference
