#include "balancing/target_group.h"

#include <doctest/doctest.h>

#include <vector>

namespace skyreplay::balancing {
namespace {

std::uint64_t no_draw() {
  FAIL("this algorithm draws nothing");
  return 0;
}

std::vector<std::uint32_t> picks(TargetGroup& group, int n) {
  std::vector<std::uint32_t> picked;
  for (int i = 0; i < n; ++i) picked.push_back(group.pick(no_draw).value());
  return picked;
}

using List = std::vector<std::uint32_t>;

TEST_CASE("E103: round robin sends one request to each target in turn, whatever they have") {
  TargetGroup group;
  for (const std::uint32_t target : {3u, 0u, 7u}) group.add(target);
  CHECK(picks(group, 7) == List{3, 0, 7, 3, 0, 7, 3});
  CHECK(group.outstanding(3) == 3);
  group.finished(7);
  CHECK(picks(group, 2) == List{0, 7});
}

TEST_CASE("E152: a request goes to the target with the fewest outstanding ones") {
  TargetGroup group(Algorithm::kLeastOutstandingRequests);
  for (const std::uint32_t target : {0u, 1u, 2u}) group.add(target);
  CHECK(picks(group, 4) == List{0, 1, 2, 0});
  group.finished(2);
  CHECK(picks(group, 1) == List{2});
}

TEST_CASE("E121: without a target in rotation there is nowhere to wait") {
  TargetGroup group;
  CHECK_FALSE(group.pick(no_draw).has_value());
}

}  // namespace
}  // namespace skyreplay::balancing
