#include "sweep/race.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace skyreplay::sweep {
namespace {

/// Candidates 0 ... n - 1 cost 1 + number in full, and are feasible from `first` on. A sample costs
/// its share, and strains as the whole times `bias`.
struct World {
  std::size_t first = 0;
  double bias = 1;
  std::vector<std::pair<std::size_t, double>> asked{};

  Replay replay() {
    return [this](const std::vector<std::size_t>& candidates, double share) {
      std::vector<Trial> trials;
      for (const std::size_t c : candidates) {
        asked.emplace_back(c, share);
        const double strain = (static_cast<double>(first) + 0.5) / static_cast<double>(c + 1) *
                              (share < 1 ? bias : 1);
        trials.push_back({.objective = static_cast<double>(c + 1) * share,
                          .strain = strain,
                          .is_feasible = strain <= 1,
                          .requests = static_cast<std::uint64_t>(1000 * share)});
      }
      return trials;
    };
  }
};

RaceField field(std::size_t candidates, double budget = 0.1) {
  return {
      .group_of = std::vector<std::size_t>(candidates), .whole_requests = 1000, .budget = budget};
}

TEST_CASE("the cheapest feasible candidate is found within the budget") {
  for (const std::size_t first : {0U, 7U, 50U, 99U}) {
    World world{.first = first};
    const RaceResult result = race(field(100), world.replay());
    CAPTURE(first);
    REQUIRE(result.best);
    CHECK(*result.best == first);
    CHECK(result.requests <= 10'000);
  }
}

TEST_CASE("samples that are too kind or too strict are corrected by whole replays") {
  for (const double bias : {0.9, 1.1}) {
    World world{.first = 50, .bias = bias};
    const RaceResult result = race(field(200), world.replay());
    CAPTURE(bias);
    REQUIRE(result.best);
    CHECK(*result.best == 50);
    CHECK(result.requests <= 20'000);
  }
}

TEST_CASE("all candidates meet a short sample, a fifth a longer one, and few the whole") {
  World world{.first = 30};
  race(field(100), world.replay());
  const auto at = [&](double share) {
    return std::ranges::count_if(
        world.asked, [&](const auto& asked) { return std::abs(asked.second - share) < 1e-9; });
  };
  CHECK(at(0.025) == 100);
  CHECK(at(0.125) == 20);
  CHECK(at(1) <= 5);
}

TEST_CASE("the best of each group is replayed in full, whatever samples say across groups") {
  // The second group's samples are ten times as dear as its wholes.
  const Replay replay = [](const std::vector<std::size_t>& candidates, double share) {
    std::vector<Trial> trials;
    for (const std::size_t c : candidates) {
      const double whole = c < 50 ? 100 + static_cast<double>(c) : static_cast<double>(c);
      const double sampled = c < 50 ? whole : 10 * whole;
      trials.push_back({.objective = share < 1 ? sampled : whole,
                        .strain = 0.5,
                        .is_feasible = true,
                        .requests = static_cast<std::uint64_t>(1000 * share)});
    }
    return trials;
  };
  RaceField two = field(100);
  for (std::size_t c = 50; c < 100; ++c) two.group_of[c] = 1;
  CHECK(race(two, replay).best == 50);
}

TEST_CASE("where nothing is feasible there is no best, and the budget ends the race") {
  World world{.first = 1000};
  const RaceResult result = race(field(100), world.replay());
  CHECK_FALSE(result.best);
  CHECK(result.requests <= 10'000);
}

TEST_CASE("what the end of the budget leaves undecided is said") {
  // The budget allows one whole replay alone; the sample is so strict that a dearer one is chosen.
  World world{.first = 20, .bias = 1.12};
  const RaceResult result = race(field(30, 0.06), world.replay());
  REQUIRE(result.best);
  CHECK(*result.best > 20);
  CHECK_FALSE(result.open.empty());
}

}  // namespace
}  // namespace skyreplay::sweep
