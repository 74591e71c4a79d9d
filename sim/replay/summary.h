#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/usage.h"
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

using metrics::Usage;

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
