// How many members there are, and which come and go.
#include <algorithm>
#include <tuple>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

FleetService::FleetService(World& world, std::size_t service)
    : Station(world, service),
      groups_(fleet().cross_zone ? 1 : fleet().zones,
              TargetGroup(world, fleet().algorithm, fleet().slow_start)),
      lost_(fleet().zones),
      shocks_(fleet().zones) {
  if (!fleet().policies.empty() || !fleet().alarms.empty()) {
    scaling_.emplace(world, *this, fleet(), world.entity(service), config().name);
  }
  plan_scheduled();
  for (std::uint32_t zone = 0; zone < fleet().zones && fleet().spot; ++zone) plan_shock(zone);
  set_desired(fleet().desired);
  for (std::uint32_t i = 0; i < desired_ && world_.scenario.warm_start; ++i) {
    const std::size_t member = add_member();
    members_[member].billed_from = world_.now() - Time{1};  // it ran before: no minimum is due
    put_in_service(member, Health::kHealthy);
    members_[member].serves_since = world_.now() - std::chrono::hours{365 * 24};
  }
  reconcile();
}

void FleetService::change(const Change& change) {
  if (scaling_) scaling_->suspend((fleet().suspended & kAlarmNotification) != 0);
  reconcile();
  std::optional<std::uint32_t> max, desired;
  if (change.field == Change::Field::kMaxSize) max = fleet().max_size;
  const bool is_scaled = scaling_ || !fleet().scheduled.empty();
  if (change.field == Change::Field::kDesired || !is_scaled) desired = fleet().desired;
  set_capacity({}, max, desired);
}

void FleetService::set_capacity(std::optional<std::uint32_t> min, std::optional<std::uint32_t> max,
                                std::optional<std::uint32_t> desired) {
  const auto before = std::pair(min_, max_);
  if (min) min_ = *min;
  if (max) max_ = *max;
  if (!max) max_ = std::max(min_, max_);
  if (!min) min_ = std::min(min_, max_);
  const std::uint32_t to = std::clamp(desired.value_or(desired_), min_, max_);
  if (min && world_.broken(Mutation::kBoundsPass)) std::tie(min_, max_) = before;
  if (scaling_) scaling_->set_bounds(min_, max_);
  scale(to);
}

void FleetService::kill(std::uint32_t count) {
  std::vector<std::size_t> killed = in_service();
  killed.resize(std::min<std::size_t>(killed.size(), count));
  lose(killed);
}

void FleetService::zones_change() {
  for (std::uint32_t zone = 0; zone < fleet().zones; ++zone) {
    const bool lost = world_.is_lost(service_, zone);
    if (lost == lost_[zone]) continue;
    lost_[zone] = lost;
    note("fault");
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const bool is_there = members_[i].zone == zone && members_[i].state != Member::State::kGone;
      if (lost && is_there) there.push_back(i);
    }
    lose(there);
  }
}

void FleetService::scale(std::uint32_t desired) {
  if (desired == desired_) return;
  note(desired > desired_ ? "scale_out" : "scale_in", desired_, desired);
  set_desired(desired);
  reconcile();
}

std::uint32_t FleetService::targets() const {
  std::size_t count = 0;
  for (const TargetGroup& group : groups_) count += group.size();
  return static_cast<std::uint32_t>(count);
}

std::vector<Group::Instance> FleetService::instances() const {
  std::vector<Instance> there;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (member.state == Member::State::kGone) continue;
    there.push_back({i, member.serves_since, member.state == Member::State::kDraining});
  }
  return there;
}

std::vector<Time> FleetService::taken_out(Time since) const {
  std::vector<Time> served;
  for (const Member& member : members_) {
    if (member.taken_out && *member.taken_out > since) served.push_back(*member.serves_since);
  }
  return served;
}

void FleetService::forget(std::size_t member) {
  std::erase_if(replaced_, [member](const auto& pair) {
    return pair.first == member || pair.second == member;
  });
}

std::vector<std::size_t> FleetService::in_service() const {
  std::vector<std::size_t> serving;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].state == Member::State::kInService) serving.push_back(i);
  }
  return serving;
}

void FleetService::set_desired(std::uint32_t desired) {
  desired_level_.change(world_.now(), static_cast<int>(desired) - static_cast<int>(desired_));
  desired_ = desired;
}

void FleetService::note(const std::string& kind, std::int64_t from, std::int64_t to) {
  world_.journal.activities.push_back({world_.now(), service_, kind, from, to});
}

std::uint32_t FleetService::alive() const {
  return static_cast<std::uint32_t>(std::count_if(
      members_.begin(), members_.end(), [](const Member& member) { return member.counts(); }));
}

std::vector<std::uint32_t> FleetService::by_zone() const {
  std::vector<std::uint32_t> zones(fleet().zones);
  for (const Member& member : members_) zones[member.zone] += member.counts() ? 1 : 0;
  return zones;
}

void FleetService::lose(const std::vector<std::size_t>& lost) {
  for (const std::size_t index : lost) {
    Member& member = members_[index];
    if (member.state == Member::State::kDraining) continue;
    note("terminate", static_cast<std::int64_t>(index));
    forget(index);
    if (member.waits()) {
      call_off(member);
    } else {
      member.state = Member::State::kDraining;
    }
  }
  update_rotation();
  for (const std::size_t index : lost) {
    if (members_[index].state != Member::State::kDraining) continue;
    const bool finish = world_.broken(Mutation::kKilledFinish);
    if (!finish || group_of(index).outstanding(index) == 0) remove(index);
  }
  reconcile();
}

void FleetService::call_off(Member& member) {
  pending_level_.change(world_.now(), -1);
  member.state = Member::State::kGone;
  member.gone = world_.now();
}

