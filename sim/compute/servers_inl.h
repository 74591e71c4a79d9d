#pragma once

// The parts of Servers that call its owner, as templates so that a call costs none of a virtual
// one's time. Owners may add servers and admit jobs from within a call, so nothing here keeps a
// reference across one.
#include "compute/servers.h"

namespace skyreplay::compute {

template <ServerOwner Owner>
void Servers::fire(const kernel::Event& event, Owner& owner) {
  const auto kind = static_cast<Kind>(event.kind - first_kind_);
  if (kind == kShare) return share(event, owner);
  // The job may have been dropped, and its record be another's by now.
  if (!jobs_.is_live({event.payload, event.tag})) return;
  if (kind == kLeave) {
    leave(event.payload, owner);
  } else {
    owner.job_worked(jobs_[event.payload].server, jobs_[event.payload].tag,
                     kernel::SlabId{event.payload, event.tag});
  }
}

template <ServerOwner Owner>
void Servers::share(const kernel::Event& event, Owner& owner) {
  const std::uint32_t server = event.payload;
  if (event.tag != sharing_[server].arming) return;  // an earlier one was set in its place
  const TimePoint now = event.time;
  // Nothing is due before now, so nothing is armed in vain meanwhile.
  sharing_[server].armed = now;
  while (sharing_[server].cpu.due() <= now) worked(sharing_[server].cpu.leave(now), owner);
  sharing_[server].armed = kEndOfTime;
  arm(server);
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
  const Duration wait = jobs_[job.index].wait;
  if (wait > Duration::zero()) {
    schedule(loop_.now() + wait, kLeave, job.index, job.generation);
  } else {
    leave(job.index, owner);
  }
}

template <ServerOwner Owner>
void Servers::abandon(kernel::SlabId job, Owner& owner) {
  SKY_CHECK(jobs_.is_live(job));
  leave(job.index, owner);
}

template <ServerOwner Owner>
void Servers::leave(std::uint32_t index, Owner& owner) {
  const std::uint32_t server = jobs_[index].server;
  const std::uint32_t tag = jobs_[index].tag;
  Station& station = stations_[server];
  station.inside.remove(jobs_, index);
  --station.in_service;
  jobs_.release(index);
  if (station.queued > 0) start_next(server, owner);
  owner.job_done(server, tag);
}

template <ServerOwner Owner>
void Servers::start_next(std::uint32_t server, Owner& owner) {
  Station& station = stations_[server];
  const std::uint32_t index = station.queue.pop_front(jobs_);
  --station.queued;
  const Duration waited = loop_.now() - jobs_[index].mark;
  const std::uint32_t tag = jobs_[index].tag;
  start(index);
  owner.job_started(server, tag, waited);
}

template <ServerOwner Owner>
void Servers::remove(std::uint32_t server, Owner& owner) {
  close(server);
  drop_all(&Station::inside, server, owner);
  drop_all(&Station::queue, server, owner);
  free_.push_back(server);
}

template <ServerOwner Owner>
void Servers::drop_all(JobList Station::* list, std::uint32_t server, Owner& owner) {
  while (!(stations_[server].*list).empty()) {
    const std::uint32_t index = (stations_[server].*list).pop_front(jobs_);
    const std::uint32_t tag = jobs_[index].tag;
    jobs_.release(index);
    owner.job_dropped(server, tag);
  }
}

}  // namespace skyreplay::compute
