#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/window_row.h"
#include "pricing/bill.h"
#include "replay/verdict.h"

namespace skyreplay::replay {

/// Where every request of the run went. The workload counts it by itself, beside the recorder.
struct Conservation {
  std::uint64_t trace_requests = 0;    ///< rows read from the trace
  std::uint64_t arrivals = 0;          ///< those that arrived in the run
  std::uint64_t warm_up_arrivals = 0;  ///< of them, those left out of latency and counts
  std::array<std::uint64_t, metrics::kOutcomes> outcomes{};  ///< by metrics::Outcome
  std::uint64_t in_flight_at_end = 0;

  /// Whether the outcomes and what is in flight add up to the arrivals.
  bool holds() const {
    std::uint64_t sum = in_flight_at_end;
    for (const std::uint64_t n : outcomes) sum += n;
    return sum == arrivals;
  }
};

/// A service's windows summed: integrals over the horizon in units x microseconds (in nanoseconds
/// 7,000 instances would overflow within a month; each window is rounded down), and the largest
/// values of the run.
struct Usage {
  std::uint64_t in_flight_us = 0;
  std::uint64_t queue_depth_us = 0;
  std::uint64_t capacity_running_us = 0;
  std::uint64_t cpu_busy_us = 0;
  std::uint64_t cpu_available_us = 0;
  std::uint32_t in_flight_max = 0;
  std::uint32_t queue_depth_max = 0;
  std::uint32_t capacity_running_max = 0;

  /// Of a window's integrals as much as lies before `end`, as if they were constant in it.
  void add(const metrics::WindowRow& row, const metrics::Window& window, TimePoint end) {
    const auto length = static_cast<std::uint64_t>((window.end - window.start).count());
    const Duration inside = std::clamp(end - window.start, Duration{}, window.end - window.start);
    const auto part_us = [length, inside](std::uint64_t integral_ns) {
      const auto part = static_cast<unsigned __int128>(integral_ns) *
                        static_cast<std::uint64_t>(inside.count()) / length;
      return static_cast<std::uint64_t>(part) / 1000;
    };
    in_flight_us += part_us(row.in_flight_ns);
    queue_depth_us += part_us(row.queue_depth_ns);
    capacity_running_us += part_us(row.capacity_running_ns);
    cpu_busy_us += part_us(row.cpu_busy_ns);
    cpu_available_us += part_us(row.cpu_available_ns);
    in_flight_max = std::max(in_flight_max, row.in_flight_max);
    queue_depth_max = std::max(queue_depth_max, row.queue_depth_max);
    capacity_running_max = std::max(capacity_running_max, row.capacity_running_max);
  }
};

struct ServiceSummary {
  metrics::SpanRow requests;
  Usage usage;
  pricing::NanoUsd cost = 0;                ///< of the run, as billed
  std::optional<pricing::NanoUsd> monthly;  ///< of 730 hours like it
};

/// A meter as it stood at the end, in its own integer unit.
struct MeterTotal {
  std::string service;
  std::string name;
  std::string unit;
  std::string quantity;  ///< decimal digits; may exceed 64 bits
};

/// What summary.json and the printed table are made from; `services` and `routes` are in the order
/// of the header's. They are most of it: where memory counts they stay empty and are handed over
/// one by one (ResultWriter::summary, ResultReader::for_each_service).
struct Summary {
  Conservation conservation;
  Verdict verdict = Verdict::kStable;
  std::string verdict_reason;
  std::vector<std::string> notes;  ///< each a sentence that a reader of the numbers has to know
  pricing::NanoUsd cost = 0;
  std::optional<pricing::NanoUsd> monthly;
  std::string monthly_unavailable;  ///< why there is no monthly cost; empty where there is one
  std::vector<MeterTotal> meters;
  metrics::SpanRow overall;
  std::vector<ServiceSummary> services;
  std::vector<metrics::SpanRow> routes;
};

}  // namespace skyreplay::replay
