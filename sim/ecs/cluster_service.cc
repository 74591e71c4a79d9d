#include "ecs/cluster_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace skyreplay::ecs {

ClusterService::ClusterService(kernel::Loop& loop, metrics::Recorder& recorder,
                               const FargateServiceConfig& config, const ClusterTasks& tasks,
                               std::uint64_t seed, const balancing::FleetBilling& billing,
                               Cluster& cluster)
    : FargateService(loop, recorder, config, seed, billing),
      loop_(loop),
      cluster_(cluster),
      number_(cluster.add(*this, tasks.group)),
      providers_(tasks.providers),
      has_speed_of_instance_(tasks.has_speed_of_instance),
      is_daemon_(tasks.group.is_daemon),
      rebalances_zones_(config.scheduler.rebalances_zones),
      placement_draws_(seed, config.fleet.name, "placement"),
      scale_in_draws_(seed, config.fleet.name, "scale_in"),
      interfaces_(tasks.group.needs.interfaces),
      waiting_of_kind_(config.fleet.mix.kinds(), 0),
      share_(cluster, number_, billing.meters) {}

// --- Where tasks go

Resources ClusterService::needs_of(const TaskRevision& revision) const {
  return {.cpu_units = revision.cpu_units,
          .memory_mib = revision.reserved_mib,
          .interfaces = interfaces_};
}

balancing::ZoneBalance::Choice ClusterService::choose_place(std::uint32_t kind) {
  RandomEngine draw = placement_draws_.at(placed_);
  const std::optional<std::uint32_t> instance =
      cluster_.place(number_, needs_of(launching()), draw(), pool_of(kind));
  if (!instance) return {};
  ++placed_;
  placed_on_ = *instance;
  return {.zone = cluster_.placement().zone(*instance), .without_capacity = {}};
}

/// C52, C53: where the strategies put the next task anyway, since they spread over zones first.
std::optional<std::uint32_t> ClusterService::choose_lagging_place(std::uint32_t kind) {
  RandomEngine draw = placement_draws_.at(placed_);
  const std::optional<std::uint32_t> instance =
      cluster_.next_place(number_, needs_of(launching()), draw(), pool_of(kind));
  if (!instance || !lags(kind, cluster_.placement().zone(*instance))) return std::nullopt;
  return choose_place(kind).zone;
}

std::vector<std::uint32_t> ClusterService::kinds_that_stay() const {
  std::vector<std::uint32_t> members = FargateService::kinds_that_stay();
  if (members.size() == 1) return members;
  for_each_member([&](std::uint32_t member, const MemberState& task) {
    if (!task.is_draining && scheduler().is_leaving(member)) --members[task.kind];
  });
  return members;
}

/// Of a task whose speed is its instance's.
void ClusterService::configure_server(std::uint32_t member, compute::ServerConfig& server) const {
  FargateService::configure_server(member, server);
  if (has_speed_of_instance_) server.speed *= cluster_.speed(tasks_[member].instance);
}

std::uint32_t ClusterService::waiting_on(std::uint32_t provider) const {
  std::uint32_t tasks = 0;
  for (std::size_t kind = 0; kind < providers_.size(); ++kind) {
    if (providers_[kind] == provider) tasks += waiting_of_kind_[kind];
  }
  return tasks;
}

bool ClusterService::waits_for_room() const {
  return waiting() > 0 || (is_daemon_ && cluster_.placement().is_missing(number_)) ||
         (rebalances_zones_ && !zones_are_even());
}

bool ClusterService::follow_instances() {
  if (!is_daemon_ || instances() == desired()) return false;
  change_desired(instances());
  return true;
}

void ClusterService::member_added(std::uint32_t member) {
  FargateService::member_added(member);
  if (tasks_.size() <= member) tasks_.resize(member + std::size_t{1});
  tasks_[member] = {.instance = placed_on_, .counts = true};
  const std::size_t images = (placed_on_ + std::size_t{1}) * revisions();
  if (image_at_.size() < images) image_at_.resize(images, kEndOfTime);
}

/// Not billed, but by its share; with those that a run begins with the image was pulled long ago.
void ClusterService::bill_from(std::uint32_t member, TimePoint at) {
  if (at < loop_.now()) image_at(tasks_[member].instance, 0) = at;
}

/// C28: what another task of the revision pulls already is waited for.
balancing::Fleet::Launch ClusterService::launch(std::uint32_t ordinal) {
  const Phases takes = phases(ordinal);
  const TimePoint begins = loop_.now() + takes.infrastructure;
  TimePoint& there = image_at(placed_on_, scheduler().launching());
  if (there == kEndOfTime) there = begins + takes.pull;
  const TimePoint pulled = std::max(begins, there);
  return {.billed = takes.infrastructure,
          .in_service = pulled - loop_.now() + takes.container,
          .is_abandoned = takes.never_runs,
          .ready = takes.application};
}

