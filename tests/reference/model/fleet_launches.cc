// Who is launched and where, and what it goes through until it serves.
#include <algorithm>
#include <utility>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

bool FleetService::has_capacity(std::uint32_t zone) const {
  const bool lost = lost_[zone] && !world_.broken(Mutation::kLaunchesIntoLostZones);
  return !lost && !refused_[zone] && !too_dear_;
}

std::size_t FleetService::add_member(std::uint32_t zone, std::size_t provider) {
  members_.push_back({.zone = zone,
                      .provider = provider,
                      .revision = launching_,
                      .ready = world_.now(),
                      .launched = world_.now()});
  members_.back().instance = next_instance_;
  if (fleet().is_cluster) {
    members_.back().instance = hall().all_.size();
    hall().all_.emplace_back(this, members_.size() - 1);
  }
  return members_.size() - 1;
}

std::optional<std::uint32_t> FleetService::zone_of_launch(std::vector<std::uint32_t>& failed,
                                                          std::size_t provider) const {
  std::vector<std::uint32_t> zones = by_zone(provider);
  for (std::uint32_t i = 0; i < zones.size(); ++i) zones[i] += failed[i];
  std::optional<std::uint32_t> best;  // E20
  for (std::uint32_t i = 0; i < zones.size(); ++i) {
    const bool may = has_capacity(i) || fleet().balanced_only;
    if (may && (!best || zones[i] < zones[*best])) best = i;
  }
  if (!best || has_capacity(*best)) return best;
  if (!world_.broken(Mutation::kFailedLaunchesCountNowhere)) ++failed[*best];
  return std::nullopt;
}

void FleetService::launch_missing() {
  std::vector<std::uint32_t> failed(fleet().zones);
  std::size_t failures = 0;
  while (alive() + unnoticed_ + failures < wanted()) {
    const std::size_t provider = provider_of_launch({});
    const std::optional<std::uint32_t> zone = zone_of_launch(failed, provider);
    zone ? launch(*zone, provider) : void(++failures);
  }
  if (failures > 0) note("launch_failed");
}

void FleetService::rebalance_zones() {
  const bool suspended = (fleet().suspended & (kLaunch | kAzRebalance)) != 0;
  if (fleet().fargate || !(ever_closed_ || ever_aside_) || suspended) return;
  if (world_.broken(Mutation::kZonesStayUneven)) return;
  while (alive() >= wanted() && alive() < max_ + std::max(1U, max_ / 10)) {
    std::vector<std::uint32_t> zones = by_zone(0);
    const auto fullest = [&] {
      std::optional<std::uint32_t> found;
      for (std::uint32_t i = 0; i < zones.size(); ++i) {
        const bool gives = std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
          return member.zone == i && member.state == Member::State::kInService &&
                 !member.is_protected;
        });
        if (gives && (!found || zones[i] >= zones[*found])) found = i;
      }
      return found;
    };
    if (!fullest()) return;
    // Those above what is wanted go first.
    for (std::size_t i = alive() - wanted(); i > 0 && zones[*fullest()] > 0; --i) {
      --zones[*fullest()];
    }
    std::optional<std::uint32_t> emptiest;
    for (std::uint32_t i = 0; i < zones.size(); ++i) {
      if (has_capacity(i) && (!emptiest || zones[i] < zones[*emptiest])) emptiest = i;
    }
    if (!emptiest || zones[*fullest()] < zones[*emptiest] + 2) return;
    launch(*emptiest);
    members_.back().rebalances = true;
  }
}

void FleetService::launch(std::uint32_t zone, std::size_t provider) {
  const std::size_t member = add_member(zone, provider);
  pending_level_.change(world_.now(), +1);
  const auto [billed, in_service, abandoned, ready] = start_times(member);
  members_[member].ready = ready == Time::max() ? ready : world_.now() + in_service + ready;
  world_.calendar.plan(world_.now() + billed, [this, member] {
    if (members_[member].state == Member::State::kGone) return;
    members_[member].state = Member::State::kStarting;
    members_[member].billed_from = world_.now();
  });
  world_.calendar.plan(world_.now() + in_service, [this, member, gives_up = abandoned] {
    if (members_[member].state == Member::State::kGone) return;
    if (gives_up) return give_up_launch(member);
    pending_level_.change(world_.now(), -1);
    put_in_service(member, Health::kInitial);
    if (!members_[member].rebalances) return;
    members_[member].rebalances = false;
    reconcile();
  });
  note("launch", static_cast<std::int64_t>(member));
}

