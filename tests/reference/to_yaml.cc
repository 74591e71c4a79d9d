#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "reference/both.h"
#include "reference/model/money.h"
#include "reference/random_clusters.h"

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

std::string settings(const char* name, const Function& f) {
  return f.throttling
             ? fmt::format(", {}: {{throttling_burst_limit: {}, throttling_rate_limit: {}}}", name,
                           f.throttling->first, f.throttling->second)
             : "";
}

std::string front(const Function& f) {
  const auto ms = f.front_timeout / std::chrono::milliseconds{1};
  switch (f.front) {
    case Function::Front::kNone:
      break;
    case Function::Front::kHttpApi:
      return fmt::format("http_api: {{timeout_in_millis: {}{}}}, ", ms,
                         settings("default_route_settings", f));
    case Function::Front::kRestApi:
      return fmt::format("rest_api: {{timeout_in_millis: {}{}}}, ", ms,
                         settings("method_settings", f));
    case Function::Front::kBalancer:
      return fmt::format("load_balancer: {{rules: {}, assumed: {{requests_per_connection: {}}}}}, ",
                         f.rules, f.requests_per_connection_milli / 1000.0);
  }
  return "";
}

std::string snapshots(const Function& f) {
  if (!f.restore) return "";
  return fmt::format(
      "runtime: {}, snap_start: {{apply_on: PublishedVersions, assumed: {{restore_duration: {}, "
      "billed_restore_share: {}}}}}, ",
      f.runtime, spelled(*f.restore), f.billed_share);
}

std::string keep_alive(const Function& f) {
  return f.lifetime ? fmt::format("{{distribution: {}}}", spelled(*f.lifetime))
                    : fmt::format("{{function_idle: {}, environment_idle: {}}}",
                                  spelled(f.function_idle), spelled(f.environment_idle));
}

std::string stream(const Function& f) {
  return fmt::format(
      "event_source_mappings: [{{batch_size: {}, maximum_batching_window_in_seconds: {}, "
      "parallelization_factor: {}, bisect_batch_on_function_error: {}, {}{}{}{}stream: {{type: {}, "
      "shard_count: {}{}}}, assumed: {{failure_probability: {}}}}}], ",
      f.batch_size, f.batching_window / std::chrono::seconds{1}, f.parallelization, f.bisects,
      optional("maximum_retry_attempts", f.record_retries),
      f.max_record_age ? fmt::format("maximum_record_age_in_seconds: {}, ",
                                     *f.max_record_age / std::chrono::seconds{1})
                       : "",
      f.destination ? "destination_config: {on_failure: {destination: sqs}}, " : "",
      f.reports_failures ? "function_response_types: [ReportBatchItemFailures], " : "",
      f.dynamodb ? "dynamodb" : "kinesis", f.shards,
      f.partition_keys > 0 ? fmt::format(", assumed: {{partition_keys: {}}}", f.partition_keys)
                           : "",
      f.failure_probability);
}

std::string mapping(const Function& f) {
  if (f.reads_stream) return stream(f);
  return fmt::format(
      "event_source_mappings: [{{batch_size: {}, maximum_batching_window_in_seconds: {}, "
      "{}{}queue: "
      "{{visibility_timeout: {}, {}message_retention_period: {}}}, assumed: {{failure_probability: "
      "{}}}}}], ",
      f.batch_size, f.batching_window / std::chrono::seconds{1},
      f.max_concurrency
          ? fmt::format("scaling_config: {{maximum_concurrency: {}}}, ", *f.max_concurrency)
          : "",
      f.reports_failures ? "function_response_types: [ReportBatchItemFailures], " : "",
      f.visibility / std::chrono::seconds{1},
      f.max_receives ? fmt::format("redrive_policy: {{max_receive_count: {}}}, ", *f.max_receives)
                     : "",
      f.retention / std::chrono::seconds{1}, f.failure_probability);
}

std::string events(const Function& f) {
  std::string text;
  if (f.takes_events) {
    text = fmt::format(
        "event_invoke_config: {{maximum_retry_attempts: {}, maximum_event_age_in_seconds: {}{}}}, ",
        f.retries, f.max_event_age / std::chrono::seconds{1},
        f.destination ? ", destination_config: {on_failure: {destination: sqs}}" : "");
  }
  return text + (f.reads_queue || f.reads_stream ? mapping(f) : "");
}

