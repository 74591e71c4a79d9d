#include "reference/model/provisioned_scaling.h"

#include <algorithm>

namespace skyreplay::reference {

bool is_scaled(const Service& service) {
  return service.platform == Service::Platform::kFunction &&
         !(service.fleet.policies.empty() && service.fleet.scheduled.empty());
}

UseSum sum_of(const std::vector<UseStep>& steps, Time from, Time to) {
  UseSum sum;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const UseStep& step = steps[i];
    const Time begin = std::max(step.at, from);
    const Time end = i + 1 < steps.size() ? std::min(steps[i + 1].at, to) : to;
    if (begin >= end || step.ready == 0) continue;
    sum.busy += Wide{step.busy} * (end - begin).count();
    sum.ready += Wide{step.ready} * (end - begin).count();
    sum.most_busy = std::max(sum.most_busy, step.busy);
    sum.peak = std::max(sum.peak, static_cast<double>(step.busy) / step.ready);
  }
  return sum;
}

ProvisionedScaling::ProvisionedScaling(World& world, std::size_t service,
                                       const std::vector<UseStep>& steps,
                                       std::function<void()> provision)
    : world_(world),
      service_(service),
      provision_(std::move(provision)),
      min_(fleet().min_size),
      max_(fleet().max_size),
      steps_(steps) {
  if (!fleet().policies.empty()) {
    scaling_.emplace(world, *this, fleet(), world.entity(service),
                     world.scenario.services[service].name);
    scaling_->set_bounds(min_, max_);
  }
  plan(true);
}

/// One for each that is ready.
std::vector<Group::Instance> ProvisionedScaling::instances() const {
  std::vector<Instance> ready;
  for (std::size_t i = 0; !steps_.empty() && i < steps_.back().ready; ++i) {
    ready.push_back({i, Time{}, false});
  }
  return ready;
}

std::uint32_t ProvisionedScaling::desired() const {
  return *world_.scenario.services[service_].function.provisioned;
}

void ProvisionedScaling::note(const std::string& kind, std::int64_t from, std::int64_t to) {
  world_.journal.activities.push_back({world_.now(), service_, kind, from, to});
}

void ProvisionedScaling::scale(std::uint32_t to) {
  if (to == desired()) return;
  note(to > desired() ? "scale_out" : "scale_in", desired(), to);
  world_.scenario.services[service_].function.provisioned = to;
  provision_();
}

void ProvisionedScaling::set_bounds(std::optional<std::uint32_t> min,
                                    std::optional<std::uint32_t> max) {
  if (min) min_ = *min;
  if (max) max_ = *max;
  if (!max) max_ = std::max(min_, max_);
  if (!min) min_ = std::min(min_, max_);
  if (scaling_) scaling_->set_bounds(min_, max_);
  scale(std::clamp(desired(), min_, max_));
}

void ProvisionedScaling::plan(bool first) {
  const auto whose = Scheduler::kApplicationAutoScaling;
  const auto at = next_due(world_, fleet().scheduled, whose, first);
  if (!at) return;
  world_.calendar.plan(*at, [this] {
    for (const ScheduledAction& action : fleet().scheduled) {
      if (!is_due(world_, action, Scheduler::kApplicationAutoScaling, world_.now())) continue;
      note("scheduled");
      set_bounds(action.min, action.max);
    }
    plan(false);
  });
}

/// L39.
std::optional<Group::Use> ProvisionedScaling::use(Time from, Time to) const {
  const UseSum sum = sum_of(steps_, from, to);
  const bool idle_counts = world_.broken(Mutation::kIdleUtilizationIsZero);
  if (sum.ready == 0 || (sum.busy == 0 && !idle_counts)) return std::nullopt;
  Use use{static_cast<double>(sum.busy) / static_cast<double>(sum.ready), sum.peak};
  if (world_.broken(Mutation::kUtilizationIsItsPeak)) use.mean = use.peak;
  return use;
}

}  // namespace skyreplay::reference
