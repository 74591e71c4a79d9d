#include "ecs/fargate_service.h"

namespace skyreplay::ecs {

FargateService::FargateService(kernel::Loop& loop, metrics::Recorder& recorder,
                               const FargateServiceConfig& config, std::uint64_t seed,
                               const balancing::FleetBilling& billing)
    : Fleet(loop, recorder, config.fleet, seed, billing),
      start_(config.start),
      infrastructure_draws_(seed, config.fleet.name, "infrastructure_time"),
      container_draws_(seed, config.fleet.name, "container_start"),
      application_draws_(seed, config.fleet.name, "application_start"),
      tasks_(billing.catalogue, config.task, billing.region, billing.span, billing.meters) {}

balancing::Fleet::Launch FargateService::launch(std::uint32_t ordinal) {
  const auto drawn = [ordinal](const Distribution& law, const RandomStream& stream) {
    RandomEngine draw = stream.at(ordinal);
    return law.sample(draw);
  };
  const Duration infrastructure = drawn(start_.infrastructure_time, infrastructure_draws_);
  return {.billed = infrastructure,
          .in_service = infrastructure + start_.pull_time +
                        drawn(start_.container_start, container_draws_) +
                        drawn(start_.application_start, application_draws_)};
}

void FargateService::bill_from(std::uint32_t member, TimePoint at) {
  if (billed_.size() <= member) billed_.resize(member + std::size_t{1});
  billed_[member] = tasks_.start(at);
}

void FargateService::bill_until(std::uint32_t member, TimePoint at) {
  tasks_.end(billed_[member], at);
}

void FargateService::read_members(TimePoint until, pricing::Meters& meters) {
  tasks_.read(until, meters);
}

}  // namespace skyreplay::ecs
