#include <fmt/format.h>

#include <algorithm>

#include "balancing/fleet.h"
#include "core/check.h"

// What happens to requests, and to health checks: the fast half of a fleet, together so that it is
// compiled as one.

namespace skyreplay::balancing {

using metrics::Outcome;

// --- Health

/// E110: where no target is healthy, the unhealthy ones are better than none, if they can answer.
bool Fleet::belongs_in_rotation(const Member& member) const {
  if (!member.lives || member.state != State::kInService) return false;
  if (queue_) return loop_.now() >= member.ready;
  const Health health = checks_.health(member.server);
  if (health != Health::kUnhealthy) return health == Health::kHealthy;
  if (loop_.now() < member.ready) return false;
  const auto& of_its_side = by_health_[member.is_of_second_side ? 1 : 0];
  return of_its_side[static_cast<std::size_t>(Health::kHealthy)] == 0;
}

/// Whoever is to enter or leave rotation does so in the order of launches.
void Fleet::update_rotation() {
  std::vector<std::uint32_t> moving;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (!member.lives || member.state != State::kInService) continue;
    if (belongs_in_rotation(member) != group_.is_in_rotation(member.server)) moving.push_back(i);
  }
  std::sort(moving.begin(), moving.end(), [this](std::uint32_t a, std::uint32_t b) {
    return members_[a].ordinal < members_[b].ordinal;
  });
  for (const std::uint32_t index : moving) {
    const std::uint32_t server = members_[index].server;
    group_.is_in_rotation(server) ? leave_rotation(server) : enter_rotation(server);
  }
}

void Fleet::enter_rotation(std::uint32_t server) {
  group_.put_in(server, loop_.now());
  if (queue_) queue_->begin(server, servers_.workers(server));
}

void Fleet::leave_rotation(std::uint32_t server) {
  group_.take_out(server);
  if (queue_) queue_->stop(server);
}

bool Fleet::send_check(std::uint32_t server) {
  if (loop_.now() < members_[member_of_server_[server]].ready) return false;
  const auto admitted = servers_.admit(server, kCheck | server, Duration{}, Duration{});
  return admitted.entry != compute::Entry::kRefused;
}

void Fleet::health_changed(std::uint32_t server, Health from, Health to) {
  const Member& member = members_[member_of_server_[server]];
  --count_of(member, from);
  ++count_of(member, to);
  const HealthCheckConfig& config = config_.health_checks;
  const char* const name = to == Health::kHealthy ? "healthy" : "unhealthy";
  const std::uint32_t checks = to == Health::kUnhealthy   ? config.unhealthy_threshold
                               : from == Health::kInitial ? 1
                                                          : config.healthy_threshold;
  note("health",
       fmt::format("{} {} in {} is {}: {} health check{} {}", config_.member, member.ordinal,
                   zones_.front().name(member.zone), name, checks, checks == 1 ? "" : "s in a row",
                   to == Health::kHealthy ? "passed" : "failed"));
  update_rotation();
  if (to == Health::kHealthy) replaced_by(member_of_server_[server]);
  member_health_changed(member_of_server_[server]);
}

// --- Requests

workload::Admitted Fleet::admit(std::uint32_t, std::uint32_t index, workload::Request& request) {
  ++use_.requests;
  std::uint32_t drawn = 0;
  const std::uint32_t target = group_.pick(loop_.now(), [&] { return draw(request, drawn); });
  request.place = target;
  constexpr workload::Admitted kRefused{workload::Admission::kRefused, {}};
  if (target == kNoTarget) [[unlikely]]
    return kRefused;  // 503
  const compute::Admitted admitted = servers_.admit(target, index, request.work, request.wait);
  if (!ends_plainly_) [[unlikely]]
    count_admission(target, admitted.entry);
  if (admitted.entry == compute::Entry::kRefused) [[unlikely]] {  // 502
    group_.finished(target);
    return kRefused;
  }
  outstanding_level_.enter(since_window());
  if (admitted.entry == compute::Entry::kQueued)
    recorder_.queue_enter(config_.service, loop_.now());
  return {workload::Admission::kAccepted, admitted.finish};
}

