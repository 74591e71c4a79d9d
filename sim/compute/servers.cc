#include "compute/servers.h"

#include "core/check.h"

namespace skyreplay::compute {

std::uint32_t Servers::add(const ServerConfig& config) {
  SKY_CHECK(config.cpu_units >= 1 && config.speed > 0 && config.workers.value_or(1) >= 1);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(stations_.size()));
    stations_.emplace_back();
    sharing_.emplace_back();
  }
  const std::uint32_t server = free_.back();
  free_.pop_back();
  const std::uint32_t ring = jobs_.acquire().index;
  job_ring::open(jobs_, ring);
  stations_[server] = {.stretch = 1.0 / (std::min(1.0, vcpus(config)) * config.speed),
                       .added = loop_.now(),
                       .workers = config.workers.value_or(kUnlimited),
                       .backlog = config.backlog.value_or(kUnlimited),
                       .ring = ring,
                       .first_queued = ring,
                       .cpu_units = config.cpu_units,
                       .exclusive = is_exclusive(config),
                       .makes_calls = config.makes_calls};
  sharing_[server].cpu.reset(config, loop_.now());
  return server;
}

void Servers::close(std::uint32_t server) {
  Station& station = stations_[server];
  SKY_CHECK(station.workers > 0);
  station.workers = 0;
  station.backlog = 0;
  station.in_service = 0;
  station.queued = 0;
  // The event that is pending is now one that was replaced.
  Sharing& sharing = sharing_[server];
  sharing.cpu.clear();
  sharing.armed = kEndOfTime;
  ++sharing.arming;
}

CpuTime Servers::cpu_busy(std::uint32_t server, TimePoint now) const {
  const Station& station = stations_[server];
  if (!station.exclusive) return sharing_[server].cpu.cpu_busy(now);
  Duration time = station.work_time;
  std::uint32_t job = jobs_[station.ring].next;
  for (; job != station.first_queued; job = jobs_[job].next) {
    time -= std::max(Duration::zero(), jobs_[job].mark - now);
  }
  return CpuTime{std::min(station.cpu_units, kUnitsPerVcpu)} *
         static_cast<std::uint64_t>(time.count());
}

}  // namespace skyreplay::compute
