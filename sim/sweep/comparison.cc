#include "sweep/comparison.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::sweep {

void decide(const std::vector<Candidate>& candidates, Round& round) {
  std::vector<Standing> standings;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    standings.push_back({candidates[i].name, round.runs[i].meets(), round.runs[i].cost});
  }
  round.winner = cheapest(standings);
}

std::optional<std::size_t> cheapest_by_month(const std::vector<Candidate>& candidates,
                                             const Round& round) {
  std::vector<Standing> standings;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const RunFacts& run = round.runs[i];
    if (run.meets() && !run.monthly) return std::nullopt;
    standings.push_back({candidates[i].name, run.meets(), run.monthly.value_or(0)});
  }
  return cheapest(standings);
}

std::vector<AtShare> points_of(const Comparison& comparison) {
  SKY_CHECK(comparison.work_share.has_value());
  std::vector<AtShare> points = {{*comparison.work_share, comparison.base.winner}};
  for (std::size_t i = 0; i < comparison.other_shares.size(); ++i) {
    points.push_back({comparison.other_shares[i], comparison.at_other_shares[i].winner});
  }
  std::ranges::sort(points, {}, &AtShare::share);
  return points;
}

}  // namespace skyreplay::sweep
