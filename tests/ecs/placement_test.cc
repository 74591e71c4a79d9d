#include "ecs/placement.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "core/random.h"

namespace skyreplay::ecs {
namespace {

using Kind = PlacementStrategy::Kind;

constexpr PlacementStrategy kZones{Kind::kSpreadAttribute, 0};
constexpr PlacementStrategy kInstances{Kind::kSpreadInstance, 0};
constexpr PlacementStrategy kMemory{Kind::kBinpackMemory, 0};
constexpr PlacementStrategy kCpu{Kind::kBinpackCpu, 0};
constexpr PlacementStrategy kAny{Kind::kRandom, 0};

/// The same by scans over everything, from the rules.
class Naive {
 public:
  struct Instance {
    Resources left;
    std::vector<std::uint32_t> attributes;
    bool is_active = true;
    std::vector<std::uint32_t> tasks;  ///< by group
  };
  std::vector<TaskGroup> groups;
  std::vector<Instance> instances;

  std::optional<std::uint32_t> place(std::uint32_t group, std::uint64_t draw) {
    std::vector<std::uint32_t> left = candidates(group);
    std::vector<PlacementStrategy> strategies = groups[group].strategies;
    if (strategies.empty()) strategies = {kZones, kInstances};
    bool is_random = false;
    for (const PlacementStrategy& strategy : strategies) {
      std::uint64_t least = UINT64_MAX;
      for (const std::uint32_t i : left) least = std::min(least, rank(group, strategy, i));
      std::erase_if(left, [&](std::uint32_t i) { return rank(group, strategy, i) != least; });
      // Of values with as few tasks the first.
      if (strategy.kind == Kind::kSpreadAttribute && !left.empty()) {
        std::uint32_t value = UINT32_MAX;
        for (const std::uint32_t i : left) value = std::min(value, at(strategy, i));
        std::erase_if(left, [&](std::uint32_t i) { return at(strategy, i) != value; });
      }
      is_random |= strategy.kind == Kind::kRandom;
    }
    if (left.empty()) return std::nullopt;
    const std::uint32_t chosen = left[is_random ? draw % left.size() : 0];
    change(group, chosen, 1);
    return chosen;
  }

  void change(std::uint32_t group, std::uint32_t i, int by) {
    const Resources& needs = groups[group].needs;
    instances[i].left.cpu_units -= static_cast<std::uint32_t>(by) * needs.cpu_units;
    instances[i].left.memory_mib -= static_cast<std::uint32_t>(by) * needs.memory_mib;
    instances[i].left.interfaces -= static_cast<std::uint32_t>(by) * needs.interfaces;
    instances[i].tasks[group] += static_cast<std::uint32_t>(by);
  }

 private:
  std::uint32_t at(const PlacementStrategy& strategy, std::uint32_t i) const {
    return instances[i].attributes[strategy.attribute];
  }

  std::vector<std::uint32_t> candidates(std::uint32_t group) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < instances.size(); ++i) {
      const Instance& instance = instances[i];
      std::uint32_t running = 0;
      for (const std::uint32_t tasks : instance.tasks) running += tasks;
      const TaskGroup& config = groups[group];
      const bool is_one = config.distinct_instance && instance.tasks[group] > 0;
      const bool is_member = !config.member_of || config.member_of({instance.attributes, running});
      if (instance.is_active && instance.left.hold(config.needs) && !is_one && is_member) {
        found.push_back(i);
      }
    }
    return found;
  }

  std::uint64_t rank(std::uint32_t group, const PlacementStrategy& strategy,
                     std::uint32_t i) const {
    switch (strategy.kind) {
      case Kind::kSpreadAttribute: {
        if (counts_.size() <= i) counts_.resize(instances.size());
        std::uint64_t count = 0;
        for (const Instance& other : instances) {
          const bool same = other.attributes[strategy.attribute] == at(strategy, i);
          count += same ? other.tasks[group] : 0;
        }
        return count;
      }
      case Kind::kSpreadInstance:
        return instances[i].tasks[group];
      case Kind::kBinpackCpu:
        return instances[i].left.cpu_units;
      case Kind::kBinpackMemory:
        return instances[i].left.memory_mib;
      default:
        return 0;
    }
  }

  mutable std::vector<std::uint64_t> counts_;
};

struct Both {
  Placement quick;
  Naive naive;

  void group(const TaskGroup& config) {
    quick.add_group(config);
    naive.groups.push_back(config);
    for (auto& instance : naive.instances) instance.tasks.push_back(0);
  }
  void instance(const Resources& resources, const std::vector<std::uint32_t>& attributes) {
    quick.add_instance(resources, attributes);
    naive.instances.push_back(
        {resources, attributes, true, std::vector<std::uint32_t>(naive.groups.size(), 0)});
  }
};

Both random_cluster(RandomEngine& draw) {
  Both both;
  const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(draw() % n); };
  const std::vector<std::vector<PlacementStrategy>> strategies = {
      {},
      {kZones},
      {kZones, kMemory},
      {kMemory},
      {kCpu, kZones},
      {kInstances},
      {kAny},
      {{Kind::kSpreadAttribute, 1}, kZones, kCpu},
      {kMemory, kAny}};
  for (std::uint32_t i = below(3) + 1; i > 0; --i) {
    TaskGroup group;
    group.needs = {.cpu_units = 128 * (1 + below(4)),
                   .memory_mib = 256 * (1 + below(4)),
                   .interfaces = below(2)};
    group.distinct_instance = below(4) == 0;
    if (below(3) == 0) {
      group.member_of = [limit = 1 + below(4)](const InstanceFacts& facts) {
        return facts.attributes[1] == 0 || facts.running_tasks < limit;
      };
    }
    group.strategies = strategies[below(strategies.size())];
    both.group(group);
  }
  for (std::uint32_t i = below(9) + 1; i > 0; --i) {
    both.instance({.cpu_units = 512 * (1 + below(4)),
                   .memory_mib = 1024 * (1 + below(4)),
                   .interfaces = 1 + below(9)},
                  {below(3), below(2)});
  }
  return both;
}

