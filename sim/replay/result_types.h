#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "workload/activity.h"

namespace skyreplay::replay {

/// What a result file says of a service before any number. A column whose `has_` is false has no
/// meaning for the service and stays empty in timeline.csv, never 0.
struct ServiceHeader {
  std::string name;
  std::string platform;         ///< lambda | ec2 | ecs | external
  std::string capacity_unit;    ///< environments | instances | tasks
  bool has_queue = false;       ///< queue_depth, queue_depth_max, queue_ms
  bool has_desired = false;     ///< capacity_desired
  bool has_pending = false;     ///< capacity_pending
  bool has_cpu = false;         ///< cpu_utilization
  bool has_capacity = true;     ///< capacity_unit, capacity_running, capacity_running_max
  bool has_cold_starts = true;  ///< cold_starts, init_ms
  std::string region;
  /// What feeds a function events: async | sqs | stream; empty: nothing does. events_received and
  /// its like.
  std::string event_source{};
  /// It has provisioned concurrency: provisioned_invocations and its like.
  bool has_provisioned = false;
  /// What clients reach a function through: http_api | rest_api | load_balancer; empty: itself.
  std::string front{};
  /// It is counted as CloudWatch does: invocations and its like, concurrent_executions_max.
  bool has_lambda_metrics = false;
  bool is_in_loop = false;  ///< its calls may come back to it: recursive_invocations_dropped
  /// It says what its tasks use of their memory: memory_utilization, out_of_memory_kills.
  bool has_memory = false;
  bool has_reservation = false;  ///< a cluster: cpu_reservation, memory_reservation
};

struct RouteHeader {
  std::string name;
  std::uint32_t service = 0;  ///< index of the service that answers it
};

/// How the file came to be. Not part of the digest: the same run from another build is the same
/// run.
struct Provenance {
  std::string version;
  std::string command;
  std::string tzdata;
  std::string build;
  /// As they were given to the run: where to look for them again. No trace: what the scenario
  /// names.
  std::string scenario;
  std::string trace;
};

struct ResultHeader {
  std::string scenario_name;
  std::string scenario_text;  ///< as resolved, every default filled in
  std::string scenario_digest;
  std::string trace_digest;
  std::uint64_t seed = 0;
  TimePoint start;  ///< the horizon [start, end): the trace's span
  TimePoint end;
  Duration window{};   ///< length of a whole window
  Duration warm_up{};  ///< left out of latency and counts
  Duration drain{};    ///< how long the run goes on after the horizon
  std::vector<ServiceHeader> services;
  std::vector<RouteHeader> routes;
  Provenance provenance;
};

using workload::Activity;

}  // namespace skyreplay::replay
