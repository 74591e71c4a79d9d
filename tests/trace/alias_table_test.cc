#include "trace/alias_table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/random.h"

namespace skyreplay::trace {
namespace {

/// How often each index comes up when every one of 2^20 evenly spaced draws is made once: the
/// table's own probabilities, without chance.
std::vector<double> shares(const AliasTable& table, std::size_t indices) {
  constexpr std::uint64_t kDraws = 1 << 20;
  std::vector<double> result(indices);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    result.at(table.pick((i << 44) + (1ULL << 43))) += 1.0 / kDraws;
  }
  return result;
}

TEST_CASE("an index comes up in proportion to its weight") {
  const std::vector<double> got = shares(AliasTable({1, 2, 3, 4}), 4);
  // A cell's threshold falls on one draw of 2^20, so each of four cells may be off by one.
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(std::abs(got[i] - static_cast<double>(i + 1) / 10) <= 4.0 / (1 << 20));
  }
}

TEST_CASE("an index of weight 0 never comes up") {
  const std::vector<double> got = shares(AliasTable({0, 5, 0, 0, 5}), 5);
  CHECK(got[0] + got[2] + got[3] == 0);
  CHECK(got[1] == doctest::Approx(0.5).epsilon(1e-5));
}

TEST_CASE("one weight, and equal weights, need no other cell") {
  const AliasTable one({0.001});
  CHECK(one.pick(0) == 0);
  CHECK(one.pick(~0ULL) == 0);
  const AliasTable alike(std::vector<double>(3, 7.5));
  CHECK(alike.pick(0) == 0);
  CHECK(alike.pick(~0ULL / 2) == 1);
  CHECK(alike.pick(~0ULL) == 2);
}

TEST_CASE("weights twelve orders of magnitude apart leave the large ones their share") {
  const std::vector<double> got = shares(AliasTable({1e-9, 750, 250}), 3);
  CHECK(got[0] == 0);
  CHECK(got[1] == doctest::Approx(0.75).epsilon(1e-5));
}

TEST_CASE("random draws over a Zipf law of 1,000 indices pass a chi-square test") {
  std::vector<double> weights;
  double total = 0;
  for (int i = 1; i <= 1000; ++i) {
    weights.push_back(1.0 / i);
    total += weights.back();
  }
  constexpr int kDraws = 1'000'000;
  const AliasTable table(weights);
  std::vector<int> counts(weights.size());
  RandomEngine random = RandomStream(7, "alias", "test").at(0);
  for (int i = 0; i < kDraws; ++i) ++counts[table.pick(random())];
  double chi_square = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double expected = kDraws * weights[i] / total;
    chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  // 999 degrees of freedom: 99.9 % of the law lies within 999 ± 3.29 * sqrt(2 * 999).
  CHECK(std::abs(chi_square - 999) < 3.29 * std::sqrt(2.0 * 999));
}

}  // namespace
}  // namespace skyreplay::trace
