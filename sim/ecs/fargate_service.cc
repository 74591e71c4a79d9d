#include "ecs/fargate_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "scaling/application_target.h"

namespace skyreplay::ecs {
namespace {

constexpr Duration kSpotNotice = std::chrono::minutes{2};  // C74

}  // namespace

FargateService::FargateService(kernel::Loop& loop, metrics::Recorder& recorder,
                               const FargateServiceConfig& config, std::uint64_t seed,
                               const balancing::FleetBilling& billing)
    : Fleet(loop, recorder, config.fleet, seed, billing),
      start_(config.start),
      infrastructure_draws_(seed, config.fleet.name, "infrastructure_time"),
      container_draws_(seed, config.fleet.name, "container_start"),
      application_draws_(seed, config.fleet.name, "application_start"),
      tasks_(billing.catalogue, config.task, billing.region, billing.span, billing.meters,
             config.purchase),
      is_spot_(config.is_spot),
      stop_timeout_(std::min<Duration>(config.stop_timeout, kSpotNotice)),
      steady_(billing.span),
      bounds_(config.bounds),
      scaling_(config.scaling ? std::make_unique<ServiceScaling>(loop, *this, *config.scaling,
                                                                 bounds_, config.steady)
                              : nullptr),
      scheduled_actions_(loop, config.scheduled_actions,
                         [this](const scaling::ScheduledAction& action) { act(action); }) {
  if (config.scaling) balancing::bill_alarms(*config.scaling, billing, steady_);
  if (std::ranges::count(is_spot_, true) > 0) {
    spot_tasks_ = std::make_unique<SpotTasks>(loop, *this, config.time_to_interruption, seed,
                                              config.fleet.name);
  }
}

/// C24, C74, in AWS's words.
void FargateService::interrupt(std::uint32_t member) {
  note("spot", fmt::format("task {}: SpotInterruption, SIGTERM", this->member(member)->ordinal));
  stop(member, stop_timeout_, "Your Spot Task was interrupted.");
}

void FargateService::change(const ServiceChange& change) {
  if (change.capacity.desired) set_desired(*change.capacity.desired, change.cause);
  follow_bounds(change.capacity);
}

/// C110.
void FargateService::act(const scaling::ScheduledAction& action) {
  note("scheduled", scaling::in_words(action));
  follow_bounds(action.capacity);
}

void FargateService::follow_bounds(const scaling::CapacityChange& set) {
  const auto followed = scaling::follow(set, desired(), bounds_);
  if (followed) set_desired(followed->to, followed->cause);
}

void FargateService::member_in_service(std::uint32_t member) {
  if (scaling_) scaling_->member_in_service(member);
  const MemberState task = *this->member(member);
  if (is_spot(task.kind)) spot_tasks_->in_service(member, task.ordinal);
}

FargateService::Phases FargateService::phases(std::uint32_t ordinal) const {
  const auto drawn = [ordinal](const Distribution& law, const RandomStream& stream) {
    RandomEngine draw = stream.at(ordinal);
    return law.sample(draw);
  };
  return {.infrastructure = drawn(start_.infrastructure_time, infrastructure_draws_),
          .after_pull = drawn(start_.container_start, container_draws_) +
                        drawn(start_.application_start, application_draws_)};
}

balancing::Fleet::Launch FargateService::launch(std::uint32_t ordinal) {
  const Phases takes = phases(ordinal);
  return {.billed = takes.infrastructure,
          .in_service = takes.infrastructure + start_.pull_time + takes.after_pull};
}

void FargateService::bill_from(std::uint32_t member, TimePoint at) {
  if (billed_.size() <= member) billed_.resize(member + std::size_t{1});
  billed_[member] = tasks_.start(at, is_spot(this->member(member)->kind));
}

void FargateService::bill_until(std::uint32_t member, TimePoint at) {
  tasks_.end(billed_[member], at, is_spot(this->member(member)->kind));
}

void FargateService::read_members(TimePoint until, pricing::Meters& meters) {
  tasks_.read(until, meters);
  steady_.read(until, meters);
}

}  // namespace skyreplay::ecs
