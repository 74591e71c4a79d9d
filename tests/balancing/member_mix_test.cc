#include "balancing/member_mix.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace skyreplay::balancing {
namespace {

/// "0110": the kinds of so many launches in turn.
std::string launched(const MemberMix& mix, int count) {
  std::vector<std::uint32_t> members(mix.kinds(), 0);
  std::string kinds;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t kind = mix.next(members);
    ++members[kind];
    kinds += std::to_string(kind);
  }
  return kinds;
}

/// The kinds of those that go in turn.
std::string gone(const MemberMix& mix, std::vector<std::uint32_t> members, int count) {
  std::string kinds;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t kind = mix.first_to_go(members);
    --members[kind];
    kinds += std::to_string(kind);
  }
  return kinds;
}

TEST_CASE("C71: two providers of weight 1 share evenly, of 1 and 4 one task stands beside four") {
  CHECK(launched(MemberMix({{0, 1}, {0, 1}}), 6) == "010101");
  const std::string ten = launched(MemberMix({{0, 1}, {0, 4}}), 10);
  CHECK(std::count(ten.begin(), ten.end(), '0') == 2);
}

TEST_CASE("C71: the base comes first, and only what is above it is split") {
  // Two on FARGATE, then one of four: of ten tasks four, of which two are the base.
  CHECK(launched(MemberMix({{2, 1}, {0, 3}}), 10) == "0010111011");
  CHECK(launched(MemberMix({{0, 1}, {3, 0}}), 5) == "11100");
}

TEST_CASE("C71: a provider of weight 0 gets its base and nothing else") {
  CHECK(launched(MemberMix({{1, 0}, {0, 1}}), 4) == "0111");
}

TEST_CASE("C72: a launch makes good what is missing of its provider's share") {
  const MemberMix mix({{0, 1}, {0, 1}});
  CHECK(mix.next({3, 1}) == 1);
  CHECK(mix.next({3, 3}) == 0);
}

TEST_CASE("C73: who goes keeps the ratio, and the base is the last to go") {
  CHECK(gone(MemberMix({{0, 1}, {0, 1}}), {3, 3}, 4) == "1010");
  const std::string six = gone(MemberMix({{2, 1}, {0, 3}}), {4, 6}, 8);
  CHECK(std::count(six.begin(), six.end(), '0') == 2);
}

}  // namespace
}  // namespace skyreplay::balancing
