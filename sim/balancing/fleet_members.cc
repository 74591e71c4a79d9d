#include <fmt/format.h>

#include <algorithm>

#include "balancing/fleet.h"
#include "core/check.h"

// How many members there are: who is launched, and who goes.

namespace skyreplay::balancing {

namespace {

/// Members that a run begins with have warmed up, whatever the warmup.
constexpr Duration kLongAgo = std::chrono::hours{24 * 365};

}  // namespace

void Fleet::begin(std::uint32_t desired, bool in_service) {
  change_desired(desired);
  std::vector<std::uint32_t> planned = kinds_that_stay();
  for (std::uint32_t i = 0; i < desired && in_service; ++i) {
    const std::uint32_t kind = config_.mix.next(planned);
    ++planned[kind];
    const ZoneBalance::Choice choice = choose_place(kind);
    if (!choice.zone) continue;  // of capacity of its own, which is full
    const std::uint32_t member = add_member(*choice.zone, kind);
    bill_from(member, loop_.now() - Duration{1});  // it ran already: no minimum is due
    put_in_service(member, Health::kHealthy, loop_.now() - kLongAgo);
  }
  reconcile();
}

void Fleet::set_desired(std::uint32_t desired, const std::string& cause) {
  if (desired == desired_) return;
  note(desired > desired_ ? "scale_out" : "scale_in", cause, desired_, desired);
  change_desired(desired);
  reconcile();
}

void Fleet::suspend(const Suspension& suspension) {
  suspended_ = suspension;
  if (!suspension.noticing_loss) unnoticed_ = 0;
  reconcile();
}

void Fleet::reconcile() {
  if (schedule_members()) return members_changed();
  const std::size_t missing = wanted() > members_alive_ ? wanted() - members_alive_ : 0;
  unnoticed_ = static_cast<std::uint32_t>(std::min<std::size_t>(unnoticed_, missing));
  if (!suspended_.launches) launch_missing();
  while (members_alive_ > wanted() + rebalancing_ && !suspended_.terminations) {
    if (!take_out_one()) break;  // E17: all that are left are protected
  }
  rebalance_zones();
  members_changed();
}

void Fleet::change_desired(std::uint32_t desired) {
  for (; desired_ < desired; ++desired_) desired_level_.enter(since_window());
  for (; desired_ > desired; --desired_) desired_level_.leave(since_window());
}

// --- Coming

std::uint32_t Fleet::add_member(std::uint32_t zone, std::uint32_t kind) {
  const std::uint32_t index = members_.acquire().index;
  Member& member = members_[index];
  member.state = State::kPending;
  member.ordinal = created_++;
  member.is_protected = false;
  member.rebalances = false;
  member.aside = Aside::kNo;
  member.launched = loop_.now();
  member.serves_since = kEndOfTime;
  member.ready = loop_.now();
  member.zone = zone;
  member.kind = kind;
  member.lives = true;
  count_in(index);
  member_added(index);
  return index;
}

/// It counts as a member from now on.
void Fleet::count_in(std::uint32_t index) {
  ++members_alive_;
  zones_[members_[index].kind].add(members_[index].zone);
  ++of_kind_[members_[index].kind];
}

void Fleet::launch_missing() {
  const std::size_t there = members_alive_ + unnoticed_;
  launch_members(there < wanted() ? wanted() - there : 0);
}

std::vector<std::uint32_t> Fleet::kinds_of_next(std::uint32_t launches) const {
  std::vector<std::uint32_t> planned = kinds_that_stay();
  std::vector<std::uint32_t> kinds(planned.size(), 0);
  for (; launches > 0; --launches) {
    const std::uint32_t kind = config_.mix.next(planned);
    ++planned[kind];
    ++kinds[kind];
  }
  return kinds;
}

std::optional<std::uint32_t> Fleet::kind_to_go() const {
  const std::vector<std::uint32_t> members = kinds_that_stay();
  const bool any = std::any_of(members.begin(), members.end(), [](auto each) { return each > 0; });
  return any ? std::optional(config_.mix.first_to_go(members)) : std::nullopt;
}

/// E20: what no zone has capacity for is launched when one has.
std::size_t Fleet::launch_members(std::size_t count) {
  for (ZoneBalance& zones : zones_) zones.begin_round();
  std::size_t launched = 0;
  std::size_t failed = 0;
  std::vector<std::string> names;
  std::vector<std::uint32_t> planned = kinds_that_stay();
  while (launched + failed < count) {
    const std::uint32_t kind = config_.mix.next(planned);
    if (!may_launch(kind)) break;
    ++planned[kind];  // who waits does so for that kind (C73)
    const ZoneBalance::Choice choice = choose_place(kind);
    if (choice.zone) {
      start_launch(*choice.zone, kind);
      ++launched;
      continue;
    }
    ++failed;
    for (const std::uint32_t zone : choice.without_capacity) {
      const std::string& name = zones_[kind].name(zone);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  launches_failed(failed, names);
  return launched;
}

void Fleet::launches_failed(std::size_t failed, const std::vector<std::string>& zones) {
  if (failed == 0) return;
  note("launch_failed", fmt::format("{} {}{}: no capacity in {}", failed, config_.member,
                                    failed == 1 ? "" : "s", fmt::join(zones, ", ")));
}

void Fleet::set_waiting(std::uint32_t waiting) {
  for (; waiting_ < waiting; ++waiting_) pending_level_.enter(since_window());
  for (; waiting_ > waiting; --waiting_) pending_level_.leave(since_window());
}

std::string Fleet::spelled(const Member& member) const {
  const std::string place = zones_.front().name(member.zone);
  const std::string kind =
      config_.kinds.empty() ? "" : fmt::format(" on {}", config_.kinds[member.kind]);
  return fmt::format("{} {} in {}{}", config_.member, member.ordinal, place, kind);
}

std::uint32_t Fleet::start_launch(std::uint32_t zone, std::uint32_t kind) {
  const std::uint32_t index = add_member(zone, kind);
  Member& member = members_[index];
  is_launched(kind);
  const Launch takes = launch(member.ordinal);
  pending_level_.enter(since_window());
  loop_.schedule(loop_.now() + takes.billed, process_, kBilled, index, member.generation);
  loop_.schedule(loop_.now() + takes.in_service, process_,
                 takes.is_abandoned ? kAbandoned : kInService, index, member.generation);
  member.ready = loop_.now() + takes.in_service;
  member.ready = takes.ready < kEndOfTime - member.ready ? member.ready + takes.ready : kEndOfTime;
  note("launch", fmt::format("{}: {} after {}", spelled(member),
                             takes.is_abandoned ? "abandoned" : "in service",
                             format_duration(takes.in_service)));
  return index;
}

void Fleet::put_in_service(std::uint32_t index, Health health, TimePoint serves_since) {
  Member& member = members_[index];
  member.state = State::kInService;
  member.serves_since = serves_since;
  member.is_protected = config_.protects_members;
  compute::ServerConfig server = config_.server;
  configure_server(index, server);
  member.server = servers_.add(server);
  memory_.add(member.server, server.memory, loop_.now());
  ends_plainly_ = ends_plainly_ && !memory_.is_tracked();
  if (member_of_server_.size() <= member.server) {
    member_of_server_.resize(member.server + std::size_t{1});
  }
  member_of_server_[member.server] = index;
  member.is_of_second_side = is_of_second_side(index);
  const auto nodes = config_.cross_zone ? 1 : static_cast<std::uint32_t>(config_.zones.size());
  const std::uint32_t first = member.is_of_second_side ? nodes : 0;
  group_.add(member.server, first + (config_.cross_zone ? 0 : member.zone));
  checks_.add(member.server, member.ordinal, health);  // E7, E107, E108: from registration on
  ++count_of(member, health);
  update_rotation();
  traffic_.add_server(member.server, serves_since + config_.warmup);
  recorder_.capacity_up(config_.service, loop_.now());
  if (member.ready > loop_.now() && member.ready < kEndOfTime) {
    loop_.schedule(member.ready, process_, kReady, index, member.generation);
  }
  member_in_service(index);
}

void Fleet::launched(std::uint32_t index) {
  pending_level_.leave(since_window());
  put_in_service(index, config_.has_load_balancer ? Health::kInitial : Health::kHealthy,
                 loop_.now());
  if (!members_[index].rebalances) return;
  members_[index].rebalances = false;
  --rebalancing_;
  reconcile();
}

/// The launch has come to nothing: another one is made.
void Fleet::abandon(std::uint32_t index) {
  member_abandoned(index);
  take_out(index, ": " + abandonment(members_[index].ordinal));
  reconcile();
}

// --- Going

TerminationCandidate Fleet::candidate(const Member& member) const {
  return {.ordinal = member.ordinal,
          .zone = member.zone,
          .zone_members = zones_[member.kind].members(member.zone),
          .launched = member.launched,
          .serves = member.state == State::kInService};
}

std::uint32_t Fleet::next_to_go() {
  return next_to_go([this](std::uint32_t i) { return !members_[i].is_protected; });
}

bool Fleet::take_out_one() {
  const std::uint32_t index = next_to_go();
  if (index == kNoTarget) return false;
  take_out(index, "");
  return true;
}

void Fleet::terminate(std::uint32_t index, const std::string& why) {
  SKY_CHECK(members_[index].lives && members_[index].state == State::kInService);
  take_out(index, ": " + why);
  reconcile();
}

void Fleet::take_out(std::uint32_t index, const std::string& why) {
  const Member& member = members_[index];
  note("terminate", spelled(member) + why);
  forget(index);
  member.state == State::kInService ? drain(index, config_.deregistration_delay) : call_off(index);
}

void Fleet::stop(std::uint32_t index, Duration within, const std::string& why) {
  SKY_CHECK(members_[index].lives && members_[index].state == State::kInService);
  note("terminate", spelled(members_[index]) + ": " + why);
  forget(index);
  drain(index, within);
  reconcile();
}

/// It counts as a member no more.
void Fleet::forget(std::uint32_t index) {
  member_forgotten(index);
  --members_alive_;
  zones_[members_[index].kind].remove(members_[index].zone);
  --of_kind_[members_[index].kind];
  std::erase_if(replacements_, [index](const Replacement& replacement) {
    return replacement.old_member == index || replacement.new_member == index;
  });
}

/// It was not in service yet, and never is.
void Fleet::call_off(std::uint32_t index) {
  const Member& member = members_[index];
  pending_level_.leave(since_window());
  if (member.rebalances) --rebalancing_;
  if (member.state == State::kStarting) bill_until(index, loop_.now());
  release(index);
}

void Fleet::drain(std::uint32_t index, Duration delay) {
  Member& member = members_[index];
  member_taken_out(index);
  deregister(index);
  update_rotation();
  if (group_.outstanding(member.server) == 0) {
    end_server(index, termination_wait(member.ordinal));
  } else {
    member.drains_until = loop_.now() + delay;
    loop_.schedule(member.drains_until, process_, kDelayOver, index, member.generation);
  }
}

/// It gets no more requests, and no checks. Others may have to take its place in rotation.
void Fleet::deregister(std::uint32_t index) {
  Member& member = members_[index];
  member.state = State::kDraining;
  if (group_.is_in_rotation(member.server)) leave_rotation(member.server);
  --count_of(member, checks_.health(member.server));
  checks_.remove(member.server);
}

/// It has nothing outstanding and gets nothing: it goes if that is for good.
void Fleet::drained(std::uint32_t index) {
  const Member& member = members_[index];
  if (member.state == State::kDraining) end_server(index, termination_wait(member.ordinal));
}

/// What the member still has fails (E111, E153); it is billed until it has waited so long, or runs
/// on.
void Fleet::end_server(std::uint32_t index, Duration wait) {
  Member& member = members_[index];
  const std::uint32_t server = member.server;
  gone_busy_ += servers_.cpu_busy(server, loop_.now());
  gone_available_ += servers_.cpu_available(server, loop_.now());
  gone_memory_ += memory_.until(server, loop_.now());
  recorder_.capacity_down(config_.service, loop_.now());
  group_.remove(server);
  if (queue_) queue_->gone(server);
  member.state = member.aside == Aside::kNo ? State::kWaiting : State::kAside;
  if (member.state == State::kAside) {
    // It runs on.
  } else if (wait > Duration{}) {
    loop_.schedule(loop_.now() + wait, process_, kWaited, index, member.generation);
  } else {
    end_billing(index);
  }
  dropped_inside_ = servers_.in_service(server);
  servers_.remove(server, *this);
}

void Fleet::end_wait(std::uint32_t index) {
  SKY_CHECK(members_[index].lives && members_[index].state == State::kWaiting);
  end_billing(index);
}

/// It is billed no more.
void Fleet::end_billing(std::uint32_t index) {
  bill_until(index, loop_.now());
  release(index);
}

void Fleet::release(std::uint32_t index) {
  member_gone(index);
  members_[index].lives = false;
  members_.release(index);
}

}  // namespace skyreplay::balancing
