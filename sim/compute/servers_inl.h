#pragma once

// What every request passes through, so that a compiler sees it as a whole; and the parts of
// Servers that call its owner, as templates so that a call costs none of a virtual one's time.
// Owners may add servers and admit jobs from within a call, so nothing here keeps a reference
// across one.
#include "compute/servers.h"
#include "core/check.h"

namespace skyreplay::compute {

inline Admitted Servers::admit(std::uint32_t server, std::uint32_t tag, Duration work,
                               Duration wait) {
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
inline TimePoint Servers::start(std::uint32_t index) {
  Job& job = jobs_[index];
  Station& station = stations_[job.server];
  ++station.in_service;
  return station.exclusive ? start_exclusive(station, job, index)
                           : start_sharing(station, job, index);
}

inline TimePoint Servers::start_exclusive(Station& station, Job& job, std::uint32_t index) {
  const Duration time = stretched(static_cast<double>(job.work.count()), station.stretch);
  station.work_time += time;
  job.mark = loop_.now() + time;
  const TimePoint finish = job.mark + job.wait;
  schedule(finish, kLeave, index, job.generation);
  return finish;
}

inline TimePoint Servers::start_sharing(const Station& station, Job& job, std::uint32_t index) {
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
inline void Servers::arm(std::uint32_t server) {
  Sharing& sharing = sharing_[server];
  if (sharing.cpu.due() >= sharing.armed) return;
  sharing.armed = sharing.cpu.due();
  schedule(sharing.armed, kShare, server, ++sharing.arming);
}

template <ServerOwner Owner>
void Servers::fire(const kernel::Event& event, Owner& owner) {
  const auto kind = static_cast<Kind>(event.kind - first_kind_);
  if (kind == kShare) return share(event, owner);
  // The job may have been dropped, and its record be another's by now.
  const kernel::SlabId job{event.payload, event.tag};
  if (!jobs_.is_live(job) || !settle_before(job, owner)) return;
  if (kind == kLeave) {
    leave(job.index, owner);
  } else {
    owner.job_worked(jobs_[job.index].server, jobs_[job.index].tag, job);
  }
}

template <ServerOwner Owner>
void Servers::share(const kernel::Event& event, Owner& owner) {
  const std::uint32_t server = event.payload;
  Sharing& sharing = sharing_[server];
  if (event.tag != sharing.arming) return;  // another was set in its place
  sharing.armed = kEndOfTime;
  if (sharing.cpu.due() <= loop_.now()) {
    settle(server, owner);
  } else {
    arm(server);
  }
}

template <ServerOwner Owner>
void Servers::settle(std::uint32_t server, Owner& owner) {
  const TimePoint now = loop_.now();
  if (sharing_[server].cpu.due() > now || sharing_[server].settling) return;
  sharing_[server].settling = true;
  sharing_[server].armed = now;  // so that nothing is armed in vain meanwhile
  while (sharing_[server].cpu.due() <= now) worked(sharing_[server].cpu.leave(now), owner);
  sharing_[server].settling = false;
  sharing_[server].armed = kEndOfTime;
  arm(server);
}

template <ServerOwner Owner>
bool Servers::settle_before(kernel::SlabId job, Owner& owner) {
  const std::uint32_t server = jobs_[job.index].server;
  if (stations_[server].exclusive) return true;
  settle(server, owner);
  return jobs_.is_live(job);
}

template <ServerOwner Owner>
void Servers::worked(std::uint32_t index, Owner& owner) {
  const Job& job = jobs_[index];
  if (stations_[job.server].makes_calls) {
    owner.job_worked(job.server, job.tag, jobs_.id_of(index));
  } else if (job.wait > Duration::zero()) {
    schedule(loop_.now() + job.wait, kLeave, index, job.generation);
  } else {
    leave(index, owner);
  }
}

template <ServerOwner Owner>
void Servers::resume(kernel::SlabId job, Owner& owner) {
  SKY_CHECK(jobs_.is_live(job));
  if (!settle_before(job, owner)) return;
  const Duration wait = jobs_[job.index].wait;
  if (wait > Duration::zero()) {
    schedule(loop_.now() + wait, kLeave, job.index, job.generation);
  } else {
    leave(job.index, owner);
  }
}

template <ServerOwner Owner>
std::uint32_t Servers::abandon(kernel::SlabId job, Owner& owner) {
  SKY_CHECK(jobs_.is_live(job) && settle_before(job, owner));
  return vacate(job.index, owner);
}

template <ServerOwner Owner>
void Servers::leave(std::uint32_t index, Owner& owner) {
  const std::uint32_t tag = jobs_[index].tag;
  const std::uint32_t server = vacate(index, owner);
  owner.job_done(server, tag);
}

template <ServerOwner Owner>
std::uint32_t Servers::vacate(std::uint32_t index, Owner& owner) {
  const std::uint32_t server = jobs_[index].server;
  Station& station = stations_[server];
  job_ring::remove(jobs_, index);
  --station.in_service;
  jobs_.release(index);
  if (station.queued > 0) start_next(server, owner);
  return server;
}

template <ServerOwner Owner>
void Servers::start_next(std::uint32_t server, Owner& owner) {
  Station& station = stations_[server];
  const std::uint32_t index = station.first_queued;
  station.first_queued = jobs_[index].next;
  --station.queued;
  const Duration waited = loop_.now() - jobs_[index].mark;
  const std::uint32_t tag = jobs_[index].tag;
  start(index);
  owner.job_started(server, tag, waited);
}

template <ServerOwner Owner>
void Servers::remove(std::uint32_t server, Owner& owner) {
  close(server);
  const std::uint32_t ring = stations_[server].ring;
  while (jobs_[ring].next != ring) {
    const std::uint32_t index = jobs_[ring].next;
    const std::uint32_t tag = jobs_[index].tag;
    job_ring::remove(jobs_, index);
    jobs_.release(index);
    owner.job_dropped(server, tag);
  }
  jobs_.release(ring);
  free_.push_back(server);
}

}  // namespace skyreplay::compute
