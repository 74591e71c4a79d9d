#include "sweep/decide.h"

#include <tuple>

namespace skyreplay::sweep {

std::optional<std::size_t> cheapest(std::span<const Standing> standings) {
  std::optional<std::size_t> best;
  const auto rank = [&](std::size_t i) { return std::tie(standings[i].cost, standings[i].name); };
  for (std::size_t i = 0; i < standings.size(); ++i) {
    if (standings[i].meets && (!best || rank(i) < rank(*best))) best = i;
  }
  return best;
}

std::vector<Change> changes(std::span<const AtShare> points) {
  std::vector<Change> found;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i - 1].winner != points[i].winner) found.push_back({points[i - 1], points[i]});
  }
  return found;
}

}  // namespace skyreplay::sweep
