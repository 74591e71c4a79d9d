#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "check/evaluate.h"
#include "replay/run.h"
#include "replay/statistics.h"
#include "replay/summary.h"
#include "replay/trace_choice.h"

namespace skyreplay::sweep {

/// The largest capacity that one service had.
struct Peak {
  std::uint64_t count = 0;
  std::string unit;  ///< environments, instances, tasks
  std::string service;
};

/// What compare and tune keep of one run; everything else is in its result file.
struct RunFacts {
  std::string digest;
  std::vector<std::string> platforms;  ///< ascending, each once
  replay::Verdict verdict = replay::Verdict::kStable;
  std::string verdict_reason;
  std::vector<std::string> notes;

  pricing::NanoUsd cost = 0;
  std::optional<pricing::NanoUsd> monthly;
  std::string monthly_unavailable;
  std::uint64_t billed_arrivals = 0;  ///< with those of a warm-up

  metrics::Counters counters;  ///< of all clients' requests, warm-up left out, as is all below
  std::uint64_t in_flight_at_end = 0;
  std::optional<replay::Percentiles> latency;
  std::optional<replay::Percentiles> overhead;
  std::optional<std::uint64_t> cold_starts;  ///< nothing where no service has any
  std::uint64_t cold_attempts = 0;           ///< that could have been cold
  std::optional<Peak> peak;
  std::size_t services_with_capacity = 0;

  std::vector<check::Measurement> measured;  ///< by requirement

  /// USD for a million requests like these; nothing without arrivals.
  std::optional<pricing::NanoUsd> cost_per_million() const;
  /// Stable, and every requirement holds.
  bool meets() const;
};

/// Reads a result's header and summary. Throws InputError for a damaged file or a requirement that
/// this result has no answer to.
RunFacts read_facts(const std::filesystem::path& result,
                    std::span<const check::Requirement> requirements);

/// One replay to be done.
struct RunTask {
  scenario::Scenario scenario;
  replay::TraceChoice trace;
  std::filesystem::path result;  ///< where result.binpb goes
  std::string version;
};

/// Replays and reads what came of it; leaves the result file. Throws as replay::run() and
/// read_facts() do.
RunFacts replay_and_read(const RunTask& task, std::span<const check::Requirement> requirements,
                         const std::function<void(const replay::Progress&)>& progress);

}  // namespace skyreplay::sweep