TEST_CASE("C60 to C68: on random small clusters every placement is that of the naive one") {
  for (std::uint64_t number = 0; number < 2000; ++number) {
    RandomEngine draw = RandomStream(7, "placement", "test").at(number);
    Both both = random_cluster(draw);
    for (int step = 0; step < 60; ++step) {
      const auto group = static_cast<std::uint32_t>(draw() % both.naive.groups.size());
      const auto instance = static_cast<std::uint32_t>(draw() % both.naive.instances.size());
      const std::uint64_t chance = draw() % 10;
      if (chance == 0) {
        both.quick.set_active(instance, step % 2 == 0);
        both.naive.instances[instance].is_active = step % 2 == 0;
      } else if (chance < 4 && both.quick.tasks(group, instance) > 0) {
        both.quick.remove(group, instance);
        both.naive.change(group, instance, -1);
      } else {
        const std::uint64_t tie = draw();
        REQUIRE(both.quick.place(group, tie) == both.naive.place(group, tie));
      }
    }
  }
}

Placement cluster(const TaskGroup& group, const std::vector<std::uint32_t>& zones,
                  const Resources& each = {4096, 8192, 8}) {
  Placement placement;
  placement.add_group(group);
  for (const std::uint32_t zone : zones) placement.add_instance(each, {zone});
  return placement;
}

std::string placed(Placement& placement, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto instance = placement.place(0);
    text += instance ? std::to_string(*instance) : "-";
  }
  return text;
}

const Resources kNeeds{1024, 2048, 1};

TEST_CASE("C61: unless told, tasks are spread over zones and in a zone over instances") {
  Placement placement = cluster({.needs = kNeeds}, {0, 0, 1, 2});
  CHECK(placed(placement, 8) == "02312302");
}

TEST_CASE("C63: binpack fills one instance before the next") {
  Placement placement = cluster({.needs = kNeeds, .strategies = {kMemory}}, {0, 1, 2});
  CHECK(placed(placement, 9) == "000011112");
}

TEST_CASE("C64: zones first, then the fullest instance of the zone") {
  Placement placement = cluster({.needs = kNeeds, .strategies = {kZones, kCpu}}, {0, 0, 1, 1});
  CHECK(placed(placement, 10) == "0202020213");
}

TEST_CASE("C65: where the emptiest zone has no room, another is used") {
  Placement placement = cluster({.needs = kNeeds}, {0, 1}, {2048, 8192, 8});
  placement.set_active(1, false);
  CHECK(placed(placement, 3) == "00-");
}

TEST_CASE("C66: of a group with distinctInstance an instance has one") {
  Placement placement = cluster({.needs = kNeeds, .distinct_instance = true}, {0, 0, 1});
  CHECK(placed(placement, 4) == "021-");
}

TEST_CASE("C13, C60: tasks with an interface of their own stop where there are no more") {
  Placement placement =
      cluster({.needs = kNeeds, .strategies = {kMemory}}, {0, 0}, {9999, 99999, 3});
  CHECK(placed(placement, 7) == "000111-");
}

TEST_CASE("C62, C71: who asks for a pool gets its instances, and counts tasks on all") {
  Placement placement;
  const Resources room{.cpu_units = 2048, .memory_mib = 2000};
  for (const std::uint32_t pool : {0U, 1U, 1U}) {
    placement.add_instance(room, {0}, true, pool);
  }
  const std::uint32_t asks =
      placement.add_group({.needs = {.cpu_units = 1024, .memory_mib = 100}, .asks_for_pool = true});
  const std::uint32_t any = placement.add_group({.needs = {.cpu_units = 1024, .memory_mib = 100}});
  CHECK(placement.place(asks, 0, 1) == 1);
  CHECK(placement.place(asks, 0, 1) == 2);
  CHECK(placement.place(asks, 0, 0) == 0);
  CHECK(placement.place(asks, 0, 0) == 0);
  CHECK(!placement.next_place(asks, 0, 0));  // full, whatever room the other pool has
  CHECK(!placement.next_place(asks, 0, 2));  // has no instances
  CHECK(placement.place(any) == 1);
  CHECK(placement.pool(2) == 1);
}

TEST_CASE("C69: binpack takes from where the most is left, spread from the fullest zone") {
  Placement packed = cluster({.needs = kNeeds, .strategies = {kMemory}}, {0, 1, 2});
  placed(packed, 6);
  CHECK(packed.first_to_go(0) == 1);
  Placement spread = cluster({.needs = kNeeds, .strategies = {kZones}}, {0, 1, 2});
  placed(spread, 4);
  CHECK(spread.first_to_go(0) == 0);
  Placement usual = cluster({.needs = kNeeds}, {0, 0, 1});
  placed(usual, 5);  // 0 2 1 2 0: two each in instance 0 and 2, one in 1; zone 0 has three
  CHECK(usual.first_to_go(0) == 0);
  Placement none = cluster({.needs = kNeeds}, {0});
  CHECK_FALSE(none.first_to_go(0).has_value());
}

}  // namespace
}  // namespace skyreplay::ecs
