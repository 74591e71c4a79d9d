#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace skyreplay::ecs {

/// What a task reserves, or an instance has (C13, C60).
struct Resources {
  std::uint32_t cpu_units = 0;
  std::uint32_t memory_mib = 0;
  std::uint32_t interfaces = 0;

  bool hold(const Resources& needs) const {
    return cpu_units >= needs.cpu_units && memory_mib >= needs.memory_mib &&
           interfaces >= needs.interfaces;
  }
  Resources& operator+=(const Resources& more) {
    cpu_units += more.cpu_units;
    memory_mib += more.memory_mib;
    interfaces += more.interfaces;
    return *this;
  }
  /// REQUIRES hold(less).
  Resources operator-(const Resources& less) const {
    return {.cpu_units = cpu_units - less.cpu_units,
            .memory_mib = memory_mib - less.memory_mib,
            .interfaces = interfaces - less.interfaces};
  }
  bool operator==(const Resources&) const = default;
};

/// One placement strategy (C62, C63, C64).
struct PlacementStrategy {
  enum class Kind : std::uint8_t {
    kSpreadAttribute,  ///< where the group has the fewest tasks by the value of `attribute`
    kSpreadInstance,   ///< on the instance with the fewest of the group
    kBinpackCpu,       ///< on the one with the least left of it
    kBinpackMemory,
    kRandom
  };
  Kind kind = Kind::kSpreadAttribute;
  std::uint32_t attribute = 0;  ///< its number; 0 is the Availability Zone
};

/// What a placement constraint of the kind memberOf may ask about an instance (C67).
struct InstanceFacts {
  const std::vector<std::uint32_t>& attributes;  ///< values by number
  std::uint32_t running_tasks = 0;
  std::uint32_t pool = 0;  ///< the capacity provider it is of
};

/// Like tasks that are placed alike: those of a service (C68).
struct TaskGroup {
  Resources needs{};
  bool distinct_instance = false;                         ///< C66
  std::function<bool(const InstanceFacts&)> member_of{};  ///< C66, C67; none: every instance is
  std::vector<PlacementStrategy> strategies{};            ///< in their order; none: C61
  /// One task on each active instance that meets the constraints: where it is missing, others leave
  /// it room (C36). REQUIRES distinct_instance.
  bool is_daemon = false;
  /// Whoever places a task says of which pool the instance must be (C71); else any may take it.
  bool asks_for_pool = false;
};

/// Places tasks on container instances.
///
///     all -> enough left, active -> constraints -> strategy after strategy -> one (C60)
///
/// Each strategy leaves the best by it, of which the next leaves the best (C64); what is still open
/// goes to the instance of the lowest number, or under `random` to any, by the caller's draw (C65).
/// Where nothing is said tasks are spread over zones, and in a zone over instances (C61).
///
/// **Pools** Instances are of pools, one for each capacity provider. Where a task must be of one
/// only its instances are asked; what counts for spread and distinct_instance is all of the group,
/// whatever the pool (C62, C71).
///
/// **Method** All tasks of a group that are placed need the same, for a while. So each group keeps
/// the instances that may take one in a tree with a level for each strategy, of each pool, where
/// the best is found going down: by what is left, by tasks of the group, or by value of an
/// attribute with the counts beside it. A change of an instance moves it in each group's tree.
/// **Cost** of a placement or removal O(groups x strategies x (log instances + values)), and a
/// memmove of instances that are alike.
class Placement {
 public:
  /// Returns its number; groups and instances count from 0.
  std::uint32_t add_group(TaskGroup group);
  /// `attributes`: values by number, the zone first. `pool`: the capacity provider that it is of.
  std::uint32_t add_instance(const Resources& registered, std::vector<std::uint32_t> attributes,
                             bool is_active = true, std::uint32_t pool = 0);
  /// What tasks of the group need that are placed from now on. O(instances) where it is another.
  void set_needs(std::uint32_t group, const Resources& needs);
  /// Only those that are active get tasks (C60); what is there stays.
  void set_active(std::uint32_t instance, bool is_active);