/// C70, in AWS's words.
void ClusterService::tasks_wait(std::uint32_t now) {
  if (now > waiting()) {
    note("placement",
         fmt::format("(service {}) was unable to place a task because no container instance met "
                     "all of its requirements; {} of {} tasks wait",
                     name(), now, desired()));
  }
  set_waiting(now);
  waiting_of_kind_ = kinds_of_next(now);
}

// --- Who goes

std::vector<std::uint32_t> ClusterService::members_on(std::uint32_t instance) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found;  // by ordinal
  for_each_member([&](std::uint32_t member, const MemberState& task) {
    if (tasks_[member].instance == instance) found.emplace_back(task.ordinal, member);
  });
  std::sort(found.begin(), found.end());
  std::vector<std::uint32_t> members;
  for (const auto& [ordinal, member] : found) members.push_back(member);
  return members;
}

/// C73.
std::uint32_t ClusterService::first_to_go(const std::function<bool(std::uint32_t)>& which) {
  if (providers_.size() > 1) {
    const std::optional<std::uint32_t> kind = kind_to_go();
    const std::uint32_t found = kind ? first_of([&](std::uint32_t member) {
      return this->member(member)->kind == *kind && which(member);
    })
                                     : balancing::kNoTarget;
    if (found != balancing::kNoTarget) return found;
  }
  return first_of(which);
}

std::uint32_t ClusterService::first_of(const std::function<bool(std::uint32_t)>& which) {
  std::optional<std::pair<std::uint32_t, std::uint32_t>> latest;  // by ordinal
  std::vector<std::uint32_t> may_go(cluster_.instances());
  for_each_member([&](std::uint32_t member, const MemberState& task) {
    if (!tasks_[member].counts || !which(member)) return;
    ++may_go[tasks_[member].instance];
    if (task.serves_since != kEndOfTime) return;
    latest = std::max(latest, std::optional(std::pair(task.ordinal, member)));
  });
  if (latest) return latest->second;
  RandomEngine draw = scale_in_draws_.at(scaled_in_);
  const std::optional<std::uint32_t> instance = cluster_.first_to_go(number_, may_go, draw());
  if (!instance) return balancing::kNoTarget;
  ++scaled_in_;
  const std::vector<std::uint32_t> there = members_on(*instance);
  return *std::find_if(there.begin(), there.end(), [&](std::uint32_t member) {
    return tasks_[member].counts && which(member);
  });
}

void ClusterService::member_taken_out(std::uint32_t member) {
  FargateService::member_taken_out(member);
  tasks_[member].counts = false;
  cluster_.stop(number_, tasks_[member].instance);
}

void ClusterService::member_gone(std::uint32_t member) {
  FargateService::member_gone(member);
  // It is nowhere from here on: its instance may end with it, and has no task to take along.
  const Task task = std::exchange(tasks_[member], {});
  if (task.counts) cluster_.stop(number_, task.instance);
  cluster_.free(number_, needs_of(revision_of(member)), task.instance);
}

void ClusterService::lose_tasks_on(const std::vector<std::uint32_t>& gone) {
  const bool is_desired_anew = follow_instances();
  std::vector<std::uint32_t> lost;
  for (const std::uint32_t instance : gone) {
    for (const std::uint32_t member : members_on(instance)) lost.push_back(member);
  }
  if (lost.empty() && !is_desired_anew) return;
  std::sort(lost.begin(), lost.end(), [this](std::uint32_t a, std::uint32_t b) {
    return member(a)->ordinal < member(b)->ordinal;
  });
  lose(lost, "its container instance is gone");
}

void ClusterService::leave(std::uint32_t instance) {
  follow_instances();
  std::vector<std::uint32_t> pending;
  for (const std::uint32_t member : members_on(instance)) {
    const MemberState task = *this->member(member);
    if (task.is_draining) continue;
    const bool is_pending = task.serves_since == kEndOfTime && cluster_.drains(instance);
    if (is_pending) pending.push_back(member);
    if (is_daemon_) {
      scheduler().stays(member);
    } else if (!is_pending) {
      scheduler().leaves(member);
    }
  }
  lose(pending, fmt::format("ECS drain of container instance {}", instance));
}

void ClusterService::end(std::uint32_t instance) {
  for (const std::uint32_t member : members_on(instance)) {
    if (this->member(member)->is_draining) continue;
    take_out(member, ": stopped last, as its container instance drains");
  }
}

// --- Money

void ClusterService::read_members(TimePoint until, pricing::Meters& meters) {
  FargateService::read_members(until, meters);
  share_.read(until, meters);
}

}  // namespace skyreplay::ecs
