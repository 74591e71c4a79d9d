#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/effects.h"
#include "sweep/indices.h"
#include "sweep/outcome.h"

namespace skyreplay::sweep {

/// The feasible cell with the least objective, and how sure that is.
struct Best {
  std::size_t ordinal = 0;
  /// The feasible cell next to it; nothing where there is no other.
  std::optional<std::size_t> next;
  /// That one's objective less the best's, replication by replication (paired.h); nothing without
  /// replications.
  std::optional<Interval> ahead;
};

/// What one constraint costs.
struct Binding {
  /// Index in the sweep's constraints; nothing for that a cell has to be stable.
  std::optional<std::size_t> constraint;
  std::size_t breaks = 0;  ///< cells that break it
  /// The best cell if it were not asked for, where that is another than the best.
  std::optional<std::size_t> without;
};

/// The multiple of the traffic at which another variant becomes the best.
struct BreakEven {
  double from = 0;  ///< the best here is `before`
  double to = 0;    ///< the best here is `after`
  std::string before;
  std::string after;
  /// Where their objectives meet if each is linear in between; nothing where one of them is
  /// feasible at one of the two alone.
  std::optional<double> at;
  std::optional<double> requests_per_s;  ///< there, mean over the trace
};

/// What the parameters of one variant do.
struct VariantEffects {
  std::string variant;
  LinearModel objective;
  LinearModel against;
  std::vector<SobolIndex>
      indices;             ///< of the objective; empty where the design does not allow them
  std::string no_indices;  ///< why, then
};

/// What a sweep is asked for. Only finished cells count.
struct Answers {
  std::optional<Best> best;
  /// The feasible cell with the least of what is traded against the objective; and the one with the
  /// least product of the two, which gives a percent of the one for a percent of the other.
  std::optional<std::size_t> fastest;
  std::optional<std::size_t> balanced;
  /// Stable cells that no other stable cell is better than in both the objective and what is traded
  /// against it; by ascending objective.
  std::vector<std::size_t> front;
  std::vector<Binding> bindings;  ///< by constraint, stability last
  std::vector<BreakEven> break_evens;
  std::vector<VariantEffects> effects;  ///< of variants with parameters
};

Answers answer(const SweepOutcome& outcome);

}  // namespace skyreplay::sweep