  /// Places a task, and returns the instance; nothing where none may take it. `draw` decides what
  /// `random` leaves open. `pool` is 0 of a group that does not ask for one.
  std::optional<std::uint32_t> place(std::uint32_t group, std::uint64_t draw = 0,
                                     std::uint32_t pool = 0);
  /// Where place() would.
  std::optional<std::uint32_t> next_place(std::uint32_t group, std::uint64_t draw = 0,
                                          std::uint32_t pool = 0) const;
  /// A task of the group on the instance is gone. REQUIRES one.
  void remove(std::uint32_t group, std::uint32_t instance) {
    stop(group, instance);
    free(instance, groups_[group].config.needs);
  }
  /// The same in two: it counts no more while it stops, and what it reserves, `held`, is free once
  /// it has (C22).
  void stop(std::uint32_t group, std::uint32_t instance);
  void free(std::uint32_t instance, const Resources& held);
  /// Of which instance a task of the group goes first (C69); nothing where it has none.
  /// O(instances).
  std::optional<std::uint32_t> first_to_go(std::uint32_t group, std::uint64_t draw = 0) const {
    return first_to_go(group, draw, groups_[group].on_instance);
  }
  /// The same, where of each instance's tasks only so many may go.
  std::optional<std::uint32_t> first_to_go(std::uint32_t group, std::uint64_t draw,
                                           const std::vector<std::uint32_t>& may_go) const;

  /// Active instances that meet the group's constraints; whether one of them has none of its tasks.
  /// O(instances).
  std::uint32_t instances_for(std::uint32_t group) const;
  bool is_missing(std::uint32_t group) const;
  /// What all daemons need together.
  Resources needs_of_daemons() const;

  const Resources& left(std::uint32_t instance) const { return instances_[instance].left; }
  std::uint32_t zone(std::uint32_t instance) const { return instances_[instance].attributes[0]; }
  std::uint32_t pool(std::uint32_t instance) const { return instances_[instance].pool; }
  const TaskGroup& group(std::uint32_t number) const { return groups_[number].config; }
  std::uint32_t tasks(std::uint32_t group, std::uint32_t instance) const {
    return groups_[group].on_instance[instance];
  }

 private:
  struct Instance {
    Resources left;
    std::vector<std::uint32_t> attributes;
    std::uint32_t running_tasks = 0;
    bool is_active = true;
    std::uint32_t pool = 0;
  };
  struct Node {
    std::map<std::uint32_t, std::unique_ptr<Node>> children;
    std::vector<std::uint32_t> instances;  ///< of a leaf, ascending
    bool empty() const { return children.empty() && instances.empty(); }
  };
  struct Group {
    TaskGroup config;
    std::vector<Node> roots;                        ///< by pool; one of a group that asks for none
    std::vector<std::vector<std::uint32_t>> paths;  ///< by instance; empty: it may take none
    std::vector<bool> is_candidate;                 ///< by instance
    std::vector<std::uint32_t> on_instance;         ///< tasks
    std::vector<std::vector<std::uint32_t>> on_value;  ///< tasks, by attribute and value
  };

  bool meets(const Group& group, std::uint32_t instance) const;
  Resources with_missing_daemons(Resources needs, std::uint32_t instance) const;
  bool may_take(const Group& group, std::uint32_t instance) const;
  std::uint32_t key(const Group& group, const PlacementStrategy& strategy,
                    std::uint32_t instance) const;
  Node& root_of(Group& group, std::uint32_t instance) const {
    return group.roots[group.config.asks_for_pool ? instances_[instance].pool : 0];
  }
  void grow_roots(Group& group) const;
  void update(Group& group, std::uint32_t instance);
  void erase(Group& group, std::uint32_t instance);
  void insert(Group& group, std::uint32_t instance);
  void count(Group& group, std::uint32_t instance, std::int32_t change);
  std::uint32_t on_value(const Group& group, std::uint32_t attribute, std::uint32_t instance) const;

  std::vector<Instance> instances_;
  std::vector<Group> groups_;
  std::uint32_t pools_ = 1;
};

}  // namespace skyreplay::ecs
