#include "trace/arrival_law.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;

std::vector<Duration> offsets(ArrivalLaw law, Duration period, std::uint64_t count,
                              std::uint64_t seed = 1, std::size_t* largest_piece = nullptr) {
  SortedOffsets source(law, period, RandomStream(seed, "series", "arrival"));
  source.start(7, count);
  std::vector<Duration> all;
  for (const auto* piece = &source.next(); !piece->empty(); piece = &source.next()) {
    all.insert(all.end(), piece->begin(), piece->end());
    if (largest_piece != nullptr) *largest_piece = std::max(*largest_piece, piece->size());
  }
  return all;
}

TEST_CASE("every law keeps the count, the order and the period") {
  for (const ArrivalLaw law :
       {ArrivalLaw::kUniform, ArrivalLaw::kEquidistant, ArrivalLaw::kStart}) {
    for (const std::uint64_t count : {0u, 1u, 2u, 1000u, 65'536u, 65'537u, 400'000u}) {
      const auto all = offsets(law, 60s, count);
      CHECK(all.size() == count);
      CHECK(std::is_sorted(all.begin(), all.end()));
      if (count > 0) CHECK(all.front() >= 0ns);
      if (count > 0) CHECK(all.back() < 60s);
    }
  }
}

TEST_CASE("equidistant calls lie in the middle of equal parts") {
  CHECK(offsets(ArrivalLaw::kEquidistant, 60s, 3) == std::vector<Duration>{10s, 30s, 50s});
  CHECK(offsets(ArrivalLaw::kEquidistant, 1s, 1) == std::vector<Duration>{500ms});
  CHECK(equidistant(2, 4, 0, 1min) == 30s);
}

TEST_CASE("under start every call is at the first instant") {
  CHECK(offsets(ArrivalLaw::kStart, 60s, 3) == std::vector<Duration>{0s, 0s, 0s});
}

TEST_CASE("a large count comes in pieces of at most 65,536 that together are still uniform") {
  std::size_t largest = 0;
  constexpr std::uint64_t kCount = 1'000'000;
  const auto all = offsets(ArrivalLaw::kUniform, 1s, kCount, 3, &largest);
  CHECK(all.size() == kCount);
  CHECK(largest <= 65'536);
  // Kolmogorov's statistic: beyond 1.95 / sqrt(n) with a chance of 0.1 %.
  double distance = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double expected = static_cast<double>(all[i].count()) / 1e9;
    distance = std::max(distance, std::abs(expected - static_cast<double>(i) / kCount));
  }
  CHECK(distance < 1.95 / std::sqrt(static_cast<double>(kCount)));
}

TEST_CASE("halves of a large count vary as a binomial's") {
  // 200 periods of 100,000 calls: the first half's count has variance n/4 = 25,000; the estimate of
  // 200 such has a relative error of sqrt(2/199) = 0.1, so 0.67..1.33 is 3.3 errors.
  double squares = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto all = offsets(ArrivalLaw::kUniform, 1s, 100'000, seed);
    const auto half = std::lower_bound(all.begin(), all.end(), Duration{500ms}) - all.begin();
    squares += std::pow(static_cast<double>(half) - 50'000, 2);
  }
  CHECK(squares / 200 / 25'000 > 0.67);
  CHECK(squares / 200 / 25'000 < 1.33);
}

TEST_CASE("a period's calls do not depend on the periods before it") {
  SortedOffsets source(ArrivalLaw::kUniform, 1s, RandomStream(1, "series", "arrival"));
  source.start(3, 10);
  source.next();
  source.start(7, 5);
  CHECK(source.next() == offsets(ArrivalLaw::kUniform, 1s, 5));
}

TEST_CASE("'poisson' is another spelling of 'uniform'") {
  ArrivalLaw law = ArrivalLaw::kStart;
  CHECK(parse_arrival_law("poisson", law));
  CHECK(to_string(law) == "uniform");
  CHECK_FALSE(parse_arrival_law("Uniform", law));
}

}  // namespace
}  // namespace skyreplay::trace
