// Placement of 50,000 tasks on 5,000 instances, beside a reference that looks at every instance for
// every task: one pass with the counts of zones at hand, no list and no sort.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "ecs/placement.h"

namespace {

using namespace skyreplay::ecs;
using Kind = PlacementStrategy::Kind;

constexpr std::uint32_t kInstances = 5000;
constexpr std::uint32_t kTasks = 50000;
constexpr std::uint32_t kZones = 3;
constexpr Resources kNeeds{512, 1024, 1};

Resources registered(std::uint32_t instance) {
  const std::uint32_t size = 1 + instance % 3;  // of three sizes: 8, 16 and 24 tasks
  return {4096 * size, 8192 * size, 120};
}

TaskGroup group_of(int which) {
  TaskGroup group{.needs = kNeeds};
  if (which == 0) group.strategies = {{Kind::kBinpackMemory, 0}};
  if (which == 2) {
    group.member_of = [](const InstanceFacts& facts) { return facts.attributes[1] == 1; };
  }
  return group;
}

void quick(benchmark::State& state) {
  for (auto _ : state) {
    Placement placement;
    placement.add_group(group_of(static_cast<int>(state.range(0))));
    for (std::uint32_t i = 0; i < kInstances; ++i) {
      placement.add_instance(registered(i), {i % kZones, i % 4 == 0 ? 0U : 1U});
    }
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < kTasks; ++i) sum += placement.place(0).value_or(0);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kTasks);
}

struct Instance {
  Resources left;
  std::vector<std::uint32_t> attributes;
  std::uint32_t tasks = 0;
};

/// Whether a task goes to `a` rather than to `b`.
bool is_better(const TaskGroup& group, const std::vector<std::uint32_t>& zones, const Instance& a,
               const Instance& b) {
  if (!group.strategies.empty()) return a.left.memory_mib < b.left.memory_mib;
  const std::uint32_t of_a = zones[a.attributes[0]];
  const std::uint32_t of_b = zones[b.attributes[0]];
  if (of_a != of_b) return of_a < of_b;
  if (a.attributes[0] != b.attributes[0]) return a.attributes[0] < b.attributes[0];
  return a.tasks < b.tasks;
}

void naive(benchmark::State& state) {
  const TaskGroup group = group_of(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    std::vector<Instance> instances;
    std::vector<std::uint32_t> zones(kZones, 0);
    for (std::uint32_t i = 0; i < kInstances; ++i) {
      instances.push_back({registered(i), {i % kZones, i % 4 == 0 ? 0U : 1U}});
    }
    std::uint64_t sum = 0;
    for (std::uint32_t task = 0; task < kTasks; ++task) {
      std::optional<std::uint32_t> best;
      for (std::uint32_t i = 0; i < kInstances; ++i) {
        const Instance& instance = instances[i];
        if (!instance.left.hold(kNeeds)) continue;
        if (group.member_of && !group.member_of({instance.attributes, instance.tasks})) continue;
        if (!best || is_better(group, zones, instance, instances[*best])) best = i;
      }
      if (!best) continue;
      Instance& chosen = instances[*best];
      chosen.left.cpu_units -= kNeeds.cpu_units;
      chosen.left.memory_mib -= kNeeds.memory_mib;
      chosen.left.interfaces -= kNeeds.interfaces;
      ++chosen.tasks;
      ++zones[chosen.attributes[0]];
      sum += *best;
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kTasks);
}

// 0: binpack on memory, 1: zone spread, 2: zone spread with a memberOf constraint.
BENCHMARK(quick)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(naive)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