[[gnu::noinline]] void Fleet::count_admission(std::uint32_t server, compute::Entry entry) {
  if (traffic_.is_measured()) traffic_.sent(loop_.now());
  if (entry == compute::Entry::kInService && memory_.is_tracked()) take_memory(server);
}

workload::Admitted Fleet::work_on(std::uint32_t server, std::uint32_t index,
                                  const workload::Request& request) {
  const compute::Admitted admitted = servers_.admit(server, index, request.work, request.wait);
  SKY_CHECK(admitted.entry == compute::Entry::kInService);
  outstanding_level_.enter(since_window());
  if (memory_.is_tracked()) take_memory(server);
  return {workload::Admission::kAccepted, admitted.finish};
}

/// The request's next draw: `drawn` counts them.
[[gnu::noinline]] std::uint64_t Fleet::draw(const workload::Request& request,
                                            std::uint32_t& drawn) const {
  RandomEngine draws = picks_.at(request.row, request.attempts, request.call_path());
  for (std::uint32_t i = 0; i < drawn; ++i) draws();
  ++drawn;
  return draws();
}

/// One more is inside. The member is killed once whoever sent the request knows where it went, and
/// whoever made room for it has left.
[[gnu::noinline]] void Fleet::take_memory(std::uint32_t server) {
  memory_.entered(server, loop_.now());
  if (!memory_.is_exceeded(server)) return;
  const std::uint32_t member = member_of_server_[server];
  loop_.schedule(loop_.now(), process_, kOutOfMemory, member, members_[member].generation);
}

[[gnu::always_inline]] inline void Fleet::job_started(std::uint32_t server, std::uint32_t tag,
                                                      Duration waited) {
  if ((tag & kCheck) != 0) [[unlikely]]
    return;
  if (memory_.is_tracked()) [[unlikely]]
    take_memory(server);
  recorder_.queue_leave(config_.service, loop_.now());
  clients_->request(tag).spent_queueing(waited);
}

void Fleet::job_worked(std::uint32_t, std::uint32_t tag, kernel::SlabId job) {
  if ((tag & kCheck) != 0) return servers_.resume(job, *this);
  if (calling_.size() <= tag) calling_.resize(clients_->requests().capacity());
  calling_[tag] = job;
  calls_->begin(*config_.calls, tag);
}

void Fleet::resume(std::uint32_t, std::uint32_t index, workload::Called called) {
  if (called == workload::Called::kWell) {
    servers_.resume(calling_[index], *this);
    return;
  }
  end(servers_.abandon(calling_[index], *this), index, Outcome::kDependency);
}

/// Where the server stays, and nothing follows but that the request is counted.
[[gnu::always_inline]] inline bool Fleet::job_done_at_once(std::uint32_t server,
                                                           std::uint32_t tag) {
  if ((tag & kCheck) != 0 || !ends_plainly_ || !group_.is_in_rotation(server) ||
      !clients_->is_plain(tag)) [[unlikely]]
    return false;
  group_.finished(server);
  outstanding_level_.leave(since_window());
  clients_->answer_plain(tag);
  return true;
}

[[gnu::always_inline]] inline void Fleet::job_done(std::uint32_t server, std::uint32_t tag) {
  if ((tag & kCheck) != 0) [[unlikely]]
    return checks_.answered(server, *this);
  end(server, tag, Outcome::kCompleted);
}

[[gnu::always_inline]] inline void Fleet::end(std::uint32_t server, std::uint32_t tag,
                                              Outcome outcome) {
  group_.finished(server);
  outstanding_level_.leave(since_window());
  if (!ends_plainly_) [[unlikely]]
    count_end(server, tag, outcome);
  if (group_.is_drained(server)) [[unlikely]]
    drained(member_of_server_[server]);
  config_.calls ? clients_->answer(tag, outcome) : clients_->answer_queued(tag, outcome);
}

