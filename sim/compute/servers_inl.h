#pragma once

// What every request passes through, so that a compiler sees it as a whole; and the parts of
// Servers that call its owner, as templates so that a call costs none of a virtual one's time.
// Owners may add servers and admit jobs from within a call, so nothing here keeps a reference
// across one.
#include "compute/servers.h"
#include "core/check.h"

namespace skyreplay::compute {

[[gnu::always_inline]] inline Admitted Servers::admit(std::uint32_t server, std::uint32_t tag,
                                                      Duration work, Duration wait) {
  Station& station = stations_[server];
  if (station.in_service < station.workers) {
    ++station.in_service;
    return {Entry::kInService, start(station, server, tag, work, wait)};
  }
  SKY_CHECK(station.workers > 0 || station.is_halted);
  if (station.line.size >= station.backlog) return {};
  backlog_.push(station.line, {.work = work, .since = loop_.now(), .wait = wait, .tag = tag});
  return {Entry::kQueued, kEndOfTime};
}

/// A request enters service now; when it will leave, if that is known.
[[gnu::always_inline]] inline TimePoint Servers::start(Station& station, std::uint32_t server,
                                                       std::uint32_t tag, Duration work,
                                                       Duration wait) {
  if (!station.exclusive) return start_sharing(station, server, tag, work, wait);
  const std::uint32_t worker = station.idle;
  station.idle = workers_[worker].next;
  return start_worker(station, server, worker, tag, work, wait);
}

[[gnu::always_inline]] inline TimePoint Servers::start_worker(Station& station,
                                                              std::uint32_t server,
                                                              std::uint32_t index,
                                                              std::uint32_t tag, Duration work,
                                                              Duration wait) {
  Worker& worker = workers_[index];
  const Duration time = stretched(static_cast<double>(work.count()), station.stretch);
  station.work_time += time;
  worker.worked = loop_.now() + time;
  worker.finish = worker.worked + wait;
  worker.tag = tag;
  worker.ordinal = station.entered++;
  schedule(worker.finish, kFinish, index, server);
  return worker.finish;
}

inline TimePoint Servers::start_sharing(Station& station, std::uint32_t server, std::uint32_t tag,
                                        Duration work, Duration wait) {
  const PresentJob job{.wait = wait, .tag = tag, .ordinal = station.entered++};
  if (work > Duration::zero()) [[likely]] {
    sharing_[server].cpu.enter(loop_.now(), work, job);
    arm(server);
    return kEndOfTime;
  }
  const kernel::SlabId id = add_job(server, job);
  if (station.makes_calls) {
    schedule(loop_.now(), kWorked, id.index, id.generation);
    return kEndOfTime;
  }
  leave_after(wait, id);
  return loop_.now() + wait;
}

inline kernel::SlabId Servers::add_job(std::uint32_t server, const PresentJob& from) {
  const kernel::SlabId id = jobs_.acquire();
  jobs_[id.index] = {.wait = from.wait,
                     .tag = from.tag,
                     .ordinal = from.ordinal,
                     .server = server,
                     .generation = id.generation,
                     .inside = true};
  return id;
}

/// Sees to it that an event is pending at or before the moment the next job is done.
inline void Servers::arm(std::uint32_t server) {
  Sharing& sharing = sharing_[server];
  if (sharing.cpu.due() >= sharing.armed || sharing.settling) return;
  sharing.armed = sharing.cpu.due();
  schedule(sharing.armed, kShare, server, ++sharing.arming);
}

template <ServerOwner Owner>
[[gnu::always_inline]] inline void Servers::fire(const kernel::Event& event, Owner& owner) {
  const auto kind = static_cast<Kind>(event.kind - first_kind_);
  if (kind == kFinish) return finish(event, owner);
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
[[gnu::always_inline]] inline void Servers::finish(const kernel::Event& event, Owner& owner) {
  Worker& worker = workers_[event.payload];
  if (worker.finish != event.time) [[unlikely]]
    return;  // its request was dropped
  const std::uint32_t tag = worker.tag;
  const std::uint32_t server = event.tag;
  // First what does not depend on whether anybody waits, which cannot be predicted.
  const bool is_over = owner.job_done_at_once(server, tag);
  Station& station = stations_[server];
  if (station.line.size > 0) {
    const Waiting& next = backlog_.first(station.line);
    const std::uint32_t next_tag = next.tag;
    const Duration waited = loop_.now() - next.since;
    start_worker(station, server, event.payload, next_tag, next.work, next.wait);
    backlog_.pop(station.line);
    owner.job_started(server, next_tag, waited);
  } else {
    --station.in_service;
    worker.finish = kEndOfTime;
    worker.next = station.idle;
    station.idle = event.payload;
  }
  if (!is_over) [[unlikely]]
    owner.job_done(server, tag);
}

template <ServerOwner Owner>
[[gnu::always_inline]] inline void Servers::share(const kernel::Event& event, Owner& owner) {
  const std::uint32_t server = event.payload;
  Sharing& sharing = sharing_[server];
  if (event.tag != sharing.arming) return;
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
  sharing_[server].settling = true;  // nothing is armed in vain meanwhile
  while (sharing_[server].cpu.due() <= now) worked(server, sharing_[server].cpu.leave(now), owner);
  sharing_[server].settling = false;
  arm(server);
}

template <ServerOwner Owner>
bool Servers::settle_before(kernel::SlabId job, Owner& owner) {
  settle(jobs_[job.index].server, owner);
  return jobs_.is_live(job);
}

template <ServerOwner Owner>
[[gnu::always_inline]] inline void Servers::worked(std::uint32_t server, const PresentJob& job,
                                                   Owner& owner) {
  if (stations_[server].makes_calls) {
    owner.job_worked(server, job.tag, add_job(server, job));
  } else if (job.wait > Duration::zero()) {
    leave_after(job.wait, add_job(server, job));
  } else {
    vacate(server, owner);
    owner.job_done(server, job.tag);
  }
}

template <ServerOwner Owner>
void Servers::resume(kernel::SlabId job, Owner& owner) {
  SKY_CHECK(jobs_.is_live(job));
  if (!settle_before(job, owner)) return;
  const Duration wait = jobs_[job.index].wait;
  if (wait > Duration::zero()) {
    leave_after(wait, job);
  } else {
    leave(job.index, owner);
  }
}

template <ServerOwner Owner>
std::uint32_t Servers::abandon(kernel::SlabId job, Owner& owner) {
  SKY_CHECK(jobs_.is_live(job) && settle_before(job, owner));
  const std::uint32_t server = jobs_[job.index].server;
  release(job.index);
  vacate(server, owner);
  return server;
}

template <ServerOwner Owner>
void Servers::leave(std::uint32_t index, Owner& owner) {
  const std::uint32_t tag = jobs_[index].tag;
  const std::uint32_t server = jobs_[index].server;
  release(index);
  vacate(server, owner);
  owner.job_done(server, tag);
}

template <ServerOwner Owner>
[[gnu::always_inline]] inline void Servers::vacate(std::uint32_t server, Owner& owner) {
  Station& station = stations_[server];
  if (station.line.size == 0) {
    --station.in_service;
    return;
  }
  const Waiting& next = backlog_.first(station.line);
  const std::uint32_t next_tag = next.tag;
  const Duration waited = loop_.now() - next.since;
  start_sharing(station, server, next_tag, next.work, next.wait);
  backlog_.pop(station.line);
  owner.job_started(server, next_tag, waited);
}

template <typename Visit>
void Servers::for_each_job(Visit&& visit) const {
  for (const Worker& worker : workers_) {
    if (worker.finish != kEndOfTime) visit(worker.tag);
  }
  for (const Sharing& sharing : sharing_) {
    for (const PresentJob& job : sharing.cpu.present()) visit(job.tag);
  }
  for (std::uint32_t i = 0; i < jobs_.capacity(); ++i) {
    if (jobs_[i].inside) visit(jobs_[i].tag);
  }
  for (const Station& station : stations_) {
    if (station.workers == 0) continue;
    backlog_.for_each(station.line, [&](const Waiting& waiting) { visit(waiting.tag); });
  }
}

template <ServerOwner Owner>
void Servers::remove(std::uint32_t server, Owner& owner) {
  for (const std::uint32_t tag : close(server)) owner.job_dropped(server, tag);
  free_.push_back(server);
}

template <ServerOwner Owner>
void Servers::halt(std::uint32_t server, Owner& owner) {
  SKY_CHECK(!stations_[server].is_halted && !stations_[server].exclusive);
  rest_[server].most_inside = stations_[server].workers;
  rest_[server].most_waiting = stations_[server].backlog;
  sharing_[server].cpu.count(loop_.now());
  const std::vector<std::uint32_t> dropped = close(server);
  stations_[server].line = backlog_.open();
  stations_[server].is_halted = true;
  for (const std::uint32_t tag : dropped) owner.job_dropped(server, tag);
}

}  // namespace skyreplay::compute