bool FleetService::can_launch() const {
  const bool has_zone = std::find(lost_.begin(), lost_.end(), false) != lost_.end();
  return has_zone && (fleet().suspended & kLaunch) == 0;
}

std::size_t FleetService::add_member() {
  std::vector<std::uint32_t> zones = by_zone();
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (lost_[i] && !world_.broken(Mutation::kLaunchesIntoLostZones)) zones[i] = ~0U;
  }
  const auto emptiest = std::min_element(zones.begin(), zones.end());  // E20
  members_.push_back(
      {.zone = static_cast<std::uint32_t>(emptiest - zones.begin()), .launched = world_.now()});
  return members_.size() - 1;
}

void FleetService::launch() {
  const std::size_t member = add_member();
  pending_level_.change(world_.now(), +1);
  const auto [billed, in_service] = start_times(member);
  world_.calendar.plan(world_.now() + billed, [this, member] {
    if (members_[member].state == Member::State::kGone) return;
    members_[member].state = Member::State::kStarting;
    members_[member].billed_from = world_.now();
  });
  world_.calendar.plan(world_.now() + in_service, [this, member] {
    if (members_[member].state == Member::State::kGone) return;
    pending_level_.change(world_.now(), -1);
    put_in_service(member, Health::kInitial);
  });
  note("launch", static_cast<std::int64_t>(member));
}

std::pair<Time, Time> FleetService::start_times(std::size_t ordinal) const {
  const auto drawn = [&](const Law& law, const char* purpose) {
    return sample(law, world_.bits(world_.entity(service_), purpose, ordinal));
  };
  if (!fleet().fargate) {
    const Time boot = scaled(drawn(fleet().boot_time, "boot_time"),
                             world_.factor(Fault::Kind::kBootTime, service_));
    return {std::min(fleet().pending_time, boot), boot};
  }
  const Time pull = drawn(fleet().infrastructure_time, "infrastructure_time");
  return {pull, pull + fleet().pull_time + drawn(fleet().container_start, "container_start") +
                    drawn(fleet().application_start, "application_start")};
}

void FleetService::put_in_service(std::size_t member, Health health) {
  members_[member].state = Member::State::kInService;
  members_[member].served_from = members_[member].serves_since = world_.now();
  members_[member].is_protected = fleet().protects_new;
  if (scaling_) scaling_->last_in_service = world_.now();
  members_[member].server =
      std::make_unique<Server>(world_, *this, member, fleet(), world_.makes_calls(service_));
  members_[member].health = health;
  const Law beat{.kind = Law::Kind::kUniform, .b = interval()};
  const Bits draw = world_.bits(world_.entity(service_), "health_check", member);
  world_.calendar.plan(world_.now() + sample(beat, draw), [this, member] { check(member); });
  update_rotation();
  world_.journal.running[service_].change(world_.now(), +1);
}

std::optional<std::size_t> FleetService::next_to_go() const {
  const std::vector<std::uint32_t> zones = by_zone();
  const auto may_go = [&](const Member& member) {
    return member.counts() && (!member.is_protected || world_.broken(Mutation::kProtectedGo));
  };
  std::optional<std::uint32_t> zone;
  for (std::uint32_t i = 0; i < zones.size(); ++i) {
    const bool has_one = std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
      return member.zone == i && may_go(member);
    });
    if (has_one && (!zone || zones[i] >= zones[*zone])) zone = i;
  }
  std::optional<std::size_t> first, latest;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!zone || members_[i].zone != *zone || !may_go(members_[i])) continue;
    if (members_[i].waits()) latest = i;
    if (!first || into_hour(i) > into_hour(*first)) first = i;
  }
  return latest ? latest : first;
}

Time FleetService::into_hour(std::size_t member) const {
  if (fleet().fargate || world_.broken(Mutation::kOldestGoes)) return Time{};
  return (world_.now() - members_[member].launched) % std::chrono::hours{1};
}

void FleetService::reconcile() {
  while (alive() < desired_ + replaced_.size() && can_launch()) launch();
  while (alive() > desired_ + replaced_.size() && (fleet().suspended & kTerminate) == 0) {
    if (!take_out_one()) return;
  }
}

bool FleetService::take_out_one() {
  const std::optional<std::size_t> found = next_to_go();
  if (!found) return false;
  note("terminate", static_cast<std::int64_t>(*found));
  if (members_[*found].waits()) {
    forget(*found);
    call_off(members_[*found]);
  } else {
    drain(*found);
  }
  return true;
}

void FleetService::drain(std::size_t index) {
  forget(index);
  Member& member = members_[index];
  member.state = Member::State::kDraining;
  member.taken_out = world_.now();
  update_rotation();
  if (group_of(index).outstanding(index) == 0) return remove(index);
  const Time delay =
      world_.broken(Mutation::kDrainingAtOnce) ? Time{} : fleet().deregistration_delay;
  world_.calendar.plan(world_.now() + delay, [this, index] {
    if (members_[index].state == Member::State::kDraining) remove(index);
  });
}

void FleetService::remove(std::size_t index) {
  Member& member = members_[index];
  member.state = Member::State::kGone;
  member.gone = world_.now();
  world_.journal.running[service_].change(world_.now(), -1);
  std::size_t inside = member.server->inside();
  for (const JobPtr& job : member.server->close()) {
    const bool was_inside = inside > 0;
    inside -= was_inside ? 1 : 0;
    if (job->attempt->check != 0) continue;
    outstanding_.change(world_.now(), -1);
    if (!was_inside) world_.journal.queue[service_].change(world_.now(), -1);
    world_.answer(*job->attempt, Outcome::kError);
  }
}
std::unique_ptr<Station> make_fleet(World& world, std::size_t service) {
  return std::make_unique<FleetService>(world, service);
}

}  // namespace skyreplay::reference