std::string service_scaling(const Fleet& f, Time trace_start);

std::string provisioned(const Function& f, const Fleet& scaled_by, Time trace_start) {
  if (!f.provisioned) return "";
  std::string scaling = service_scaling(scaled_by, trace_start);
  if (!scaling.empty()) {
    scaling += fmt::format("assumed: {{publication_delay: {}}}, ", spelled(scaled_by.ecs_delay));
  }
  return fmt::format(
      "provisioned_concurrency_config: {{{}provisioned_concurrent_executions: {}}}, ", scaling,
      *f.provisioned);
}

std::string spelled(const Function& f, const Fleet& scaled_by, Time trace_start) {
  return fmt::format(
      "{{lambda: {{memory_size: {}, timeout: {}, {}{}{}{}{}ephemeral_storage: {{size: {}}}, "
      "architectures: {}, assumed: {{provisioned_preparation_time: {}, init_duration: "
      "{}, "
      "platform_init_duration: {}, init_limit: {}, keep_alive: {}, max_environment_age: {}, "
      "reuse: {}, vcpu_parallelism: {}, speed: {}{}}}}}}}",
      f.memory, f.timeout / std::chrono::seconds{1},
      optional("reserved_concurrent_executions", f.reserved),
      provisioned(f, scaled_by, trace_start), front(f), snapshots(f), events(f), f.storage,
      f.arm ? "arm64" : "x86_64", spelled(f.preparation), spelled(f.init), spelled(f.platform_init),
      spelled(f.init_limit), keep_alive(f), spelled(f.max_age),
      f.least_recently_used ? "least_recently_used" : "most_recently_used", f.parallelism, f.speed,
      f.init_unbilled ? ", init_billing: before_2025_08" : "");
}

