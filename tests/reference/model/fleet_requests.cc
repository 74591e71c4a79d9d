// What happens to requests.
#include <map>
#include <tuple>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

Admission FleetService::admit(Attempt& attempt) {
  requests_.push_back(world_.now());
  Bits draw =
      world_.bits(world_.entity(service_), "target", attempt.row, attempt.number, attempt.path);
  const auto target = group_of_request(draw).pick(draw);
  if (!target) return Admission::kRefused;  // E114: 503
  sent_.push_back(world_.now());
  if (!members_[*target].server->admit(attempt)) {
    group_of(*target).finished(*target);
    return Admission::kRefused;  // E114: 502
  }
  outstanding_.change(world_.now(), +1);
  watch_memory(*target);
  if (world_.broken(Mutation::kNoIdleTimeout)) return Admission::kAccepted;
  accepted_.push_back(&attempt);
  world_.calendar.plan(
      world_.now() + fleet().idle_timeout, [this] { give_up_idle(); }, Turn::kBalancerTimeout,
      service_);
  return Admission::kAccepted;
}

void FleetService::resume(Attempt& attempt, bool failed) {
  for (auto at = calling_.begin(); at != calling_.end(); ++at) {
    if (at->second->attempt != &attempt) continue;
    const auto [member, job] = *at;
    calling_.erase(at);
    if (!failed) return members_[member].server->resume(job);
    members_[member].server->abandon(job);
    return job_done(member, *job, Outcome::kDependency);
  }
}

void FleetService::watch_memory(std::size_t member) {
  if (!members_[member].server->wants_too_much()) return;
  world_.calendar.plan(world_.now(), [this, member] {
    const Member& task = members_[member];
    const bool is_there =
        task.state == Member::State::kInService || task.state == Member::State::kDraining;
    if (!is_there || !task.server->wants_too_much()) return;
    out_of_memory(member);
  });
}

void FleetService::job_started(std::size_t member, Job& job, Time waited) {
  if (job.attempt->check != 0) return;
  watch_memory(member);
  world_.journal.queue[service_].change(world_.now(), -1);
  job.attempt->queue += waited;
}

void FleetService::job_worked(std::size_t member, const JobPtr& job) {
  if (job->attempt->check != 0) return members_[member].server->resume(job);
  calling_.emplace_back(member, job);
  world_.begin_calls(*job->attempt);
}

void FleetService::job_done(std::size_t member, Job& job, Outcome outcome) {
  if (job.attempt->check != 0) return answered(member, job.attempt->check);
  group_of(member).finished(member);
  outstanding_.change(world_.now(), -1);
  bytes_.push_back({world_.now(), job.attempt->bytes_in, job.attempt->bytes_out, member,
                    world_.now() - job.attempt->start, outcome == Outcome::kDependency});
  const bool drains = members_[member].state == Member::State::kDraining;
  if (drains && group_of(member).outstanding(member) == 0) remove(member);
  world_.answer(*job.attempt, outcome);
}

void FleetService::give_up_idle() {
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, Attempt*> idle;
  for (Attempt* attempt : accepted_) {
    if (attempt->start + fleet().idle_timeout != world_.now()) continue;
    idle[{attempt->row, attempt->number, attempt->path}] = attempt;
  }
  for (const auto& [order, attempt] : idle) world_.give_up(*attempt, Outcome::kError);
}

TargetGroup& FleetService::group_of(std::size_t member) {
  const std::size_t each = fleet().cross_zone ? 1 : fleet().zones;
  const auto second = second_.find(members_[member].revision);
  const std::size_t first = second != second_.end() && second->second ? each : 0;
  return groups_[first + (fleet().cross_zone ? 0 : members_[member].zone)];
}

TargetGroup& FleetService::group_of_request(Bits& draw) {
  if (groups_.size() == 1) return groups_[0];
  __extension__ using Wider = unsigned __int128;
  const std::size_t each = fleet().cross_zone ? 1 : fleet().zones;
  std::size_t first = 0;
  if (of_second_ == 10'000) first = each;
  if (of_second_ > 0 && of_second_ < 10'000) {
    first = static_cast<std::uint32_t>((Wider{draw()} * 10'000) >> 64) < of_second_ ? each : 0;
  }
  if (each == 1) return groups_[first];
  const auto zone = static_cast<std::size_t>((Wider{draw()} * each) >> 64);
  return groups_[first + (world_.broken(Mutation::kZonesShareByTargets) ? 0 : zone)];
}

}  // namespace skyreplay::reference
