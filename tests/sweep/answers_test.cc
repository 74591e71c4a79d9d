#include "sweep/answers.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace skyreplay::sweep {
namespace {

/// One cell of a made-up sweep.
struct Made {
  std::string variant;
  std::vector<StoredValue> values;
  std::vector<std::int64_t> cost;   ///< USD, by replication
  std::vector<std::int64_t> p99_s;  ///< likewise
  bool is_stable = true;
};

constexpr std::int64_t kNano = 1'000'000'000;

/// Feasible is a p99 below 10 s.
SweepOutcome outcome_of(const std::vector<Made>& cells) {
  StoredSweep sweep;
  sweep.design = "grid";
  sweep.minimize = "cost";
  sweep.against = "p99(latency of *)";
  sweep.constraints = {"p99(latency of *) < 10s"};
  sweep.replications = static_cast<std::uint32_t>(cells.front().cost.size());
  sweep.span_ns = 100 * kNano;
  SweepOutcome outcome{.sweep = sweep,
                       .asks = Questions({}, check::parse_quantity(sweep.against),
                                         {check::parse_requirement(sweep.constraints[0])}),
                       .cells = {}};
  for (const Made& made : cells) {
    CellOutcome cell;
    cell.ordinal = outcome.cells.size();
    for (std::size_t r = 0; r < made.cost.size(); ++r) {
      RunFacts run;
      run.cost = made.cost[r] * kNano;
      run.billed_arrivals = 500;
      run.verdict = made.is_stable ? replay::Verdict::kStable : replay::Verdict::kOverloaded;
      run.measured = {{.known = true, .value = made.p99_s[r] * kNano, .holds = false}};
      cell.runs.push_back(std::move(run));
    }
    summarize(cell, outcome.asks);
    outcome.cells.push_back(std::move(cell));
    outcome.sweep.cells.push_back(
        {"c" + std::to_string(outcome.sweep.cells.size()), made.variant, made.values});
  }
  return outcome;
}

std::vector<StoredValue> n(const std::string& value) { return {{"services.w.n", value}}; }
std::vector<StoredValue> traffic(const std::string& value) { return {{"traffic", value}}; }

TEST_CASE(
    "the best is the cheapest that is stable and meets every constraint in every replication") {
  const Answers answers = answer(outcome_of({{"v", n("1"), {1, 1}, {11, 9}},
                                             {"v", n("2"), {2, 2}, {5, 5}, false},
                                             {"v", n("3"), {5, 7}, {5, 5}},
                                             {"v", n("4"), {6, 9}, {4, 4}}}));
  REQUIRE(answers.best);
  CHECK(answers.best->ordinal == 2);
  CHECK(answers.best->next == 3);
  // Pairs 6 - 5 and 9 - 7: mean 1.5, half of the interval 12.706 x 0.5.
  CHECK(answers.best->ahead->mean == 1'500'000'000);
  CHECK(answers.best->ahead->low < 0);
}

TEST_CASE("a constraint binds where without it a cheaper cell would do") {
  const Answers answers = answer(outcome_of(
      {{"v", n("1"), {1}, {11}}, {"v", n("2"), {2}, {5}, false}, {"v", n("3"), {5}, {5}}}));
  REQUIRE(answers.bindings.size() == 2);
  CHECK(answers.bindings[0].breaks == 1);
  CHECK(answers.bindings[0].without == 0);
  CHECK_FALSE(answers.bindings[1].constraint);
  CHECK(answers.bindings[1].without == 1);
  const Answers loose = answer(outcome_of({{"v", n("1"), {9}, {11}}, {"v", n("3"), {5}, {5}}}));
  CHECK_FALSE(loose.bindings[0].without);
}

TEST_CASE("the front has the stable cells that none is better than in both") {
  const Answers answers = answer(outcome_of({{"v", n("1"), {3}, {4}},
                                             {"v", n("2"), {1}, {20}},
                                             {"v", n("3"), {4}, {4}},
                                             {"v", n("4"), {2}, {1}, false},
                                             {"v", n("5"), {9}, {2}}}));
  CHECK(answers.front == std::vector<std::size_t>{1, 0, 4});
}

TEST_CASE("two platforms break even where their costs meet") {
  // Functions cost 1 and 4, instances 2 and 3: the differences are 1 and -1,
  // so they meet in the middle, at 2.5 times the traffic of 5 requests a second.
  const Answers answers = answer(outcome_of({{"functions", traffic("1"), {1}, {1}},
                                             {"functions", traffic("4"), {4}, {1}},
                                             {"instances", traffic("1"), {2}, {1}},
                                             {"instances", traffic("4"), {3}, {1}}}));
  REQUIRE(answers.break_evens.size() == 1);
  const BreakEven& even = answers.break_evens[0];
  CHECK(even.before == "functions");
  CHECK(even.after == "instances");
  CHECK(*even.at == doctest::Approx(2.5));
  CHECK(*even.requests_per_s == doctest::Approx(12.5));
}

TEST_CASE("a platform that is not feasible on one side has no meeting point") {
  const Answers answers = answer(outcome_of({{"functions", traffic("1"), {1}, {1}},
                                             {"functions", traffic("4"), {2}, {11}},
                                             {"instances", traffic("1"), {2}, {1}},
                                             {"instances", traffic("4"), {3}, {1}}}));
  REQUIRE(answers.break_evens.size() == 1);
  CHECK_FALSE(answers.break_evens[0].at);
}

TEST_CASE("a grid has effects and indices, each variant its own") {
  const Answers answers = answer(outcome_of({{"v", n("1"), {1}, {4}},
                                             {"v", n("2"), {2}, {3}},
                                             {"v", n("3"), {3}, {2}},
                                             {"w", {}, {3}, {2}}}));
  REQUIRE(answers.effects.size() == 1);
  CHECK(answers.effects[0].objective.effects.at(0).change == doctest::Approx(2e9));
  CHECK(answers.effects[0].against.effects.at(0).change == doctest::Approx(-2e9));
  CHECK(answers.effects[0].indices.at(0).first.value == doctest::Approx(1));
}

}  // namespace
}  // namespace skyreplay::sweep