FleetService::Start FleetService::start_times(std::size_t ordinal) {
  const auto drawn = [&](const Law& law, const char* purpose) {
    return sample(law, world_.bits(world_.entity(service_), purpose, ordinal));
  };
  if (!fleet().fargate) {
    const Time lag = drawn(fleet().decision_lag, "decision_lag");
    const Time boot = scaled(drawn(fleet().boot_time, "boot_time"),
                             world_.factor(Fault::Kind::kBootTime, service_));
    const Time running = lag + std::min(fleet().pending_time, boot);
    const auto [wait, abandoned] = hooks(ordinal, true);
    if (abandoned && !world_.broken(Mutation::kAbandonedGoOn))
      return {running, running + wait, true};
    if (world_.broken(Mutation::kWaitsAfterItsBoot)) return {running, lag + boot + wait};
    return {running, std::max(lag + boot, running + wait)};
  }
  const auto happens = [&](double share, const char* what) {
    return world_.bits(world_.entity(service_), what, ordinal).uniform() < share;
  };
  const std::size_t number = members_[ordinal].revision;
  const Fleet task = revision(number);
  const Time pull = drawn(task.infrastructure_time, "infrastructure_time");
  const Time pulled = on_cluster() ? image_ready(world_.now() + pull, number) - world_.now()
                                   : pull + task.pull_time;
  Start start{pull, pulled + drawn(task.container_start, "container_start")};
  start.ready = drawn(task.application_start, "application_start");
  if (world_.broken(Mutation::kReadyWhenItRuns)) start.ready = {};
  if (number == 0) return start;
  const Deployment& deployment = fleet().deployments[number - 1];
  start.abandoned = happens(deployment.start_failures, "start_failures");
  if (happens(deployment.never_healthy, "never_healthy")) start.ready = Time::max();
  return start;
}

std::pair<Time, bool> FleetService::hooks(std::size_t ordinal, bool launching) const {
  Time last{};
  std::optional<Time> abandoned;
  for (const Hook& hook : fleet().hooks) {
    if (hook.launching != launching) continue;
    Time timeout = std::chrono::seconds{hook.timeout};
    const bool beats = hook.heartbeat && *hook.heartbeat <= timeout;
    if (beats && !world_.broken(Mutation::kHeartbeatsAreDeaf)) {
      timeout = std::min<Time>(std::chrono::hours{48}, 100 * timeout);
    }
    std::optional<Time> done;
    if (hook.work) {
      const std::string entity = world_.entity(service_) + ".lifecycle_hooks." + hook.name;
      done = sample(*hook.work, world_.bits(entity, "completes_after", ordinal));
    }
    if (done && *done <= timeout) {
      last = std::max(last, *done);
    } else if (hook.continues) {
      last = std::max(last, timeout);
    } else {
      abandoned = std::min(abandoned.value_or(timeout), timeout);
    }
  }
  return {abandoned.value_or(last), abandoned.has_value()};
}

void FleetService::give_up_launch(std::size_t index) {
  if (has_scheduler()) task_never_ran(index);
  take_out(index);
  reconcile();
}

void FleetService::put_in_service(std::size_t member, Health health) {
  members_[member].state = Member::State::kInService;
  ++members_[member].stint;
  members_[member].served_from = members_[member].serves_since = world_.now();
  members_[member].is_protected = fleet().protects_new;
  if (scaling_) scaling_->last_in_service = world_.now();
  members_[member].server = std::make_unique<Server>(
      world_, *this, member, revision(members_[member].revision), world_.makes_calls(service_));
  members_[member].health = health;
  if (fleet().is_cluster || fleet().unreached || has_queue()) {
    members_[member].health = Health::kHealthy;
  } else {
    const Law beat{.kind = Law::Kind::kUniform, .b = interval()};
    const Bits draw = world_.bits(world_.entity(service_), "health_check", member);
    world_.calendar.plan(world_.now() + sample(beat, draw),
                         [this, member, stint = members_[member].stint] { check(member, stint); });
  }
  update_rotation();
  world_.journal.running[service_].change(world_.now(), +1);
  if (!fleet().providers.empty() && fleet().providers[members_[member].provider].spot) {
    const Time time = sample(fleet().time_to_interruption,
                             world_.bits(world_.entity(service_), "time_to_interruption", member));
    if (time < Time::max() - world_.now()) {
      world_.calendar.plan(world_.now() + time, [this, member] { interrupt_task(member); });
    }
  }
  if (members_[member].ready > world_.now() && members_[member].ready != Time::max()) {
    world_.calendar.plan(members_[member].ready, [this] { update_rotation(); });
  }
  if (fleet().is_cluster) {
    members_[member].is_active = true;
    for (Tenant* tenant : hall().tenants_) tenant->follow_instances();
    hall().room_appears();
  }
  if (has_scheduler()) task_runs(member);
  start_containers(member);
  replace_unhealthy_later(world_.now() + std::chrono::seconds{fleet().grace});
  replace_unhealthy_later(world_.now() + std::chrono::seconds{fleet().default_warmup.value_or(0)});
}

}  // namespace skyreplay::reference
