#include "ecs/container_instances.h"

#include <chrono>

#include "core/check.h"

namespace skyreplay::ecs {
namespace {

constexpr std::uint32_t kAlarms = 2;  // those of managed scaling: high and low
constexpr Duration kLongestDraining = std::chrono::hours{48};  // C88

/// The group is metered for the provider as a whole.
balancing::FleetBilling of_whole(const balancing::FleetBilling& billing, pricing::Meters& whole) {
  return {.catalogue = billing.catalogue,
          .region = billing.region,
          .span = billing.span,
          .has_bytes = false,
          .meters = whole};
}

}  // namespace

ContainerInstances::ContainerInstances(kernel::Loop& loop, metrics::Recorder& recorder,
                                       const ec2::AutoScalingGroupConfig& config,
                                       std::uint64_t seed, const balancing::FleetBilling& billing,
                                       Cluster& cluster, std::uint32_t provider,
                                       const std::optional<ManagedScalingConfig>& managed_scaling)
    : AutoScalingGroup(loop, recorder, config, seed, of_whole(billing, cluster.whole(provider))),
      loop_(loop),
      cluster_(cluster),
      provider_(provider),
      alarms_(billing.span) {
  cluster.consist_of(provider, *this);
  pricing::Meters& whole = cluster.whole(provider);
  if (managed_scaling) {  // E102
    alarms_.add(
        whole.add_item(billing.catalogue.tariff("cloudwatch.alarm_standard", billing.region)),
        kAlarms);
    managed_scaling_.emplace(loop, *this, cluster, provider, *managed_scaling);
  }
  for (std::uint32_t item = 0; item < whole.size(); ++item) {
    billing.meters.add_item(whole.tariff(item));
  }
}

void ContainerInstances::read_whole(TimePoint until) {
  AutoScalingGroup::read_members(until, cluster_.whole(provider_));
  alarms_.read(until, cluster_.whole(provider_));
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
  row.reservation = cluster_.take_reservation(provider_, window.end);
}

/// Where the tasks are gone before it waits at all, it does not.
void ContainerInstances::end_draining(std::uint32_t ordinal) {
  const std::uint32_t member = member_of_[ordinal];
  const MemberState state = *this->member(member);
  if (state.is_draining && !state.has_server) end_wait(member);
}

Duration ContainerInstances::termination_wait(std::uint32_t ordinal) const {
  const std::uint32_t instance = instance_of_[ordinal];
  const bool drains = cluster_.drains(instance) && cluster_.has_tasks(instance);
  return drains ? kLongestDraining : AutoScalingGroup::termination_wait(ordinal);
}

void ContainerInstances::bill_from(std::uint32_t member, TimePoint at) {
  AutoScalingGroup::bill_from(member, at);
  cluster_.bill(provider_, true);
}

void ContainerInstances::bill_until(std::uint32_t member, TimePoint at) {
  AutoScalingGroup::bill_until(member, at);
  cluster_.bill(provider_, false);
}

void ContainerInstances::read_members(TimePoint until, pricing::Meters& meters) {
  for (std::uint32_t item = 0; item < meters.size(); ++item) {
    meters.advance_to(item, cluster_.part(provider_, std::nullopt, item, until));
  }
}

void ContainerInstances::member_added(std::uint32_t member) {
  const MemberState state = *this->member(member);
  SKY_CHECK(state.ordinal == member_of_.size());
  member_of_.push_back(member);
  instance_of_.push_back(cluster_.launched(provider_, state.zone, state.ordinal));
}

void ContainerInstances::member_in_service(std::uint32_t member) {
  AutoScalingGroup::member_in_service(member);
  cluster_.active(instance(member));
}

void ContainerInstances::member_taken_out(std::uint32_t member) {
  AutoScalingGroup::member_taken_out(member);
  cluster_.draining(instance(member));
}

/// All of them take their tasks along before any task is replaced.
void ContainerInstances::members_lost(const std::vector<std::uint32_t>& members) {
  std::vector<std::uint32_t> instances;
  for (const std::uint32_t member : members) instances.push_back(instance(member));
  cluster_.gone(instances);
}

void ContainerInstances::member_gone(std::uint32_t member) { cluster_.gone({instance(member)}); }

}  // namespace skyreplay::ecs
