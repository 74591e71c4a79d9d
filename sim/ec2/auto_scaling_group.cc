#include "ec2/auto_scaling_group.h"

#include <fmt/format.h>

#include <algorithm>

namespace skyreplay::ec2 {

AutoScalingGroup::AutoScalingGroup(kernel::Loop& loop, metrics::Recorder& recorder,
                                   const AutoScalingGroupConfig& config, std::uint64_t seed,
                                   const balancing::FleetBilling& billing)
    : Fleet(loop, recorder, config.fleet, seed, billing),
      boot_time_(config.boot_time),
      pending_time_(config.pending_time),
      boot_draws_(seed, config.fleet.name, "boot_time"),
      decision_lag_(config.decision_lag),
      lag_draws_(seed, config.fleet.name, "decision_lag"),
      launching_(config.launching, seed, config.fleet.name),
      terminating_(config.terminating, seed, config.fleet.name),
      entity_(config.fleet.name),
      run_start_(billing.span.start),
      instances_(billing.catalogue, config.instance_type, billing.region, billing.span,
                 billing.meters, config.purchase),
      steady_(billing.span),
      bounds_(config.bounds),
      scaling_(config.scaling ? std::make_unique<GroupScaling>(loop, *this, *config.scaling,
                                                               bounds_, config.steady)
                              : nullptr),
      scheduled_actions_(loop, config.scheduled_actions,
                         [this](const scaling::ScheduledAction& action) { act(action); }),
      capacity_rebalance_(config.capacity_rebalance) {
  if (config.volume.size_gib > 0) {
    volumes_.emplace(billing.catalogue, config.volume, billing.region, billing.span,
                     billing.meters);
  }
  if (config.purchase.spot) ran_.emplace(billing.span, std::chrono::seconds{60});
  if (config.detailed_monitoring) {  // E102
    monitoring_item_ = billing.meters.add_item(
        billing.catalogue.tariff("cloudwatch.detailed_monitoring_per_instance", billing.region));
  }
  if (config.scaling) balancing::bill_alarms(*config.scaling, billing, steady_);
  if (config.spot) {
    interruptions_ =
        std::make_unique<SpotInterruptions>(loop, *this, *config.spot, seed, config.fleet.name);
  }
  if (config.elb_health) {
    health_ = std::make_unique<HealthReplacement>(loop, *this, *config.elb_health);
  }
  suspend(config.suspended);
}

void AutoScalingGroup::change(const GroupChange& change) {
  suspend(change.suspended);
  set_desired(bounded(change.capacity), change.cause);
}

/// The bounds are set; what the desired capacity becomes is returned.
std::uint32_t AutoScalingGroup::bounded(const scaling::CapacityChange& change) {
  bounds_.set(change);
  return bounds_.clamp(change.desired.value_or(desired()));
}

/// E2, in AWS's words.
void AutoScalingGroup::act(const scaling::ScheduledAction& action) {
  std::string sets;
  const auto add = [&sets](const char* name, const std::optional<std::uint32_t>& value) {
    if (value) sets += fmt::format("{}{}: {}", sets.empty() ? "" : ", ", name, *value);
  };
  add("min", action.capacity.minimum);
  add("max", action.capacity.maximum);
  add("desired", action.capacity.desired);
  const std::string cause = fmt::format(
      "scheduled action {}: update of AutoScalingGroup constraints to {}", action.name, sets);
  note("scheduled", cause);
  const std::uint32_t to = bounded(action.capacity);
  set_desired(to, fmt::format("{}; desired {} → {}", cause, desired(), to));
}

void AutoScalingGroup::set_boot_factor(double factor, const std::string& cause) {
  boot_factor_ = factor;
  note("fault", cause);
}

/// E18, E40: while it is replaced a group may be larger than its maximum, by a tenth of what is
/// desired.
void AutoScalingGroup::rebalance(std::uint32_t member) {
  if (!capacity_rebalance_) return;
  replace(member, bounds_.maximum + (desired() + 9) / 10, "EC2 instance rebalance recommendation");
}

void AutoScalingGroup::reclaim(std::uint32_t member) {
  interrupted_ = member;
  lose({member});
  interrupted_.reset();
}

/// E36: what the price is too high for is told as AWS does.
void AutoScalingGroup::launches_failed(std::size_t failed, const std::vector<std::string>& zones) {
  const std::string why = interruptions_ ? interruptions_->too_dear() : std::string();
  if (failed == 0 || why.empty()) return Fleet::launches_failed(failed, zones);
  note("launch_failed",
       fmt::format("could not launch {} Spot Instance{}: {}", failed, failed == 1 ? "" : "s", why));
}

void AutoScalingGroup::suspend(const Suspended& suspended) {
  Fleet::suspend({.launches = suspended.launch,
                  .terminations = suspended.terminate,
                  .rebalancing = suspended.az_rebalance,
                  .noticing_loss = suspended.health_check || suspended.replace_unhealthy});
  if (scaling_) scaling_->suspend_notifications(suspended.alarm_notification);
  scheduled_actions_.suspend(suspended.scheduled_actions);
  if (!health_) return;
  const bool replaces = !suspended.replace_unhealthy && !suspended.launch && !suspended.terminate;
  health_->suspend(suspended.health_check, !replaces);
}

void AutoScalingGroup::member_in_service(std::uint32_t member) {
  if (scaling_) scaling_->member_in_service(member);
  if (health_) health_->member_in_service(member);
}

void AutoScalingGroup::member_taken_out(std::uint32_t member) {
  const bool stays = this->member(member)->aside != Aside::kNo;  // E6: it does not terminate
  if (!scaling_ || stays) return;
  scaling_->member_taken_out(member, termination_wait(this->member(member)->ordinal));
}

void AutoScalingGroup::member_health_changed(std::uint32_t member) {
  if (health_) health_->health_changed(member);
}

void AutoScalingGroup::members_changed() {
  if (health_) health_->members_changed();
}

balancing::Fleet::Launch AutoScalingGroup::launch(std::uint32_t ordinal) {
  RandomEngine draw = boot_draws_.at(ordinal);
  RandomEngine lag_draw = lag_draws_.at(ordinal);
  const Duration lag = decision_lag_.sample(lag_draw);
  const Duration boot = multiplied(boot_time_.sample(draw), boot_factor_);
  const Duration running = lag + std::min(pending_time_, boot);
  if (launching_.empty()) return {.billed = running, .in_service = lag + boot};
  const HookWait wait = launching_.wait(ordinal);  // Pending:Wait, while the system boots
  const Duration done = running + wait.lasts;
  if (wait.abandoned_by != nullptr) return {running, done, true};
  return {.billed = running, .in_service = std::max(lag + boot, done)};
}

std::string AutoScalingGroup::abandonment(std::uint32_t ordinal) const {
  const LifecycleHook& hook = *launching_.wait(ordinal).abandoned_by;
  return fmt::format("lifecycle hook {} timed out after {}: ABANDON", hook.name,
                     format_duration(hook.heartbeat_timeout));
}

/// Terminating:Wait; whether by CONTINUE or by ABANDON, then it ends.
Duration AutoScalingGroup::termination_wait(std::uint32_t ordinal) const {
  return terminating_.wait(ordinal).lasts;
}

/// A tenth above the maximum, and one at least (E18).
std::uint32_t AutoScalingGroup::most_while_rebalancing() const {
  return bounds_.maximum + std::max(1U, bounds_.maximum / 10);
}

void AutoScalingGroup::bill_from(std::uint32_t member, TimePoint at) {
  if (billed_.size() <= member) billed_.resize(member + std::size_t{1});
  // What the run began with is no Spot Instance in its first hour (E41).
  const bool ran_before = at < run_start_;
  billed_[member].instance = instances_.start(ran_before ? at - std::chrono::hours{1} : at);
  if (volumes_) billed_[member].volume = volumes_->create(at);
  if (ran_) billed_[member].ran = ran_->start(at);
}

void AutoScalingGroup::bill_until(std::uint32_t member, TimePoint at) {
  const Billed& billed = billed_[member];
  if (interrupted_ == member) {
    instances_.interrupt(billed.instance, at);  // E41
  } else {
    instances_.end(billed.instance, at);
  }
  if (volumes_) volumes_->remove(billed.volume, at);
  if (ran_) ran_->end(billed.ran, at);
}

void AutoScalingGroup::read_members(TimePoint until, pricing::Meters& meters) {
  instances_.read(until, meters);
  if (volumes_) volumes_->read(until, meters);
  if (monitoring_item_) meters.advance_to(*monitoring_item_, member_seconds(until));
  steady_.read(until, meters);
}

/// E143: what was committed, how much of it was used, and how much of the use it paid for.
std::vector<std::string> AutoScalingGroup::notes() const {
  std::vector<std::string> notes;
  for (const pricing::CommitmentUse& use : instances_.commitments()) {
    notes.push_back(fmt::format(
        "{}: {} used to {:.1f} %, {:.1f} instance-hours of {:.1f} unused; "
        "{:.1f} % of what ran was paid by it",
        entity_, use.what, use.used_percent, use.unused_hours, use.hours, use.covered_percent));
  }
  return notes;
}

}  // namespace skyreplay::ec2
