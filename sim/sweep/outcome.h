#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/requirement.h"
#include "sweep/objective.h"
#include "sweep/paired.h"
#include "sweep/store.h"

namespace skyreplay::sweep {

/// What a sweep asks, read: which quantities are measured of each run, and which of them are what.
struct Questions {
  Objective objective;
  check::Requirement against;
  std::vector<check::Requirement> constraints;
  std::vector<check::Requirement> quantities;  ///< each once, in order of their first mention
  std::vector<std::size_t> of_constraint;      ///< index in `quantities`
  std::size_t of_against = 0;
  std::optional<std::size_t> of_objective;  ///< nothing for costs

  Questions(Objective minimize, check::Requirement trade,
            std::vector<check::Requirement> requirements);

  /// The quantities as the store spells them.
  std::vector<std::string> names() const;
};

/// A mean over replications, in 1e-9 of the unit, and where there are several its 95 % interval.
struct Estimate {
  std::int64_t mean = 0;
  std::optional<Interval> interval;
};

/// What came of one cell.
struct CellOutcome {
  std::size_t ordinal = 0;     ///< in the plan
  std::vector<RunFacts> runs;  ///< by replication; `holds` is not filled in
  bool is_finished = false;
  bool is_stable = false;                           ///< in every replication
  bool is_feasible = false;                         ///< and every constraint holds in every one
  std::vector<std::size_t> broken;                  ///< constraints that fail in some replication
  std::vector<std::optional<Estimate>> quantities;  ///< nothing where there was nothing to measure
  std::optional<Estimate> cost;
  std::optional<Estimate> monthly;
  std::optional<Estimate> objective;

  /// Of one replication; nothing where there was nothing to measure.
  std::optional<std::int64_t> objective_of(std::size_t replication, const Questions& asks) const;
  /// Estimate of what the Pareto front trades.
  const std::optional<Estimate>& against(const Questions& asks) const {
    return quantities[asks.of_against];
  }
};

/// Fills in everything but the ordinal and the runs of a cell that is finished.
void summarize(CellOutcome& cell, const Questions& asks);

/// Everything that a store says of its sweep.
struct SweepOutcome {
  StoredSweep sweep;
  Questions asks;
  std::vector<CellOutcome> cells;  ///< by ordinal

  std::size_t finished() const;
  bool is_complete() const { return finished() == cells.size(); }
  /// Paths of every parameter, in order of their first cell.
  std::vector<std::string> parameters() const;
  /// A cell's value of a parameter; "" where its variant does not have it.
  std::string value(std::size_t ordinal, const std::string& path) const;
};

/// Reads a store. Throws as Store does.
SweepOutcome read_outcome(Store& store);

}  // namespace skyreplay::sweep
