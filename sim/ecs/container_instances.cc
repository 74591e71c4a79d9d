#include "ecs/container_instances.h"

#include <chrono>

#include "core/check.h"

namespace skyreplay::ecs {
namespace {

constexpr std::uint32_t kAlarms = 2;  // those of managed scaling: high and low
constexpr Duration kLongestDraining = std::chrono::hours{48};  // C88

/// The group is metered for the cluster as a whole.
balancing::FleetBilling of_whole(const balancing::FleetBilling& billing, Cluster& cluster) {
  return {.catalogue = billing.catalogue,
          .region = billing.region,
          .span = billing.span,
          .has_bytes = false,
          .meters = cluster.whole()};
}

}  // namespace

ContainerInstances::ContainerInstances(kernel::Loop& loop, metrics::Recorder& recorder,
                                       const ec2::AutoScalingGroupConfig& config,
                                       std::uint64_t seed, const balancing::FleetBilling& billing,
                                       Cluster& cluster,
                                       const std::optional<ManagedScalingConfig>& managed_scaling)
    : AutoScalingGroup(loop, recorder, config, seed, of_whole(billing, cluster)),
      loop_(loop),
      cluster_(cluster),
      alarms_(billing.span) {
  cluster.consist_of(*this);
  if (managed_scaling) {  // E102
    alarms_.add(cluster.whole().add_item(
                    billing.catalogue.tariff("cloudwatch.alarm_standard", billing.region)),
                kAlarms);
    managed_scaling_.emplace(loop, *this, cluster, *managed_scaling);
  }
  for (std::uint32_t item = 0; item < cluster.whole().size(); ++item) {
    billing.meters.add_item(cluster.whole().tariff(item));
  }
}

void ContainerInstances::read_whole(TimePoint until) {
  AutoScalingGroup::read_members(until, cluster_.whole());
  alarms_.read(until, cluster_.whole());
}

bool ContainerInstances::is_warming(Duration warmup) const {
  bool found = false;
  for_each_member([&](std::uint32_t, const MemberState& instance) {
    if (instance.is_draining) return;
    const bool is_launched = instance.serves_since == kEndOfTime;
    found |= is_launched || loop_.now() - instance.serves_since < warmup;
  });
  return found;
}

void ContainerInstances::complete(std::uint32_t unit, const metrics::Window& window,
                                  metrics::WindowRow& row) {
  AutoScalingGroup::complete(unit, window, row);
  row.reservation = cluster_.take_reservation(window.end);
}

/// Where the tasks are gone before it waits at all, it does not.
void ContainerInstances::end_draining(std::uint32_t instance) {
  const std::uint32_t member = member_of_[instance];
  const MemberState state = *this->member(member);
  if (state.is_draining && !state.has_server) end_wait(member);
}

Duration ContainerInstances::termination_wait(std::uint32_t ordinal) const {
  const bool drains = cluster_.config().drains && cluster_.has_tasks(ordinal);
  return drains ? kLongestDraining : AutoScalingGroup::termination_wait(ordinal);
}

void ContainerInstances::bill_from(std::uint32_t member, TimePoint at) {
  AutoScalingGroup::bill_from(member, at);
  cluster_.bill(true);
}

void ContainerInstances::bill_until(std::uint32_t member, TimePoint at) {
  AutoScalingGroup::bill_until(member, at);
  cluster_.bill(false);
}

void ContainerInstances::read_members(TimePoint until, pricing::Meters& meters) {
  for (std::uint32_t item = 0; item < meters.size(); ++item) {
    meters.advance_to(item, cluster_.part(std::nullopt, item, until));
  }
}

void ContainerInstances::member_added(std::uint32_t member) {
  const MemberState state = *this->member(member);
  SKY_CHECK(state.ordinal == cluster_.instances());
  cluster_.launched(state.zone);
  member_of_.push_back(member);
}

void ContainerInstances::member_in_service(std::uint32_t member) {
  AutoScalingGroup::member_in_service(member);
  cluster_.active(ordinal(member));
}

void ContainerInstances::member_taken_out(std::uint32_t member) {
  AutoScalingGroup::member_taken_out(member);
  cluster_.draining(ordinal(member));
}

/// All of them take their tasks along before any task is replaced.
void ContainerInstances::members_lost(const std::vector<std::uint32_t>& members) {
  std::vector<std::uint32_t> instances;
  for (const std::uint32_t member : members) instances.push_back(ordinal(member));
  cluster_.gone(instances);
}

void ContainerInstances::member_gone(std::uint32_t member) { cluster_.gone({ordinal(member)}); }

}  // namespace skyreplay::ecs
