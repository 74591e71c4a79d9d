#include "ecs/placement.h"

#include <algorithm>
#include <tuple>

#include "core/check.h"

namespace skyreplay::ecs {
namespace {

using Kind = PlacementStrategy::Kind;

}  // namespace

std::uint32_t Placement::add_group(TaskGroup config) {
  if (config.strategies.empty()) {  // C61
    config.strategies = {{Kind::kSpreadAttribute, 0}, {Kind::kSpreadInstance, 0}};
  }
  Group& group = groups_.emplace_back();
  group.config = std::move(config);
  group.paths.resize(instances_.size());
  group.is_candidate.resize(instances_.size(), false);
  group.on_instance.resize(instances_.size(), 0);
  grow_roots(group);
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    count(group, i, 0);
    for (Group& each : groups_) {
      if (&each == &group || group.config.is_daemon) update(each, i);
    }
  }
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

std::uint32_t Placement::add_instance(const Resources& registered,
                                      std::vector<std::uint32_t> attributes, bool is_active,
                                      std::uint32_t pool) {
  const auto index = static_cast<std::uint32_t>(instances_.size());
  pools_ = std::max(pools_, pool + 1);
  instances_.push_back({.left = registered,
                        .attributes = std::move(attributes),
                        .running_tasks = 0,
                        .is_active = is_active,
                        .pool = pool});
  for (Group& group : groups_) {
    grow_roots(group);
    group.paths.emplace_back();
    group.is_candidate.push_back(false);
    group.on_instance.push_back(0);
    count(group, index, 0);
  }
  for (Group& group : groups_) update(group, index);
  return index;
}

void Placement::grow_roots(Group& group) const {
  const std::size_t wanted = group.config.asks_for_pool ? pools_ : 1;
  while (group.roots.size() < wanted) group.roots.emplace_back();
}

void Placement::set_needs(std::uint32_t number, const Resources& needs) {
  Group& group = groups_[number];
  if (group.config.needs == needs) return;
  group.config.needs = needs;
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (!group.config.is_daemon) {
      update(group, i);
    } else {
      for (Group& each : groups_) update(each, i);  // which leave it that room
    }
  }
}

void Placement::set_active(std::uint32_t instance, bool is_active) {
  instances_[instance].is_active = is_active;
  for (Group& group : groups_) update(group, instance);
}

// --- Who may take a task, and where it is in the tree

bool Placement::meets(const Group& group, std::uint32_t index) const {
  const Instance& instance = instances_[index];
  return instance.is_active &&
         (!group.config.member_of ||
          group.config.member_of({instance.attributes, instance.running_tasks, instance.pool}));
}

/// C36.
Resources Placement::with_missing_daemons(Resources needs, std::uint32_t index) const {
  for (const Group& group : groups_) {
    const bool is_missing = group.config.is_daemon && group.on_instance[index] == 0;
    if (is_missing && meets(group, index)) needs += group.config.needs;
  }
  return needs;
}

bool Placement::may_take(const Group& group, std::uint32_t index) const {
  if (!meets(group, index)) return false;
  if (group.config.distinct_instance && group.on_instance[index] > 0) return false;
  const Resources& needs = group.config.needs;
  return instances_[index].left.hold(group.config.is_daemon ? needs
                                                            : with_missing_daemons(needs, index));
}

std::uint32_t Placement::instances_for(std::uint32_t number) const {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < instances_.size(); ++i) count += meets(groups_[number], i) ? 1 : 0;
  return count;
}

bool Placement::is_missing(std::uint32_t number) const {
  const Group& group = groups_[number];
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (group.on_instance[i] == 0 && meets(group, i)) return true;
  }
  return false;
}

Resources Placement::needs_of_daemons() const {
  Resources all;
  for (const Group& group : groups_) {
    if (group.config.is_daemon) all += group.config.needs;
  }
  return all;
}

std::uint32_t Placement::key(const Group& group, const PlacementStrategy& strategy,
                             std::uint32_t index) const {
  switch (strategy.kind) {
    case Kind::kSpreadAttribute:
      return instances_[index].attributes[strategy.attribute];
    case Kind::kSpreadInstance:
      return group.on_instance[index];
    case Kind::kBinpackCpu:
      return instances_[index].left.cpu_units;
    case Kind::kBinpackMemory:
      return instances_[index].left.memory_mib;
    default:
      return 0;
  }
}

void Placement::update(Group& group, std::uint32_t index) {
  if (group.is_candidate[index]) erase(group, index);
  group.is_candidate[index] = may_take(group, index);
  if (group.is_candidate[index]) insert(group, index);
}

void Placement::insert(Group& group, std::uint32_t index) {
  std::vector<std::uint32_t>& path = group.paths[index];
  path.clear();
  Node* node = &root_of(group, index);
  for (const PlacementStrategy& strategy : group.config.strategies) {
    path.push_back(key(group, strategy, index));
    std::unique_ptr<Node>& child = node->children[path.back()];
    if (child == nullptr) child = std::make_unique<Node>();
    node = child.get();
  }
  const auto at = std::lower_bound(node->instances.begin(), node->instances.end(), index);
  node->instances.insert(at, index);
}