std::string common(const Fleet& f) {
  constexpr const char* kAlgorithms[] = {"round_robin", "least_outstanding_requests",
                                         "weighted_random"};
  std::string zones;
  for (std::uint32_t i = 0; i < f.zones; ++i) {
    zones += fmt::format("{}us-east-1{}", i == 0 ? "" : ", ", static_cast<char>('a' + i));
  }
  if (f.cluster.has_value()) zones.clear();
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

std::string seconds_of(Time time) { return std::to_string(time / std::chrono::seconds{1}); }

/// "namespace: AWS/EC2, metric_name: CPUUtilization, statistic: Average, period: 60".
std::string metric(const Alarm& a) {
  const std::size_t blank = a.metric.find(' ');
  return fmt::format("namespace: {}, metric_name: {}, statistic: {}, period: {}",
                     a.metric.substr(0, blank), a.metric.substr(blank + 1), a.statistic,
                     seconds_of(a.period));
}

/// In the words of a predefined metric where there is one.
std::string tracked(const Alarm& a, const std::string& customized) {
  const std::pair<const char*, const char*> predefined[] = {
      {"AWS/EC2 CPUUtilization", "ASGAverageCPUUtilization"},
      {"AWS/ECS CPUUtilization", "ECSServiceAverageCPUUtilization"},
      {"AWS/Lambda ProvisionedConcurrencyUtilization", "LambdaProvisionedConcurrencyUtilization"},
      {"AWS/EC2 NetworkIn", "ASGAverageNetworkIn"},
      {"AWS/EC2 NetworkOut", "ASGAverageNetworkOut"},
      {"AWS/ApplicationELB RequestCountPerTarget", "ALBRequestCountPerTarget"}};
  for (const auto& [own, type] : predefined) {
    const bool sum = a.metric.starts_with("AWS/ApplicationELB");
    if (a.metric != own || a.statistic != (sum ? "Sum" : "Average")) continue;
    return fmt::format("predefined_metric_specification: {{predefined_metric_type: {}}}", type);
  }
  return "customized_metric_specification: {" + customized + "}";
}

std::string tracking(const Policy& p, const std::string& customized) {
  return fmt::format(
      "target_value: {}, {}, disable_scale_in: {}, assumed: "
      "{{high_evaluation_periods: {}, high_datapoints_to_alarm: {}, low_evaluation_periods: {}, "
      "low_datapoints_to_alarm: {}, {}{}low_threshold_ratio: {}}}",
      p.target, tracked(p.tracked, customized), p.disable_scale_in, p.high_n, p.high_m, p.low_n,
      p.low_m, optional("high_evaluation_second", p.tracked.second),
      optional("low_evaluation_second", p.low_second), p.low_ratio);
}

std::string adjusting(const Policy& p) {
  std::string text = fmt::format("adjustment_type: {}, {}", p.adjustment_type,
                                 optional("min_adjustment_magnitude", p.min_magnitude));
  if (p.kind == Policy::Kind::kSimple) {
    return text + optional("cooldown", p.cooldown) +
           fmt::format("scaling_adjustment: {}", p.number);
  }
  text += fmt::format("metric_aggregation_type: {}, step_adjustments: [", p.aggregation);
  for (const Step& step : p.steps) {
    text += fmt::format("{}{{{}{}scaling_adjustment: {}}}", &step == &p.steps[0] ? "" : ", ",
                        optional("metric_interval_lower_bound", step.lower),
                        optional("metric_interval_upper_bound", step.upper), step.number);
  }
  return text + "]";
}

/// Of a service of tasks.
std::string spelled_for_service(const Policy& p) {
  if (p.kind == Policy::Kind::kStep) {
    return fmt::format("{{policy_name: {}, step_scaling_policy_configuration: {{{}{}}}}}", p.name,
                       optional("cooldown", p.cooldown), adjusting(p));
  }
  const std::string all = metric(p.tracked);
  return fmt::format(
      "{{policy_name: {}, target_tracking_scaling_policy_configuration: {{scale_out_cooldown: {}, "
      "scale_in_cooldown: {}, {}}}}}",
      p.name, p.out_cooldown, p.in_cooldown, tracking(p, all.substr(0, all.rfind(','))));
}

std::string predictive(const Policy& p) {
  const std::map<std::string, std::array<const char*, 3>> metrics = {
      {"AWS/EC2 CPUUtilization",
       {"ASGCPUUtilization", "ASGTotalCPUUtilization", "ASGAverageCPUUtilization"}},
      {"AWS/EC2 NetworkIn", {"ASGNetworkIn", "ASGTotalNetworkIn", "ASGAverageNetworkIn"}},
      {"AWS/EC2 NetworkOut", {"ASGNetworkOut", "ASGTotalNetworkOut", "ASGAverageNetworkOut"}},
      {"AWS/ApplicationELB RequestCount",
       {"ALBRequestCount", "ALBTargetGroupRequestCount", "ALBRequestCountPerTarget"}}};
  const auto& [pair, load, scaling] = metrics.at(p.tracked.metric);
  // Each in its turn: in one word, or in two.
  const std::string what =
      p.history.size() % 2 == 0
          ? fmt::format("predefined_metric_pair_specification: {{predefined_metric_type: {}}}",
                        pair)
          : fmt::format(
                "predefined_load_metric_specification: {{predefined_metric_type: {}}}, "
                "predefined_scaling_metric_specification: {{predefined_metric_type: {}}}",
                load, scaling);
  return fmt::format(
      "predictive_scaling_configuration: {{metric_specifications: [{{target_value: {}, {}}}], "
      "mode: {}, scheduling_buffer_time: {}, {}{}assumed: {{load_history: [{}]}}}}",
      p.target, what, p.scales ? "ForecastAndScale" : "ForecastOnly", p.buffer,
      p.max_buffer ? "max_capacity_breach_behavior: IncreaseMaxCapacity, " : "",
      optional("max_capacity_buffer", p.max_buffer), fmt::join(p.history, ", "));
}

std::string spelled(const Policy& p) {
  if (p.kind == Policy::Kind::kPredictive) {
    return fmt::format("{{policy_name: {}, {}}}", p.name, predictive(p));
  }
  return fmt::format("{{policy_name: {}, {}{}}}", p.name,
                     optional("estimated_instance_warmup", p.warmup),
                     p.kind == Policy::Kind::kTargetTracking
                         ? "target_tracking_configuration: {" + tracking(p, metric(p.tracked)) + "}"
                         : adjusting(p));
}

std::string spelled(const Alarm& a, const Fleet& f) {
  const std::map<std::string, const char*> operators = {{">", "GreaterThanThreshold"},
                                                        {">=", "GreaterThanOrEqualToThreshold"},
                                                        {"<", "LessThanThreshold"},
                                                        {"<=", "LessThanOrEqualToThreshold"}};
  std::string actions;
  for (const std::size_t policy : a.policies) {
    actions += (actions.empty() ? "" : ", ") + f.policies[policy].name;
  }
  return fmt::format(
      "{{alarm_name: {}, {}, evaluation_periods: {}, datapoints_to_alarm: {}, threshold: {}, "
      "comparison_operator: {}, treat_missing_data: {}, alarm_actions: [{}]{}}}",
      a.name, metric(a), a.n, a.m, a.threshold, operators.at(a.comparison), a.missing, actions,
      a.second ? fmt::format(", assumed: {{evaluation_second: {}}}", *a.second) : "");
}

std::string suspended(std::uint32_t bits) {
  std::string names;
  for (const auto& [bit, name] :
       {std::pair(kLaunch, "Launch"), std::pair(kTerminate, "Terminate"),
        std::pair(kAlarmNotification, "AlarmNotification"),
        std::pair(kScheduledActions, "ScheduledActions"), std::pair(kHealthCheck, "HealthCheck"),
        std::pair(kReplaceUnhealthy, "ReplaceUnhealthy"), std::pair(kAzRebalance, "AZRebalance")}) {
    if ((bits & bit) != 0) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return "[" + names + "]";
}

std::string field(const std::vector<std::uint32_t>& list) {
  return list.empty() ? "*" : fmt::format("{}", fmt::join(list, ","));
}

std::string spelled(const ScheduledAction& a) {
  std::string text =
      fmt::format("{{scheduled_action_name: {}, {}{}{}", a.name, optional("min_size", a.min),
                  optional("max_size", a.max), optional("desired_capacity", a.desired));
  if (a.start) text += fmt::format("start_time: +{}, ", spelled(*a.start));
  if (a.end) text += fmt::format("end_time: +{}, ", spelled(*a.end));
  if (!a.recurs) return text + "}";
  return text + fmt::format("recurrence: \"{} {} * * {}\"}}", field(a.minutes), field(a.hours),
                            field(a.weekdays));
}

std::string spelled_for_service(const ScheduledAction& a, Time trace_start) {
  const auto shifted = [&] {  // 1 is Sunday
    std::vector<std::uint32_t> days = a.weekdays;
    for (std::uint32_t& day : days) ++day;
    return days;
  };
  std::string text =
      fmt::format("{{scheduled_action_name: {}, scalable_target_action: {{{}{}}}, ", a.name,
                  optional("min_capacity", a.min), optional("max_capacity", a.max));
  if (!a.recurs && !a.every) {  // at a whole minute
    const auto at = std::chrono::floor<std::chrono::seconds>(trace_start + *a.start);
    return text + fmt::format("schedule: \"at({:%Y-%m-%dT%H:%M:%S})\"}}", fmt::gmtime(at.count()));
  }
  if (a.start) text += fmt::format("start_time: +{}, ", spelled(*a.start));
  if (a.end) text += fmt::format("end_time: +{}, ", spelled(*a.end));
  if (a.every)
    return text + fmt::format("schedule: rate({} minutes)}}", *a.every / std::chrono::minutes{1});
  return text + fmt::format("schedule: \"cron({} {} {} * {} *)\"}}", field(a.minutes),
                            field(a.hours), a.weekdays.empty() ? "*" : "?",
                            a.weekdays.empty() ? "?" : field(shifted()));
}

std::string service_scaling(const Fleet& f, Time trace_start) {
  std::string policies, alarms, actions;
  if (f.policies.empty() && f.scheduled.empty()) return "";
  for (const ScheduledAction& a : f.scheduled) {
    actions += (actions.empty() ? "" : ", ") + spelled_for_service(a, trace_start);
  }
  for (const Policy& p : f.policies) {
    policies += (policies.empty() ? "" : ", ") + spelled_for_service(p);
  }
  for (const Alarm& a : f.alarms) alarms += (alarms.empty() ? "" : ", ") + spelled(a, f);
  if (!alarms.empty()) alarms = "alarms: [" + alarms + "], ";  // functions have none
  return fmt::format(
      "min_capacity: {}, max_capacity: {}, policies: [{}], {}scheduled_actions: [{}], ", f.min_size,
      f.max_size, policies, alarms, actions);
}

std::string scaling(const Fleet& f) {
  std::string policies, alarms, actions;
  for (const ScheduledAction& a : f.scheduled)
    actions += (actions.empty() ? "" : ", ") + spelled(a);
  for (const Policy& p : f.policies) policies += (policies.empty() ? "" : ", ") + spelled(p);
  for (const Alarm& a : f.alarms) alarms += (alarms.empty() ? "" : ", ") + spelled(a, f);
  return fmt::format(
      "policies: [{}], alarms: [{}], scheduled_actions: [{}], {}cooldown: {}, monitoring: {}, "
      "suspended_processes: {}, "
      "new_instances_protected_from_scale_in: {}, ",
      policies, alarms, actions, optional("default_instance_warmup", f.default_warmup), f.cooldown,
      f.detailed ? "detailed" : "basic", suspended(f.suspended), f.protects_new);
}

std::string market(const Fleet& f) {
  const std::string addresses =
      f.public_addresses ? "associate_public_ip_address: true, " : std::string();
  if (!f.spot) return addresses;
  return addresses +
         fmt::format("instance_market_options: {{market_type: spot}}, capacity_rebalance: {}, ",
                     f.capacity_rebalance);
}
std::string interruptions(const Fleet& f) {
  if (!f.spot) return "";
  std::string changes;
  for (std::size_t i = 0; i < f.price_changes.size(); ++i) {
    changes += fmt::format("{}{{at: +{}, price: \"{}\"}}", i == 0 ? "" : ", ",
                           spelled(f.price_changes[i]), kSpotPrices[i]);
  }
  return fmt::format(
      "spot: {{interruption_rate: 0, shock_share: {}, time_between_shocks: {}, shock_spread: {}, "
      "reliable_time: {}, recommendation_lead: {}, price_changes: [{}]}}, ",
      f.shock_share, spelled(f.between_shocks), spelled(f.shock_spread), spelled(f.reliable_time),
      spelled(f.recommendation_lead), changes);
}
std::string spelled(const Hook& h) {
  return fmt::format(
      "{{lifecycle_hook_name: {}, lifecycle_transition: \"autoscaling:EC2_INSTANCE_{}\", "
      "heartbeat_timeout: {}, default_result: {}{}}}",
      h.name, h.launching ? "LAUNCHING" : "TERMINATING", h.timeout,
      h.continues ? "CONTINUE" : "ABANDON",
      h.work || h.heartbeat
          ? fmt::format(", assumed: {{{}{}}}",
                        h.work ? "completes_after: " + spelled(*h.work) + ", " : "",
                        h.heartbeat ? "heartbeat_interval: " + spelled(*h.heartbeat) : "")
          : "");
}

/// What becomes of its instances.
std::string lives(const Fleet& f) {
  std::string hooks;
  for (const Hook& hook : f.hooks) hooks += (hooks.empty() ? "" : ", ") + spelled(hook);
  return fmt::format(
      "health_check_type: {}, health_check_grace_period: {}, termination_policies: [{}], "
      "lifecycle_hook_specification_list: [{}], availability_zone_distribution: "
      "{{capacity_distribution_strategy: {}}}, ",
      f.elb_health ? "ELB" : "EC2", f.grace, fmt::join(f.termination_policies, ", "), hooks,
      f.balanced_only ? "balanced-only" : "balanced-best-effort");
}

std::string group(const Fleet& f) {
  const std::string gp3 = fmt::format(", iops: {}, throughput: {}", f.iops, f.throughput);
  return fmt::format(
      "{{ec2: {{min_size: 0, max_size: {}, desired_capacity: {}, instance_type: {}, ebs: "
      "{{volume_type: {}, volume_size: {}{}}}, {}{}assumed: {{{}boot_time: {}, decision_lag: {}, "
      "pending_time: {}, publication_delay: {{ec2: {}, application_elb: {}, auto_scaling: {}, "
      "cw_agent: "
      "{}}}}}}}}}",
      f.max_size, f.desired, f.instance_type, f.gp2 ? "gp2" : "gp3", f.volume_gib, f.gp2 ? "" : gp3,
      commitments(f) + market(f) + common(f), scaling(f) + lives(f), capacity(f) + interruptions(f),
      spelled(f.boot_time), spelled(f.decision_lag), spelled(f.pending_time), spelled(f.ec2_delay),
      spelled(f.balancer_delay), spelled(f.group_delay), spelled(f.agent_delay));
}

std::string providers(const Fleet& f) {
  std::string list;
  for (const Provider& provider : f.providers) {
    list +=
        fmt::format("{}{{capacity_provider: {}, base: {}, weight: {}}}", list.empty() ? "" : ", ",
                    provider.spot ? "FARGATE_SPOT" : "FARGATE", provider.base, provider.weight);
  }
  return list.empty() ? "" : "capacity_provider_strategy: [" + list + "], ";
}

std::string spot_tasks(const Fleet& f) {
  const bool has_spot = std::any_of(f.providers.begin(), f.providers.end(),
                                    [](const Provider& provider) { return provider.spot; });
  if (!has_spot) return "";
  return "fargate_spot: {time_to_interruption: " + spelled(f.time_to_interruption) + "}, ";
}

std::string tasks(const Fleet& f, const std::string& placement, Time trace_start) {
  return fmt::format(
      "{{ecs: {{{}desired_count: {}, task_definition: {{{}cpu: {}, memory: {}, stop_timeout: {}, "
      "runtime_platform: "
      "{{cpu_architecture: {}}}, ephemeral_storage: {{size_in_gib: {}}}}}, {}{}assumed: "
      "{{{}publication_delay: {{ecs: {}, application_elb: {}}}, infrastructure_time: {}, "
      "image_size: {}kB, pull_rate: 1MB/s, container_start: {}, application_start: {}}}}}}}",
      placement, f.desired, f.awsvpc ? "network_mode: awsvpc, " : "", f.cpu, f.memory,
      f.stop_timeout, f.arm ? "ARM64" : "X86_64", f.storage_gib,
      providers(f) + service_scaling(f, trace_start), common(f), capacity(f) + spot_tasks(f),
      spelled(f.ecs_delay), spelled(f.balancer_delay), spelled(f.infrastructure_time),
      f.pull_time / std::chrono::milliseconds{1}, spelled(f.container_start),
      spelled(f.application_start));
}

std::string on_cluster(const Scenario& s, const Fleet& f) {
  return f.cluster ? placement_yaml(f, s.services[*f.cluster]) : std::string();
}

std::string spelled(const Scenario& scenario, const Service& service) {
  const Time trace_start = scenario.start;
  if (service.platform == Service::Platform::kFunction) {
    return spelled(service.function, service.fleet, trace_start);
  }
  if (service.platform == Service::Platform::kFleet) {
    if (service.fleet.is_cluster) return cluster_yaml(service.fleet, group(service.fleet));
    if (!service.fleet.fargate) return group(service.fleet);
    return tasks(service.fleet, on_cluster(scenario, service.fleet), trace_start);
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
  const std::string of = (is_cluster ? "clusters." : "services.") + service.name + ".";
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
    if (service.fleet.is_cluster) text += "clusters:\n";  // the last
    text += fmt::format("  {}: {}\n", service.name, spelled(s, service));
  }
  text += fmt::format(
      "account:\n  lambda: {{concurrent_executions: {}, minimum_unreserved_concurrent_executions: "
      "{}, scaling_rate: {{burst: {}, per_second: {}, scope: {}}}, requests_per_second_factor: "
      "{}}}\n  api_gateway: {{throttle_burst_limit: {}, throttle_rate_limit: {}}}\n",
      s.account.concurrency, s.account.minimum_unreserved, s.account.burst, s.account.per_second,
      s.account.scaling_is_shared ? "account" : "function", s.account.requests_factor,
      s.account.api_burst, s.account.api_rate);
  if (!s.calls.empty()) text += "calls:\n";
  for (const Call& call : s.calls) text += "  - " + spelled(s, call) + "\n";
  text +=
      fmt::format("recorder: {{window: {}, warm_up: {}}}\n", spelled(s.window), spelled(s.warm_up));
  if (!s.changes.empty()) text += "changes:\n";
  for (const Change& change : s.changes) text += "  - " + spelled(s, change) + "\n";
  if (!s.faults.empty()) text += "faults:\n";
  for (std::size_t i = 0; i < s.faults.size(); ++i) {
    text += "  - " + spelled(s, s.faults[i], i % 2 == 1) + "\n";
  }
  return text;
}

}  // namespace skyreplay::reference