[[gnu::noinline]] void Fleet::count_end(std::uint32_t server, std::uint32_t tag, Outcome outcome) {
  const workload::Request& request = clients_->request(tag);
  if (traffic_.is_measured()) traffic_.answered(server, loop_.now(), request, outcome);
  if (memory_.is_tracked()) memory_.left(server, loop_.now());
  if (transfer_item_ && request.more) {
    use_.bytes += request.bytes_in + request.bytes_out;
    bytes_out_ += request.bytes_out;
  }
}

void Fleet::job_dropped(std::uint32_t server, std::uint32_t tag) {
  const bool was_inside = dropped_inside_ > 0;
  if (was_inside) --dropped_inside_;
  if ((tag & kCheck) != 0) return;
  if (is_pausing_) {
    group_.finished(server);
    if (was_inside && memory_.is_tracked()) memory_.left(server, loop_.now());
  }
  outstanding_level_.leave(since_window());
  if (!was_inside) {
    recorder_.queue_leave(config_.service, loop_.now());
  }
  clients_->answer(tag, Outcome::kError);  // E111, E153: 502
}

// --- For whoever watches

workload::Place Fleet::place_of(std::uint32_t, const workload::Request& request) const {
  if (request.place == kNoTarget) return {};
  return {.ordinal = members_[member_of_server_[request.place]].ordinal,
          .timed_out = idle_timeouts_.ends_now(request.attempt),
          .init = {},
          .before_billing = {}};
}

workload::Standing Fleet::standing(std::uint32_t) const {
  workload::Standing standing;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (!member.lives) continue;
    standing.pending += member.state < State::kInService;
    standing.draining += member.state == State::kDraining || member.state == State::kWaiting;
    if (!has_server(member)) continue;
    // Health checks go through the workers too, and are no requests (E154).
    const std::uint32_t requests = group_.outstanding(member.server);
    standing.in_flight += requests;
    standing.queued += std::min(requests, servers_.queued(member.server));
  }
  standing.capacity = group_.in_rotation();
  return standing;
}

std::string Fleet::refusal(std::uint32_t, const workload::Request& request) const {
  if (request.place == kNoTarget) return fmt::format("no {} is in rotation", config_.member);
  if (servers_.is_halted(request.place)) {
    return fmt::format("{} {}: its container does not run", config_.member,
                       members_[member_of_server_[request.place]].ordinal);
  }
  return fmt::format("{} {}: all workers are busy and its backlog of {} is full", config_.member,
                     members_[member_of_server_[request.place]].ordinal,
                     config_.server.backlog.value_or(0));
}

// --- Events

void Fleet::fire(const kernel::Event& event) {
  if (event.kind >= kServers) [[likely]] {
    servers_.fire(event, *this);
  } else if (event.kind >= kChecks) {
    checks_.fire(event, *this);
  } else if (event.kind >= kIdleTimeouts) {
    idle_timeouts_.fire(event, servers_, *clients_,
                        [](std::uint32_t tag) { return (tag & kCheck) == 0; });
  } else {
    fire_member(event);
  }
}

[[gnu::noinline]] void Fleet::fire_member(const kernel::Event& event) {
  if (!members_.is_live({event.payload, event.tag})) return;
  switch (event.kind) {
    case kBilled:
      members_[event.payload].state = State::kStarting;
      bill_from(event.payload, loop_.now());
      break;
    case kInService:
      launched(event.payload);
      break;
    case kAbandoned:
      abandon(event.payload);
      break;
    case kReady:
      update_rotation();
      break;
    case kOutOfMemory:
      out_of_memory(event.payload);
      break;
    case kDelayOver:
      if (members_[event.payload].drains_until == loop_.now()) drained(event.payload);
      break;
    case kWaited:
      end_billing(event.payload);
      break;
    default:
      SKY_CHECK(false);
  }
}

}  // namespace skyreplay::balancing