void Placement::erase(Group& group, std::uint32_t index) {
  const std::vector<std::uint32_t>& path = group.paths[index];
  std::vector<Node*> nodes = {&root_of(group, index)};
  for (const std::uint32_t key : path) nodes.push_back(nodes.back()->children.at(key).get());
  std::vector<std::uint32_t>& alike = nodes.back()->instances;
  alike.erase(std::lower_bound(alike.begin(), alike.end(), index));
  for (std::size_t level = path.size(); level > 0 && nodes[level]->empty(); --level) {
    nodes[level - 1]->children.erase(path[level - 1]);
  }
}

// --- Placing

void Placement::count(Group& group, std::uint32_t index, std::int32_t change) {
  group.on_instance[index] += static_cast<std::uint32_t>(change);
  const std::vector<std::uint32_t>& attributes = instances_[index].attributes;
  if (group.on_value.size() < attributes.size()) group.on_value.resize(attributes.size());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    std::vector<std::uint32_t>& counts = group.on_value[i];
    if (counts.size() <= attributes[i]) counts.resize(attributes[i] + std::size_t{1}, 0);
    counts[attributes[i]] += static_cast<std::uint32_t>(change);
  }
}

std::optional<std::uint32_t> Placement::next_place(std::uint32_t number, std::uint64_t draw,
                                                   std::uint32_t pool) const {
  const Group& group = groups_[number];
  if (pool >= group.roots.size() || group.roots[pool].empty()) return std::nullopt;
  const Node* node = &group.roots[pool];
  bool is_random = false;
  for (const PlacementStrategy& strategy : group.config.strategies) {
    auto best = node->children.begin();
    if (strategy.kind == Kind::kSpreadAttribute) {
      const std::vector<std::uint32_t>& counts = group.on_value[strategy.attribute];
      for (auto it = best; it != node->children.end(); ++it) {
        if (counts[it->first] < counts[best->first]) best = it;
      }
    }
    is_random |= strategy.kind == Kind::kRandom;
    node = best->second.get();
  }
  const std::vector<std::uint32_t>& alike = node->instances;
  return is_random ? alike[draw % alike.size()] : alike.front();
}

std::optional<std::uint32_t> Placement::place(std::uint32_t number, std::uint64_t draw,
                                              std::uint32_t pool) {
  const std::optional<std::uint32_t> found = next_place(number, draw, pool);
  if (!found) return std::nullopt;
  const std::uint32_t index = *found;
  Group& group = groups_[number];
  Instance& instance = instances_[index];
  instance.left.cpu_units -= group.config.needs.cpu_units;
  instance.left.memory_mib -= group.config.needs.memory_mib;
  instance.left.interfaces -= group.config.needs.interfaces;
  ++instance.running_tasks;
  count(group, index, 1);
  for (Group& each : groups_) update(each, index);
  return index;
}

void Placement::stop(std::uint32_t number, std::uint32_t index) {
  Group& group = groups_[number];
  SKY_CHECK(group.on_instance[index] > 0);
  --instances_[index].running_tasks;
  count(group, index, -1);
  for (Group& each : groups_) update(each, index);
}

void Placement::free(std::uint32_t index, const Resources& held) {
  instances_[index].left += held;
  for (Group& each : groups_) update(each, index);
}

std::uint32_t Placement::on_value(const Group& group, std::uint32_t attribute,
                                  std::uint32_t index) const {
  return group.on_value[attribute][instances_[index].attributes[attribute]];
}

/// C69. What the first strategy leaves open goes by the draw, task by task; under the default, to
/// the instance with the most tasks, the first of equals.
std::optional<std::uint32_t> Placement::first_to_go(
    std::uint32_t number, std::uint64_t draw, const std::vector<std::uint32_t>& may_go) const {
  const Group& group = groups_[number];
  const PlacementStrategy& first = group.config.strategies.front();
  const bool spreads_both = group.config.strategies.size() == 2 &&
                            first.kind == Kind::kSpreadAttribute &&
                            group.config.strategies[1].kind == Kind::kSpreadInstance;
  const auto rank = [&](std::uint32_t i) -> std::pair<std::uint32_t, std::uint32_t> {
    switch (first.kind) {
      case Kind::kSpreadAttribute:
        return {on_value(group, first.attribute, i), spreads_both ? group.on_instance[i] : 0};
      case Kind::kRandom:
        return {0, 0};
      default:  // binpack leaves the most that way, spread by instance has the most
        return {key(group, first, i), 0};
    }
  };
  std::optional<std::pair<std::uint32_t, std::uint32_t>> most;
  std::uint64_t tasks = 0;
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (may_go[i] == 0) continue;
    if (!most || rank(i) > *most) {
      most = rank(i);
      tasks = 0;
    }
    if (rank(i) == *most) tasks += may_go[i];
  }
  if (!most) return std::nullopt;
  std::uint64_t at = spreads_both ? 0 : draw % tasks;
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (may_go[i] == 0 || rank(i) != *most) continue;
    if (at < may_go[i]) return i;
    at -= may_go[i];
  }
  return std::nullopt;
}

}  // namespace skyreplay::ecs
