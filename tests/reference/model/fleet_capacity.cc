// How many members there are, and which come and go.
#include <algorithm>
#include <tuple>
#include <utility>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

FleetService::FleetService(World& world, std::size_t service)
    : Station(world, service),
      groups_(std::size_t{fleet().cross_zone ? 1 : fleet().zones} * (fleet().shift ? 2 : 1),
              TargetGroup(world, fleet().algorithm, fleet().slow_start)),
      lost_(fleet().zones),
      refused_(fleet().zones),
      shocks_(fleet().zones) {
  for (std::size_t i = 0; i < fleet().deployments.size(); ++i) {
    const Time at = world.now() + fleet().deployments[i].at;
    world.calendar.plan(at, [this, i] {
      deploy(i + 1, false);
      reconcile();
    });
  }
  if (!fleet().policies.empty() || !fleet().alarms.empty()) {
    scaling_.emplace(world, *this, fleet(), world.entity(service), config().name);
  }
  if (on_cluster()) cluster().let_in(*this);
  plan_scheduled();
  for (std::uint32_t zone = 0; zone < fleet().zones && fleet().spot; ++zone) plan_shock(zone);
  if (fleet().spot) {
    too_dear_ = ever_closed_ = is_dear(0);
    plan_price(0);
  }
  if (fleet().managed) plan_measure();
  set_desired(fleet().daemon ? cluster().instances_for(*this) : fleet().desired);
  Planned failed;
  for (std::uint32_t i = 0; i < desired_ && world_.scenario.warm_start; ++i) {
    std::vector<std::uint32_t> none(fleet().zones);
    const std::size_t provider = provider_of_launch(failed);
    const auto zone = on_cluster() ? place_task(provider) : zone_of_launch(none, provider);
    if (!zone) {
      ++failed[provider];
      continue;
    }
    if (on_cluster()) images_[{next_instance_, 0}] = world_.now();
    const std::size_t member = add_member(*zone, provider);
    members_[member].billed_from = world_.now() - Time{1};  // it ran before: no minimum is due
    members_[member].has_passed = members_[member].was_healthy = true;
    begun_with_ = members_.size();
    put_in_service(member, Health::kHealthy);
    members_[member].serves_since = world_.now() - std::chrono::hours{365 * 24};
  }
  reconcile();
}

void FleetService::change(const Change& change) {
  if ((fleet().suspended & (kHealthCheck | kReplaceUnhealthy)) == 0) unnoticed_ = 0;
  if (scaling_) scaling_->suspend((fleet().suspended & kAlarmNotification) != 0);
  if (!fleet().fargate) reconcile();
  std::optional<std::uint32_t> max, desired;
  if (change.field == Change::Field::kMaxSize) max = fleet().max_size;
  const bool is_scaled = scaling_ || !fleet().scheduled.empty();
  if (change.field == Change::Field::kDesired || !is_scaled) desired = fleet().desired;
  if (fleet().fargate) {  // C104: a desired count may lie outside the bounds
    if (desired) scale(*desired);
    if (!max) return;
    desired.reset();
  }
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

void FleetService::raise_max(std::uint32_t max) {
  if (!fleet().fargate) return set_capacity({}, max, {});
  max_ = max;  // a service's desired count may lie outside
  scaling_->set_bounds(min_, max_);
}

void FleetService::kill(std::uint32_t count) {
  std::vector<std::size_t> killed = in_service();
  killed.resize(std::min<std::size_t>(killed.size(), count));
  lose(killed);
}

void FleetService::zones_change() {
  if (on_cluster()) return;
  for (std::uint32_t zone = 0; zone < fleet().zones; ++zone) {
    const bool lost = world_.is_closed(Fault::Kind::kZoneLoss, service_, zone);
    const bool refused =
        !fleet().fargate && world_.is_closed(Fault::Kind::kRefuseCapacity, service_, zone);
    ever_closed_ |= lost || refused;
    if (refused != refused_[zone]) {
      refused_[zone] = refused;
      note("fault");
      if (!refused) reconcile();
    }
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
    const bool stands_by =
        member.aside == Member::Aside::kStandby && member.state == Member::State::kAside;
    there.push_back({i, member.serves_since, member.state >= Member::State::kDraining,
                     member.aside != Member::Aside::kNo, stands_by});
  }
  return there;
}

std::vector<Time> FleetService::taken_out(Time since) const {
  std::vector<Time> served;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (!member.taken_out || *member.taken_out + hooks(i, false).first <= since) continue;
    served.push_back(*member.serves_since);
  }
  return served;
}

void FleetService::forget(std::size_t member) {
  if (evens_out_ == member) evens_out_.reset();
  const bool by_itself =
      !stopping_ && !members_[member].stays && deploying_ != Deploying::kCompleted;
  if (has_scheduler() && by_itself && is_old(members_[member])) {
    lost_tasks_.push_back(members_[member].revision);
  }
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
  return static_cast<std::uint32_t>(
      std::count_if(members_.begin(), members_.end(),
                    [](const Member& member) { return member.counts() && !member.stays; }));
}

std::vector<std::uint32_t> FleetService::by_zone(std::optional<std::size_t> provider) const {
  std::vector<std::uint32_t> zones(fleet().zones);
  const bool all = world_.broken(Mutation::kZonesOfAllProviders);
  for (const Member& member : members_) {
    const bool is_its = !provider || member.provider == *provider || all;
    zones[member.zone] += member.counts() && is_its ? 1 : 0;
  }
  return zones;
}

std::unique_ptr<Station> make_fleet(World& world, std::size_t service) {
  return std::make_unique<FleetService>(world, service);
}

}  // namespace skyreplay::reference
