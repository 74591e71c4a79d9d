#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sweep/outcome.h"
#include "sweep/plan.h"
#include "sweep/race.h"

namespace skyreplay::sweep {

/// Everything that optimize found out; the text and the JSON are rendered from it.
struct Optimum {
  const SweepFile* file = nullptr;
  const Plan* plan = nullptr;
  const Questions* asks = nullptr;
  std::size_t candidates = 0;                ///< cells that differ
  RaceResult race;                           ///< of the plan's numbers
  std::uint64_t whole_requests = 0;          ///< of one cell on the whole trace, all replications
  std::map<std::size_t, CellOutcome> whole;  ///< cells that were replayed in full, by number
  /// The feasible cell next to the best among those, and by how much it is behind.
  std::optional<std::size_t> next;
  std::optional<Interval> ahead;

  /// What every cell on the whole trace would have taken.
  std::uint64_t all_requests() const { return whole_requests * candidates; }
};

/// What `skyreplay optimize` prints: at most 100 columns.
std::string optimum_text(const Optimum& found);
/// What --json prints.
std::string optimum_json(const Optimum& found);

}  // namespace skyreplay::sweep
