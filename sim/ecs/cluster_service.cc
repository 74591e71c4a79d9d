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
      number_(cluster.add(*this, tasks.group, tasks.on_provider)),
      placement_draws_(seed, config.fleet.name, "placement"),
      scale_in_draws_(seed, config.fleet.name, "scale_in"),
      first_item_(billing.meters.size()) {
  for (std::uint32_t item = 0; item < cluster.whole().size(); ++item) {
    billing.meters.add_item(cluster.whole().tariff(item));
  }
}

// --- Where tasks go

balancing::ZoneBalance::Choice ClusterService::choose_place(std::uint32_t) {
  RandomEngine draw = placement_draws_.at(placed_);
  const std::optional<std::uint32_t> instance = cluster_.place(number_, draw());
  if (!instance) return {};
  ++placed_;
  placed_on_ = *instance;
  return {.zone = cluster_.placement().zone(*instance), .without_capacity = {}};
}

void ClusterService::member_added(std::uint32_t member) {
  FargateService::member_added(member);
  if (tasks_.size() <= member) tasks_.resize(member + std::size_t{1});
  tasks_[member] = {.instance = placed_on_, .counts = true};
  if (image_at_.size() <= placed_on_) image_at_.resize(placed_on_ + std::size_t{1}, kEndOfTime);
}

/// Not billed, but by its share; with those that a run begins with the image was pulled long ago.
void ClusterService::bill_from(std::uint32_t member, TimePoint at) {
  if (at < loop_.now()) image_at_[tasks_[member].instance] = at;
}

/// C28: what another task of the service pulls already is waited for.
balancing::Fleet::Launch ClusterService::launch(std::uint32_t ordinal) {
  const Phases takes = phases(ordinal);
  const TimePoint begins = loop_.now() + takes.infrastructure;
  TimePoint& image_at = image_at_[placed_on_];
  if (image_at == kEndOfTime) image_at = begins + takes.pull;
  const TimePoint pulled = std::max(begins, image_at);
  return {.billed = takes.infrastructure,
          .in_service = pulled - loop_.now() + takes.container,
          .ready = takes.application};
}

/// C70, in AWS's words.
void ClusterService::launches_failed(std::size_t failed, const std::vector<std::string>&) {
  const auto now = static_cast<std::uint32_t>(failed);
  if (now > waiting()) {
    note("placement",
         fmt::format("(service {}) was unable to place a task because no container instance met "
                     "all of its requirements; {} of {} tasks wait",
                     name(), now, desired()));
  }
  set_waiting(now);
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

std::uint32_t ClusterService::next_to_go() {
  std::optional<std::pair<std::uint32_t, std::uint32_t>> latest;  // by ordinal
  for_each_member([&](std::uint32_t member, const MemberState& task) {
    if (task.serves_since != kEndOfTime) return;
    latest = std::max(latest, std::optional(std::pair(task.ordinal, member)));
  });
  if (latest) return latest->second;
  RandomEngine draw = scale_in_draws_.at(scaled_in_);
  const std::optional<std::uint32_t> instance = cluster_.first_to_go(number_, draw());
  if (!instance) return balancing::kNoTarget;
  ++scaled_in_;
  for (const std::uint32_t member : members_on(*instance)) {
    if (tasks_[member].counts) return member;
  }
  return balancing::kNoTarget;
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
  cluster_.free(number_, task.instance);
}

void ClusterService::lose_tasks_on(const std::vector<std::uint32_t>& instances) {
  std::vector<std::uint32_t> lost;
  for (const std::uint32_t instance : instances) {
    for (const std::uint32_t member : members_on(instance)) lost.push_back(member);
  }
  if (lost.empty()) return;
  std::sort(lost.begin(), lost.end(), [this](std::uint32_t a, std::uint32_t b) {
    return member(a)->ordinal < member(b)->ordinal;
  });
  lose(lost, "its container instance is gone");
}

void ClusterService::leave(std::uint32_t instance) {
  std::vector<std::uint32_t> pending;
  std::vector<std::uint32_t> running;
  for (const std::uint32_t member : members_on(instance)) {
    const MemberState task = *this->member(member);
    if (task.is_draining) continue;
    (task.serves_since == kEndOfTime ? pending : running).push_back(member);
  }
  const std::string why = fmt::format("ECS drain of container instance {}", instance);
  if (!pending.empty()) lose(pending, why);
  const std::uint32_t most = 2 * desired();  // C37: maximumPercent 200
  for (const std::uint32_t member : running) replace(member, most, why);
}

// --- Money

void ClusterService::read_members(TimePoint until, pricing::Meters& meters) {
  FargateService::read_members(until, meters);
  for (std::uint32_t item = 0; item < cluster_.whole().size(); ++item) {
    meters.advance_to(first_item_ + item, cluster_.part(number_, item, until));
  }
}

}  // namespace skyreplay::ecs
