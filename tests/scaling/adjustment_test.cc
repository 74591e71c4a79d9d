#include "scaling/adjustment.h"

#include <doctest/doctest.h>

namespace skyreplay::scaling {
namespace {

using metrics::Comparison;
constexpr Adjustment kPercent{.type = AdjustmentType::kPercentChangeInCapacity};

TEST_CASE("E69: a percentage is rounded toward zero, but one where it would be none") {
  // AWS's examples: 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6.
  CHECK(change_of(kPercent, 127, 10) == 12);
  CHECK(change_of(kPercent, 67, 1) == 1);
  CHECK(change_of(kPercent, -58, 1) == -1);
  CHECK(change_of(kPercent, -667, 1) == -6);
  CHECK(change_of(kPercent, 10, 0) == 0);
  CHECK(change_of(kPercent, 0, 50) == 0);
}

TEST_CASE("E69: a percentage changes at least the minimum magnitude") {
  // AWS's example: 25 % of four is one instance, with a magnitude of two it is two.
  const Adjustment two{.type = AdjustmentType::kPercentChangeInCapacity,
                       .min_adjustment_magnitude = 2};
  CHECK(change_of(kPercent, 25, 4) == 1);
  CHECK(change_of(two, 25, 4) == 2);
  CHECK(change_of(two, -25, 4) == -2);
  CHECK(change_of(two, 25, 40) == 10);
}

TEST_CASE("E68: the three types of adjustment") {
  const ScalableTarget target{.desired = 5, .current = 5};
  CHECK(wanted({}, 3, target) == 8);
  CHECK(wanted({}, -3, target) == 2);
  CHECK(wanted({.type = AdjustmentType::kExactCapacity}, 3, target) == 3);
  CHECK(wanted(kPercent, 50, target) == 7);
}

TEST_CASE("E70: what is warming counts as added already") {
  // AWS's example: of a desired 11, 10 have warmed up; +30 % of 10 is 3, two more than there are.
  const ScalableTarget target{.desired = 11, .current = 10, .warming = 1};
  CHECK(wanted(kPercent, 30, target) == 13);
  CHECK(wanted(kPercent, 10, target) == 11);  // the one that is coming is it
}

TEST_CASE("E52, E70: what is terminating is there when more are to go") {
  // Five are wanted, six warmed up ones are there, one of them on the way out: -2 leaves four.
  const ScalableTarget target{.desired = 5, .current = 5, .terminating = 1};
  CHECK(wanted({}, -2, target) == 4);
  CHECK(wanted({}, -1, target) == 5);
}

/// AWS's example for a threshold of 50: above it +10 % from 60 on, +30 % from 70 on; below it -10 %
/// from 40 down and -30 % from 30 down.
const std::vector<StepAdjustment> kSteps = {{0, 10, 0},  {10, 20, 10},    {20, {}, 30},
                                            {-10, 0, 0}, {-20, -10, -10}, {{}, -20, -30}};

TEST_CASE("E66: above the threshold a lower bound is in the step, below it an upper one") {
  const auto step = [](double value, Comparison comparison = Comparison::kGreaterOrEqual) {
    return step_for(kSteps, value, 50, comparison)->scaling_adjustment;
  };
  CHECK(step(50) == 0);
  CHECK(step(59.9) == 0);
  CHECK(step(60) == 10);
  CHECK(step(70) == 30);
  CHECK(step(1e9) == 30);
  CHECK(step(40, Comparison::kLessOrEqual) == -10);
  CHECK(step(40.1, Comparison::kLessOrEqual) == 0);
  CHECK(step(30, Comparison::kLessOrEqual) == -30);
  CHECK(step(0, Comparison::kLessOrEqual) == -30);
}

TEST_CASE("E66: a value that no step holds is no change") {
  const std::vector<StepAdjustment> above = {{10, {}, 1}};
  CHECK(step_for(above, 55, 50, Comparison::kGreater) == nullptr);
}

TEST_CASE("E66, E72: steps that AWS refuses are refused, and why is said") {
  CHECK(steps_mistake(kSteps).empty());
  CHECK(steps_mistake(std::vector<StepAdjustment>{{{}, {}, 1}}) ==
        "a step needs a lower or an upper bound");
  CHECK(steps_mistake(std::vector<StepAdjustment>{{5, 5, 1}}) ==
        "a step's lower bound must be below its upper one");
  CHECK(steps_mistake(std::vector<StepAdjustment>{{0, 10, 1}, {20, {}, 2}}) ==
        "the steps leave a gap between 10 and 20");
  CHECK(steps_mistake(std::vector<StepAdjustment>{{0, {}, 1}, {20, {}, 2}}) ==
        "the steps overlap between 20 and inf");
  CHECK(steps_mistake(std::vector<StepAdjustment>{{-10, 0, 1}}) ==
        "a lower bound is negative, so one step must have no lower bound");
  CHECK(steps_mistake(std::vector<StepAdjustment>{{0, 10, 1}}) ==
        "an upper bound is positive, so one step must have no upper bound");
  std::vector<StepAdjustment> many;
  for (int i = 0; i < 21; ++i) many.push_back({i, i + 1, 1});
  CHECK(steps_mistake(many) == "has more than 20 steps");
}

}  // namespace
}  // namespace skyreplay::scaling
