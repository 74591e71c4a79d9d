#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace skyreplay::sweep {

/// What came of replaying one candidate on a part of the trace.
struct Trial {
  double objective = 0;  ///< infinite where there is none
  /// The worst constraint's value over its limit: at most 1 where all hold. Above 1 for what is not
  /// stable.
  double strain = 0;
  bool is_feasible = false;
  std::uint64_t requests = 0;  ///< that were replayed for it
};

/// Replays candidates on a share of the trace (1: the whole), in any order, and returns their
/// trials in the order given.
using Replay =
    std::function<std::vector<Trial>(const std::vector<std::size_t>& candidates, double share)>;

/// One step of a race.
struct RaceStep {
  double share = 1;
  std::vector<std::size_t> candidates;
  std::vector<Trial> trials;
};

struct RaceResult {
  std::optional<std::size_t> best;  ///< feasible on the whole trace
  std::vector<RaceStep> steps;
  std::uint64_t requests = 0;  ///< replayed in all
  /// Candidates whose estimate is cheaper than the best and not far from feasible, that were not
  /// replayed in full when the budget ended; nearest to feasible first.
  std::vector<std::size_t> open;
};

/// What the race is about.
struct RaceField {
  std::vector<std::size_t> group_of;  ///< by candidate: candidates of one group are alike enough
                                      ///< that short traces order them, such as one platform's
  std::uint64_t whole_requests = 0;   ///< one candidate on the whole trace
  double budget = 0.1;  ///< share of what all candidates on the whole trace would take
};

/// Finds the cheapest feasible candidate with few requests replayed.
///
/// **Method** Successive halving (Jamieson, Talwalkar, AISTATS 2016): all candidates on a short
/// sample of the trace, the promising fifth on a longer one, then single ones on the whole, by
/// ascending estimate. An estimate is what a candidate came to on its longest sample, corrected by
/// what whole replays of its group came to against theirs. What is left of the
/// budget goes to what is estimated cheaper than the best found and not quite feasible. What was
/// not replayed in full is an estimate: `open` says what the end of the budget left undecided. Each
/// group's most promising candidate is replayed in full, even where that exceeds the budget.
RaceResult race(const RaceField& field, const Replay& replay);

}  // namespace skyreplay::sweep
