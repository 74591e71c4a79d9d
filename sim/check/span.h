#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "metrics/window_row.h"

namespace skyreplay::check {

/// A number over time: its integral over the horizon and its largest value.
struct Level {
  std::uint64_t integral_us = 0;  ///< units x microseconds
  std::uint32_t max = 0;
};

/// CPU time, vCPU x microseconds.
struct Cpu {
  std::uint64_t busy_us = 0;
  std::uint64_t available_us = 0;
};

/// What a whole result says of one service; what has no meaning for it is absent.
struct ServiceSpan {
  std::string name;
  std::string platform;
  const metrics::SpanRow* requests = nullptr;
  bool has_cold_starts = false;
  bool has_queue = false;
  Level in_flight;
  std::optional<Level> queue_depth;
  std::optional<Level> capacity_running;
  std::optional<std::uint64_t> capacity_desired_us;  ///< the integral, as a level's
  std::optional<std::uint64_t> capacity_pending_us;
  std::optional<Cpu> cpu;
  std::string event_source;  ///< async, sqs, stream; empty: nothing feeds it events
  metrics::EventCounts events;
  std::optional<metrics::ProvisionedCounts> provisioned{};  ///< integrals in us
  bool has_lambda_metrics = false;                          ///< it is counted as CloudWatch does
  bool is_in_loop = false;                                  ///< calls may come back to it
  metrics::FunctionCounts function{};
  std::optional<metrics::MemoryCounts> memory{};  ///< integrals in us
  std::optional<metrics::ReservationCounts> reservation{};
  std::int64_t cost_nano_usd = 0;
};

struct RouteSpan {
  std::string name;
  std::uint32_t service = 0;  ///< index of the service that answers it
  const metrics::SpanRow* requests = nullptr;
};

/// What requirements are evaluated on: a result's span, service by service. The rows belong to
/// whoever read the result. REQUIRES: they outlive this.
struct Span {
  Duration horizon{};
  std::vector<ServiceSpan> services;
  std::vector<RouteSpan> routes;
  const metrics::SpanRow* overall = nullptr;
  std::int64_t cost_nano_usd = 0;
};

}  // namespace skyreplay::check
