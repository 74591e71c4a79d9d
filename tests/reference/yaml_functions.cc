#include "reference/yaml_parts.h"

namespace skyreplay::reference {
namespace {

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

std::string plan(const Function& f) {
  std::string text = f.allows_loops ? "recursive_loop: Allow, " : "";
  if (f.plan_permille > 0) {
    text += fmt::format("savings_plan: {{discount: {}, coverage: {}}}, ", f.plan_permille / 1e3,
                        f.plan_ppm / 1e6);
  }
  return text;
}

}  // namespace

std::string function_yaml(const Function& f, const Fleet& scaled_by, Time trace_start) {
  return fmt::format(
      "{{lambda: {{memory_size: {}, timeout: {}, {}{}{}{}{}{}ephemeral_storage: {{size: {}}}, "
      "architectures: {}, assumed: {{provisioned_preparation_time: {}, init_duration: "
      "{}, "
      "platform_init_duration: {}, init_limit: {}, keep_alive: {}, max_environment_age: {}, "
      "reuse: {}, vcpu_parallelism: {}, speed: {}, crash_probability: {}{}}}}}}}",
      f.memory, f.timeout / std::chrono::seconds{1},
      optional("reserved_concurrent_executions", f.reserved),
      provisioned(f, scaled_by, trace_start), front(f), snapshots(f), events(f), plan(f), f.storage,
      f.arm ? "arm64" : "x86_64", spelled(f.preparation), spelled(f.init), spelled(f.platform_init),
      spelled(f.init_limit), keep_alive(f), spelled(f.max_age),
      f.least_recently_used ? "least_recently_used" : "most_recently_used", f.parallelism, f.speed,
      f.crash_probability, f.init_unbilled ? ", init_billing: before_2025_08" : "");
}

}  // namespace skyreplay::reference
