#include "scaling/metric_math.h"

#include <doctest/doctest.h>

namespace skyreplay::scaling {
namespace {

using metrics::Datapoint;
using metrics::Statistic;
using namespace std::chrono_literals;

Datapoint of(double value) { return {value, value, value, 1}; }

TEST_CASE("an expression has a value once both metrics have a datapoint of the period") {
  MetricMath math({3, Statistic::kSum}, '/', {5, Statistic::kAverage});
  CHECK_FALSE(math.put(3, TimePoint{0s}, of(39)).has_value());
  CHECK_FALSE(math.put(4, TimePoint{0s}, of(7)).has_value());  // nobody asks for it
  CHECK(math.put(5, TimePoint{0s}, of(4)) == 9.75);
  CHECK_FALSE(math.put(5, TimePoint{60s}, of(4)).has_value());
  CHECK(math.put(3, TimePoint{60s}, of(8)) == 2);
}

TEST_CASE("where one metric has no datapoint the expression has none either") {
  MetricMath math({0, Statistic::kSum}, '/', {1, Statistic::kSum});
  CHECK_FALSE(math.put(0, TimePoint{0s}, of(1)).has_value());
  CHECK_FALSE(math.put(1, TimePoint{0s}, Datapoint{}).has_value());
  CHECK_FALSE(math.put(1, TimePoint{60s}, of(1)).has_value());
}

TEST_CASE("nothing is divided by zero") {
  MetricMath math({0, Statistic::kSum}, '/', {1, Statistic::kSum});
  math.put(0, TimePoint{0s}, of(1));
  CHECK_FALSE(math.put(1, TimePoint{0s}, of(0)).has_value());
}

// Samples 2 and 4: sum 6, mean 3, count 2.
TEST_CASE("each metric gives the statistic that is asked of it, the same metric two") {
  Datapoint both;
  both.add(2);
  both.add(4);
  MetricMath difference({0, Statistic::kSum}, '-', {0, Statistic::kAverage});
  CHECK(difference.put(0, TimePoint{0s}, both) == 3);
  MetricMath product({0, Statistic::kMaximum}, '*', {0, Statistic::kSampleCount});
  CHECK(product.put(0, TimePoint{0s}, both) == 8);
  MetricMath sum({0, Statistic::kMinimum}, '+', {0, Statistic::kMaximum});
  CHECK(sum.put(0, TimePoint{0s}, both) == 6);
}

TEST_CASE("an expression is two ids with an operation between them, and nothing more") {
  const auto expression = parse_expression(" m1/ m2_B ");
  REQUIRE(expression.has_value());
  CHECK(expression->left == "m1");
  CHECK(expression->operation == '/');
  CHECK(expression->right == "m2_B");
  for (const char* text :
       {"", "m1", "m1 /", "/ m2", "m1 / 2", "(m1) / m2", "M1 / m2", "a / b / c"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_expression(text).has_value());
  }
}

}  // namespace
}  // namespace skyreplay::scaling
