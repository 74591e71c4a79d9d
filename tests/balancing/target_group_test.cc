// The balancer's rules by hand, and each algorithm against a naive one that searches.
#include "balancing/target_group.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/random.h"

namespace skyreplay::balancing {
namespace {

using List = std::vector<std::uint32_t>;

std::uint64_t no_draw() {
  FAIL("this algorithm draws nothing");
  return 0;
}

/// Registered, and in rotation at once.
void join(TargetGroup& group, std::uint32_t target, TimePoint now = {}) {
  group.add(target);
  group.put_in(target, now);
}

List picks(TargetGroup& group, int n) {
  List picked;
  for (int i = 0; i < n; ++i) picked.push_back(group.pick({}, no_draw));
  return picked;
}

TargetGroup group_of(const List& targets, Algorithm algorithm = Algorithm::kRoundRobin) {
  TargetGroup group({.algorithm = algorithm});
  for (const std::uint32_t target : targets) join(group, target);
  return group;
}

TEST_CASE("C58: of two sides the second gets the part of the draws that it shares") {
  TargetGroup group({.sides = 2});
  group.add(7, 0);
  group.add(8, 1);
  group.put_in(7);
  group.put_in(8);
  CHECK(picks(group, 2) == List{7, 7});  // none is drawn for
  group.share(2'500);
  constexpr std::uint64_t kQuarter = std::uint64_t{1} << 62;
  CHECK(group.pick({}, [] { return kQuarter - 1; }) == 8);
  CHECK(group.pick({}, [] { return kQuarter; }) == 7);
  group.share(TargetGroup::kAll);
  CHECK(picks(group, 2) == List{8, 8});
}

TEST_CASE("E103: round robin sends one request to each target in turn, whatever they have") {
  TargetGroup group = group_of({3, 0, 7});
  CHECK(picks(group, 7) == List{3, 0, 7, 3, 0, 7, 3});
  CHECK(group.outstanding(3) == 3);
  group.finished(7);
  CHECK(group.outstanding(7) == 1);
  CHECK(picks(group, 2) == List{0, 7});
}

TEST_CASE(
    "in round robin a new target comes last in the order, and one that leaves loses its turn") {
  TargetGroup group = group_of({0, 1, 2});
  CHECK(picks(group, 1) == List{0});
  join(group, 3);
  CHECK(picks(group, 4) == List{1, 2, 3, 0});
  group.take_out(1);  // whose turn it was
  CHECK(picks(group, 3) == List{2, 3, 0});
  group.remove(3);
  CHECK(picks(group, 3) == List{2, 0, 2});
  group.put_in(1);
  CHECK(picks(group, 3) == List{0, 2, 1});
}

TEST_CASE(
    "E103, E152: the fewest outstanding requests decide; of equals, who has had so many longest") {
  TargetGroup group = group_of({0, 1, 2}, Algorithm::kLeastOutstandingRequests);
  CHECK(picks(group, 4) == List{0, 1, 2, 0});  // now 2, 1, 1
  group.finished(2);
  CHECK(picks(group, 1) == List{2});
  // 2, 1, 1 again, but 1 has had its one request for longer than 2.
  CHECK(picks(group, 2) == List{1, 2});
  group.finished(0);
  group.finished(0);
  CHECK(picks(group, 2) == List{0, 0});
  CHECK(group.outstanding(0) == 2);
}

TEST_CASE("E103: weighted random takes the share of targets that the draw says") {
  // Four targets: each stands for a quarter of the draws' range, in the order they entered.
  TargetGroup group = group_of({5, 6, 7, 8}, Algorithm::kWeightedRandom);
  const auto pick = [&](std::uint64_t draw) { return group.pick({}, [&] { return draw; }); };
  constexpr std::uint64_t kQuarter = std::uint64_t{1} << 62;
  CHECK(pick(0) == 5);
  CHECK(pick(kQuarter - 1) == 5);
  CHECK(pick(kQuarter) == 6);
  CHECK(pick(3 * kQuarter) == 8);
  CHECK(pick(~std::uint64_t{0}) == 8);
  // One that leaves gives its place to the last.
  group.take_out(5);
  CHECK(pick(0) == 8);
}

TEST_CASE(
    "E103: weighted random is uniform, and a request's target depends on its own draw alone") {
  const RandomStream stream(1, "services.web", "target");
  TargetGroup group = group_of({0, 1, 2, 3, 4}, Algorithm::kWeightedRandom);
  constexpr std::uint64_t kRequests = 100'000;
  for (std::uint64_t row = 0; row < kRequests; ++row) group.pick({}, stream.at(row));
  // Binomial: mean 20,000, standard deviation 126; 5 of them to either side.
  for (std::uint32_t target = 0; target < 5; ++target) {
    CHECK(group.outstanding(target) > 20'000 - 632);
    CHECK(group.outstanding(target) < 20'000 + 632);
  }
  TargetGroup backwards = group_of({0, 1, 2, 3, 4}, Algorithm::kWeightedRandom);
  for (std::uint64_t row = kRequests; row-- > 0;) backwards.pick({}, stream.at(row));
  CHECK(backwards.outstanding(3) == group.outstanding(3));
}

TEST_CASE("E121: without a target in rotation a request is turned away at once") {
  for (const Algorithm algorithm :
       {Algorithm::kRoundRobin, Algorithm::kLeastOutstandingRequests, Algorithm::kWeightedRandom}) {
    TargetGroup group({.algorithm = algorithm});
    const auto draw = [] { return std::uint64_t{0}; };
    CHECK(group.pick({}, draw) == kNoTarget);
    join(group, 4);
    CHECK(group.pick({}, draw) == 4);
    group.take_out(4);
    CHECK(group.pick({}, draw) == kNoTarget);
    CHECK(group.registered() == 1);
    CHECK(group.in_rotation() == 0);
  }
}

TEST_CASE("a target out of rotation gets no requests, and those it has count down") {
  for (const Algorithm algorithm :
       {Algorithm::kRoundRobin, Algorithm::kLeastOutstandingRequests, Algorithm::kWeightedRandom}) {
    TargetGroup group = group_of({0, 1}, algorithm);
    const auto draw = [] { return std::uint64_t{0}; };
    while (group.outstanding(0) < 2) group.pick({}, draw);
    group.take_out(0);
    for (int i = 0; i < 10; ++i) CHECK(group.pick({}, draw) == 1);
    group.finished(0);
    CHECK(group.outstanding(0) == 1);
    group.put_in(0);
    group.finished(0);
    CHECK(group.outstanding(0) == 0);
    // A number that is registered anew has nothing outstanding.
    group.remove(1);
    join(group, 1);
    CHECK(group.outstanding(1) == 0);
    CHECK(group.in_rotation() == 2);
  }
}

/// The targets that requests come to, one at each time given, in seconds.
std::vector<std::uint32_t> at_seconds(TargetGroup& group, const std::vector<double>& times) {
  List picked;
  for (const double time : times) {
    picked.push_back(
        group.pick(TimePoint{Duration{static_cast<std::int64_t>(time * 1e9)}}, no_draw));
  }
  return picked;
}

TEST_CASE("E104: in slow start a target's share of the turns is the share of the time it has had") {
  TargetGroup group({.slow_start = std::chrono::seconds(100)});
  join(group, 0);
  join(group, 1, TimePoint{std::chrono::seconds(0)});  // 0 is out of slow start: it was there first
  // At 25 s a turn in four: the sum of 25 s reaches 100 s at the fourth.
  CHECK(at_seconds(group, {25, 25, 25, 25, 25}) == List{0, 0, 0, 0, 1});
  // At 50 s one in two, and from 100 s on each.
  CHECK(at_seconds(group, {50, 50, 50, 50, 50}) == List{0, 0, 1, 0, 0});
  CHECK(at_seconds(group, {100, 100, 100, 100}) == List{1, 0, 1, 0});
}

TEST_CASE("E104: slow start is not for the first of a group, nor for those that come together") {
  TargetGroup group({.slow_start = std::chrono::seconds(100)});
  join(group, 0);
  CHECK(at_seconds(group, {0, 0}) == List{0, 0});
  join(group, 1);
  // Where the last one out of slow start leaves, those in it share all requests.
  join(group, 2);
  group.take_out(0);
  CHECK(at_seconds(group, {1, 1, 1, 1}) == List{1, 2, 1, 2});
}

TEST_CASE("E106: apart, each zone's share of the requests goes to its own targets") {
  TargetGroup group({.nodes = 2});
  for (const std::uint32_t target : {0u, 1u, 2u}) {
    group.add(target, target == 0 ? 0 : 1);
    group.put_in(target);
  }
  const auto pick = [&](std::uint64_t draw) { return group.pick({}, [&] { return draw; }); };
  constexpr std::uint64_t kUpperHalf = std::uint64_t{1} << 63;
  CHECK(pick(0) == 0);
  CHECK(pick(kUpperHalf) == 1);
  CHECK(pick(kUpperHalf) == 2);
  CHECK(pick(1) == 0);
  // E114: a zone without targets turns its share away.
  group.take_out(0);
  CHECK(pick(0) == kNoTarget);
  CHECK(pick(kUpperHalf) == 1);
}

/// What the algorithms are to do, by linear search over the targets in rotation.
struct Naive {
  struct Entry {
    std::uint32_t target = 0;
    std::uint32_t outstanding = 0;
    std::uint64_t since = 0;  ///< since when it has had as many
  };

  explicit Naive(Algorithm of_group) : algorithm(of_group) {}

  std::uint32_t pick(std::uint64_t draw) {
    if (rotation.empty()) return kNoTarget;
    std::size_t which = 0;
    if (algorithm == Algorithm::kRoundRobin) {
      which = turn % rotation.size();
      turn = which + 1;
    } else if (algorithm == Algorithm::kWeightedRandom) {
      which = static_cast<std::size_t>(std::floor(static_cast<double>(draw >> 32) / 0x1p32 *
                                                  static_cast<double>(rotation.size())));
    } else {
      for (std::size_t i = 1; i < rotation.size(); ++i) {
        const auto rank = [&](std::size_t k) {
          return std::pair(rotation[k].outstanding, rotation[k].since);
        };
        if (rank(i) < rank(which)) which = i;
      }
    }
    ++rotation[which].outstanding;
    rotation[which].since = ++clock;
    return rotation[which].target;
  }
  std::size_t position(std::uint32_t target) const {
    std::size_t i = 0;
    while (rotation[i].target != target) ++i;
    return i;
  }
  Entry take_out(std::uint32_t target) {
    const std::size_t i = position(target);
    const Entry entry = rotation[i];
    if (algorithm == Algorithm::kWeightedRandom) {
      rotation[i] = rotation.back();
      rotation.pop_back();
    } else {
      rotation.erase(rotation.begin() + static_cast<std::ptrdiff_t>(i));
      if (turn > i) --turn;
    }
    return entry;
  }
  void put_in(Entry entry) {
    entry.since = ++clock;
    // The turn after the last one's is the first one's, whoever enters behind the last.
    if (!rotation.empty()) turn %= rotation.size();
    rotation.push_back(entry);
  }

  Algorithm algorithm;
  std::vector<Entry> rotation;
  std::size_t turn = 0;
  std::uint64_t clock = 0;
};

void check_against_naive(Algorithm algorithm, std::uint64_t seed) {
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  TargetGroup group({.algorithm = algorithm});
  Naive naive(algorithm);
  std::vector<Naive::Entry> out;
  std::vector<std::uint32_t> sent;
  for (std::uint32_t target = 0; target < 8; ++target) {
    join(group, target);
    naive.put_in({.target = target});
  }
  for (int step = 0; step < 2000; ++step) {
    const std::uint64_t choice = random() % 100;
    if (choice < 48) {
      const std::uint64_t draw = random() >> 32 << 32;
      const std::uint32_t expected = naive.pick(draw);
      REQUIRE(group.pick({}, [&] { return draw; }) == expected);
      if (expected != kNoTarget) sent.push_back(expected);
    } else if (choice < 94) {
      if (sent.empty()) continue;
      std::swap(sent[random() % sent.size()], sent.back());
      const std::uint32_t target = sent.back();
      sent.pop_back();
      group.finished(target);
      const auto outside = std::find_if(out.begin(), out.end(),
                                        [&](const auto& entry) { return entry.target == target; });
      Naive::Entry& entry =
          outside != out.end() ? *outside : naive.rotation[naive.position(target)];
      --entry.outstanding;
      entry.since = ++naive.clock;
      REQUIRE(group.outstanding(target) == entry.outstanding);
    } else if (choice < 97) {
      if (naive.rotation.empty()) continue;
      const std::uint32_t target = naive.rotation[random() % naive.rotation.size()].target;
      group.take_out(target);
      out.push_back(naive.take_out(target));
    } else if (!out.empty()) {
      std::swap(out[random() % out.size()], out.back());
      group.put_in(out.back().target);
      naive.put_in(out.back());
      out.pop_back();
    }
    REQUIRE(group.in_rotation() == naive.rotation.size());
  }
}

TEST_CASE("each algorithm picks what a search over all targets would") {
  for (const Algorithm algorithm :
       {Algorithm::kRoundRobin, Algorithm::kLeastOutstandingRequests, Algorithm::kWeightedRandom}) {
    CAPTURE(static_cast<int>(algorithm));
    for (std::uint64_t seed = 1; seed <= 100; ++seed) check_against_naive(algorithm, seed);
  }
}

}  // namespace
}  // namespace skyreplay::balancing
