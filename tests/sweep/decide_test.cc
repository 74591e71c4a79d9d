#include "sweep/decide.h"

#include <doctest/doctest.h>

#include "sweep/comparison.h"

namespace skyreplay::sweep {
namespace {

/// A run of which only what decides is known.
RunFacts run(pricing::NanoUsd cost, bool holds = true,
             replay::Verdict verdict = replay::Verdict::kStable) {
  RunFacts facts;
  facts.cost = cost;
  facts.monthly = cost * 100;
  facts.verdict = verdict;
  facts.measured = {{.known = true, .value = 1, .holds = holds}};
  return facts;
}

std::vector<Candidate> named(const std::vector<std::string>& names) {
  std::vector<Candidate> candidates;
  for (const std::string& name : names) {
    candidates.push_back(
        {name, name,
         scenario::Scenario::parse("version: 1\nservices: {fn: {lambda: {}}}\n", name + ".yaml")});
  }
  return candidates;
}

std::optional<std::size_t> winner(const std::vector<std::string>& names,
                                  const std::vector<RunFacts>& runs) {
  Round round{.runs = runs, .winner = {}};
  decide(named(names), round);
  return round.winner;
}

TEST_CASE("the cheapest that meets the requirements wins, not the cheapest") {
  CHECK(winner({"a", "b", "c"}, {run(3), run(1, false), run(2)}) == 2);
}

TEST_CASE("an overloaded or backlogged candidate is never the cheapest") {
  CHECK(winner({"a", "b", "c"}, {run(1, true, replay::Verdict::kOverloaded),
                                 run(2, true, replay::Verdict::kBacklogged), run(3)}) == 2);
  CHECK(winner({"a"}, {run(1, true, replay::Verdict::kBacklogged)}) == std::nullopt);
}

TEST_CASE("equal costs are settled by name, whatever the order of the files") {
  CHECK(winner({"b", "a"}, {run(2), run(2)}) == 1);
  CHECK(winner({"a", "b"}, {run(2), run(2)}) == 0);
}

TEST_CASE("there is no winner where nothing meets the requirements") {
  CHECK(winner({"a", "b"}, {run(1, false), run(2, false)}) == std::nullopt);
}

TEST_CASE("the month's cheapest may be another, and is unknown where a month is") {
  const std::vector<Candidate> candidates = named({"a", "b"});
  Round round{.runs = {run(1), run(2)}, .winner = {}};
  round.runs[1].monthly = 5;
  CHECK(cheapest_by_month(candidates, round) == 1);
  round.runs[1].monthly.reset();
  CHECK(cheapest_by_month(candidates, round) == std::nullopt);
  round.runs[1].verdict = replay::Verdict::kOverloaded;
  CHECK(cheapest_by_month(candidates, round) == 0);
}

TEST_CASE("a change of the winner is found between neighboring work shares") {
  Comparison comparison;
  comparison.work_share = 0.5;
  comparison.base.winner = 1;
  comparison.other_shares = {0.2, 0.8};
  comparison.at_other_shares = {{.runs = {}, .winner = 0}, {.runs = {}, .winner = 1}};
  const std::vector<Change> found = changes(points_of(comparison));
  REQUIRE(found.size() == 1);
  CHECK(found[0].from.share == 0.2);
  CHECK(found[0].to.share == 0.5);
  CHECK(found[0].from.winner == 0);
  CHECK(found[0].to.winner == 1);

  comparison.work_share = 0.1;  // below both others
  CHECK(changes(points_of(comparison)).size() == 2);
  comparison.at_other_shares[0].winner = 1;
  CHECK(changes(points_of(comparison)).empty());
  comparison.at_other_shares[1].winner = std::nullopt;
  CHECK(changes(points_of(comparison)).size() == 1);
}

TEST_CASE("a million requests cost in proportion, rounded half up") {
  RunFacts facts = run(10);
  CHECK(facts.cost_per_million() == std::nullopt);
  facts.billed_arrivals = 4'000'000;
  CHECK(facts.cost_per_million() == 3);  // 2.5
}

}  // namespace
}  // namespace skyreplay::sweep
