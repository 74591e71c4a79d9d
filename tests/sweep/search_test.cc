#include "sweep/search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace skyreplay::sweep {
namespace {

/// What was asked, and the answer, where everything from `threshold` on meets.
struct Asked {
  std::vector<std::uint64_t> values;
  std::optional<std::uint64_t> answer;
};
Asked search(std::uint64_t first, std::uint64_t last, std::uint64_t threshold) {
  Asked asked;
  asked.answer = smallest(first, last, [&](std::uint64_t n) {
    asked.values.push_back(n);
    return n >= threshold;
  });
  return asked;
}

bool was_asked(const Asked& asked, std::uint64_t n) {
  return std::ranges::count(asked.values, n) == 1;
}

TEST_CASE("the smallest is found, and it and the one below it were asked once") {
  for (std::uint64_t first = 1; first <= 5; ++first) {
    for (std::uint64_t last = first; last <= 70; ++last) {
      for (std::uint64_t threshold = first; threshold <= last; ++threshold) {
        const Asked asked = search(first, last, threshold);
        REQUIRE(asked.answer == threshold);
        REQUIRE(was_asked(asked, threshold));
        REQUIRE((threshold == first || was_asked(asked, threshold - 1)));
        for (const std::uint64_t n : asked.values) REQUIRE((n >= first && n <= last));
      }
    }
  }
}

TEST_CASE("none up to the last is none, and the last was asked") {
  for (std::uint64_t last = 1; last <= 70; ++last) {
    const Asked asked = search(1, last, last + 1);
    CHECK_FALSE(asked.answer.has_value());
    CHECK(was_asked(asked, last));
  }
}

// 1, 2, 4, 8, then 6, 5.
TEST_CASE("doubling comes first, then halving") {
  CHECK(search(1, 1000, 5).values == std::vector<std::uint64_t>{1, 2, 4, 8, 6, 5});
  CHECK(search(1, 6, 6).values == std::vector<std::uint64_t>{1, 2, 4, 6, 5});
  CHECK(search(128, 10'240, 1'769).values.size() <= 2 * 7 + 2);
}

}  // namespace
}  // namespace skyreplay::sweep
