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

Admitted Servers::admit(std::uint32_t server, std::uint32_t tag, Duration work, Duration wait) {
  Station& station = stations_[server];
  SKY_CHECK(station.workers > 0);
  const bool enters = station.in_service < station.workers;
  if (!enters && station.queued >= station.backlog) return {};
  const std::uint32_t index = jobs_.acquire().index;
  Job& job = jobs_[index];
  job.work = work;
  job.wait = wait;
  job.server = server;
  job.tag = tag;
  job_ring::push_back(jobs_, station.ring, index);
  if (enters) return {Entry::kInService, start(index)};
  job.mark = loop_.now();
  if (station.queued++ == 0) station.first_queued = index;
  return {Entry::kQueued, kEndOfTime};
}

/// A job enters service now; when it will leave, if that is known.
TimePoint Servers::start(std::uint32_t index) {
  Job& job = jobs_[index];
  Station& station = stations_[job.server];
  ++station.in_service;
  return station.exclusive ? start_exclusive(station, job, index)
                           : start_sharing(station, job, index);
}

TimePoint Servers::start_exclusive(Station& station, Job& job, std::uint32_t index) {
  const Duration time = stretched(static_cast<double>(job.work.count()), station.stretch);
  station.work_time += time;
  job.mark = loop_.now() + time;
  const TimePoint finish = job.mark + job.wait;
  schedule(finish, kLeave, index, job.generation);
  return finish;
}

TimePoint Servers::start_sharing(const Station& station, Job& job, std::uint32_t index) {
  if (job.work > Duration::zero()) {
    sharing_[job.server].cpu.enter(loop_.now(), job.work, index);
    arm(job.server);
    return kEndOfTime;
  }
  if (station.makes_calls) {
    schedule(loop_.now(), kWorked, index, job.generation);
    return kEndOfTime;
  }
  const TimePoint finish = loop_.now() + job.wait;
  schedule(finish, kLeave, index, job.generation);
  return finish;
}

/// Sees to it that an event is pending at or before the moment the next job is done.
void Servers::arm(std::uint32_t server) {
  Sharing& sharing = sharing_[server];
  if (sharing.cpu.due() >= sharing.armed) return;
  sharing.armed = sharing.cpu.due();
  schedule(sharing.armed, kShare, server, ++sharing.arming);
}

void Servers::expect(const kernel::Event& event) const {
  if (event.kind - first_kind_ == kShare) {
    __builtin_prefetch(&stations_[event.payload]);
    __builtin_prefetch(&sharing_[event.payload]);
  } else {
    jobs_.prefetch(event.payload);
  }
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
