#include "ecs/cluster_jobs.h"

#include <algorithm>
#include <utility>

#include "ecs/standalone_tasks.h"

namespace skyreplay::ecs {

ClusterJobs::ClusterJobs(Cluster& cluster, StandaloneTasks& jobs, std::uint32_t unit,
                         const ClusterJobsConfig& config, pricing::Meters& meters)
    : cluster_(cluster),
      jobs_(jobs),
      unit_(unit),
      config_(config),
      number_(cluster.add(*this, config.group)),
      share_(cluster, number_, meters) {}

bool ClusterJobs::may_provision(std::uint32_t kind) const {
  return config_.provisions[kind] && cluster_.provisioning_tasks() < kMostProvisioning;
}

std::uint32_t ClusterJobs::waiting_on(std::uint32_t provider) const {
  return static_cast<std::uint32_t>(
      std::count_if(provisioning_.begin(), provisioning_.end(), [&](std::uint32_t place) {
        const std::uint32_t kind = jobs_.kind_of(place);
        return kind < config_.providers.size() && config_.providers[kind] == provider;
      }));
}

std::optional<std::uint32_t> ClusterJobs::place(std::uint32_t kind, std::uint64_t draw) {
  const std::uint32_t pool = config_.providers.empty() ? 0 : config_.providers[kind];
  const auto instance = cluster_.place(number_, config_.group.needs, draw, pool);
  is_full_ = !instance;
  if (instance && !waits_for_room()) is_told_ = false;
  return instance;
}

bool ClusterJobs::has_become_full() { return is_full_ && !std::exchange(is_told_, true); }

void ClusterJobs::free(std::uint32_t instance) {
  cluster_.stop(number_, instance);
  cluster_.free(number_, config_.group.needs, instance);
}

TimePoint ClusterJobs::pulled(std::uint32_t instance, TimePoint begins, Duration pull_time) {
  if (image_at_.size() <= instance) image_at_.resize(instance + std::size_t{1}, kEndOfTime);
  TimePoint& there = image_at_[instance];
  if (there == kEndOfTime) there = begins + pull_time;
  return std::max(begins, there);
}

bool ClusterJobs::waits_for_room() const {
  return !provisioning_.empty() || jobs_.standing(unit_).queued > 0;
}

void ClusterJobs::try_again() { jobs_.room_appears(unit_); }

void ClusterJobs::lose_tasks_on(const std::vector<std::uint32_t>& instances) {
  jobs_.lose_tasks_on(unit_, instances);
}

void ClusterJobs::read_meters(TimePoint until, pricing::Meters& meters) {
  share_.read(until, meters);
}

}  // namespace skyreplay::ecs
