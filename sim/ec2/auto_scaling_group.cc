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
      instances_(billing.catalogue, config.instance_type, billing.region, billing.span,
                 billing.meters, config.purchase),
      entity_(config.fleet.name) {
  if (config.volume.size_gib > 0) {
    volumes_.emplace(billing.catalogue, config.volume, billing.region, billing.span,
                     billing.meters);
  }
}

balancing::Fleet::Launch AutoScalingGroup::launch(std::uint32_t ordinal) {
  RandomEngine draw = boot_draws_.at(ordinal);
  const Duration boot = boot_time_.sample(draw);
  return {.billed = std::min(pending_time_, boot), .in_service = boot};
}

void AutoScalingGroup::bill_from(std::uint32_t member, TimePoint at) {
  if (billed_.size() <= member) billed_.resize(member + std::size_t{1});
  billed_[member].instance = instances_.start(at);
  if (volumes_) billed_[member].volume = volumes_->create(at);
}

void AutoScalingGroup::bill_until(std::uint32_t member, TimePoint at) {
  instances_.end(billed_[member].instance, at);
  if (volumes_) volumes_->remove(billed_[member].volume, at);
}

void AutoScalingGroup::read_members(TimePoint until, pricing::Meters& meters) {
  instances_.read(until, meters);
  if (volumes_) volumes_->read(until, meters);
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
