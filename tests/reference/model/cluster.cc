// Clusters: which container instance a task goes to, what becomes of those whose instance goes, and
// who pays for what (docs/models.md, C13 to C22, C60 to C70, C121).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

FleetService& FleetService::cluster() const {
  return static_cast<FleetService&>(*world_.stations[*fleet().cluster]);
}

FleetService& FleetService::hall() const {
  if (!fleet().beside) return const_cast<FleetService&>(*this);
  return static_cast<FleetService&>(*world_.stations[*fleet().beside]);
}

std::vector<FleetService*> FleetService::groups() const {
  std::vector<FleetService*> groups{const_cast<FleetService*>(this)};
  for (std::size_t i = service_ + 1; i < world_.stations.size(); ++i) {
    if (world_.scenario.services[i].fleet.beside != service_) continue;
    groups.push_back(static_cast<FleetService*>(world_.stations[i].get()));
  }
  return groups;
}

std::optional<std::size_t> FleetService::pool_for(std::size_t provider) const {
  if (fleet().providers.empty() || world_.broken(Mutation::kAnyProviderWillDo)) {
    return std::nullopt;
  }
  return fleet().providers[provider].pool;
}

Host& host_of(World& world, std::size_t cluster) {
  return static_cast<FleetService&>(*world.stations[cluster]);
}

// --- Placement

std::uint32_t FleetService::reserved(const Fleet& task) const {
  if (world_.broken(Mutation::kPlacedByTheHardLimit)) return task.memory;
  return task.memory_reservation.value_or(task.memory);
}

std::pair<std::uint32_t, std::uint32_t> FleetService::size(std::size_t revision) const {
  if (fleet().is_cluster) {
    return {fleet().vcpus * 1024, fleet().registered_memory - fleet().reserved_memory};
  }
  if (revision == 0 || world_.broken(Mutation::kSizeStaysTheFirst)) {
    return {fleet().cpu, reserved(fleet())};
  }
  const Fleet task = this->revision(revision);
  return {task.cpu, reserved(task)};
}

Held FleetService::left_on(std::size_t instance) const {
  const FleetService& group = group_at(instance);
  Held left{group.size(0).first, group.size(0).second, group.fleet().interfaces};
  for (const Tenant* tenant : tenants_) {
    const Held held = tenant->held_on(instance);
    for (std::size_t i = 0; i < held.size(); ++i) left[i] -= held[i];
  }
  return left;
}

Held FleetService::held_on(std::size_t instance) const {
  Held held{};
  const bool all = world_.broken(Mutation::kStoppingTasksAreFree);
  for (const Member& task : members_) {
    const bool holds = task.state != Member::State::kGone && (task.counts() || !all);
    if (task.instance != instance || !holds) continue;
    held[0] += size(task.revision).first;
    held[1] += size(task.revision).second;
    held[2] += fleet().awsvpc ? 1 : 0;
  }
  return held;
}

std::uint32_t FleetService::tasks_on(std::optional<std::size_t> instance,
                                     std::optional<std::uint32_t> zone) const {
  std::uint32_t count = 0;
  for (const Member& task : members_) {
    const bool is_there =
        (!instance || task.instance == *instance) && (!zone || task.zone == *zone);
    count += task.counts() && is_there ? 1 : 0;
  }
  return count;
}

Placing FleetService::placing() const {
  const auto [cpu, memory] = size(launching_);
  return {.needs = {cpu, memory, fleet().awsvpc ? 1U : 0U},
          .is_daemon = fleet().daemon,
          .distinct_instance = fleet().distinct_instance,
          .not_in_zone = fleet().not_in_zone,
          .strategies = fleet().strategies};
}

bool FleetService::takes(std::size_t instance, const Tenant& tenant) const {
  const Placing task = tenant.placing();
  if (!meets(instance, task)) return false;
  const Held left = left_on(instance);
  Held needs{};
  if (!task.is_daemon && !world_.broken(Mutation::kDaemonsHoldNothing)) needs = daemons(instance);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] < needs[i] + task.needs[i]) return false;
  }
  if (task.is_daemon) return tenant.tasks_on(instance, {}) == 0;
  const bool is_shared = world_.broken(Mutation::kInstancesAreShared);
  return !task.distinct_instance || is_shared || tenant.tasks_on(instance, {}) == 0;
}

std::vector<std::string> FleetService::strategies(const Tenant& tenant) const {
  std::vector<std::string> named = tenant.placing().strategies;
  if (named.empty()) named = {"spread zone", "spread instance"};
  if (world_.broken(Mutation::kFirstStrategyAlone)) named.resize(1);
  return named;
}

/// The lowest goes first.
std::uint64_t FleetService::rank(const Tenant& tenant, const std::string& strategy,
                                 std::size_t instance) const {
  if (strategy == "spread zone") return tenant.tasks_on({}, its(instance).zone);
  if (strategy == "spread instance") return tenant.tasks_on(instance, {});
  if (strategy == "binpack cpu") return left_on(instance)[0];
  if (strategy == "binpack memory") return left_on(instance)[1];
  return 0;
}

std::optional<std::size_t> FleetService::choose(const Tenant& tenant, Bits draw,
                                                std::optional<std::size_t> pool) const {
  std::vector<std::size_t> may;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (takes(i, tenant) && (!pool || pool_of(i) == *pool)) may.push_back(i);
  }
  if (may.empty()) return std::nullopt;
  bool random = false;
  for (const std::string& strategy : strategies(tenant)) {
    std::uint64_t least = UINT64_MAX;
    for (const std::size_t i : may) least = std::min(least, rank(tenant, strategy, i));
    std::erase_if(may, [&](std::size_t i) { return rank(tenant, strategy, i) != least; });
    if (strategy == "spread zone") {  // of zones with as few the first
      std::uint32_t zone = UINT32_MAX;
      for (const std::size_t i : may) zone = std::min(zone, its(i).zone);
      std::erase_if(may, [&](std::size_t i) { return its(i).zone != zone; });
    }
    random |= strategy == "random";
  }
  return may[random ? draw() % may.size() : 0];
}

std::optional<std::size_t> FleetService::place(const Tenant& tenant, Bits draw,
                                               std::optional<std::size_t> pool) {
  const auto instance = choose(tenant, draw, pool);
  if (!instance) return std::nullopt;
  const bool counts = !tenant.placing().is_daemon || world_.broken(Mutation::kDaemonsKeepInstances);
  const bool protects = group_at(*instance).fleet().protects;
  if (protects && counts && !world_.broken(Mutation::kBusyAreTaken)) {
    its(*instance).is_protected = true;
  }
  return instance;
}

Bits FleetService::placement_draw() const {
  return world_.bits(world_.entity(service_), "placement", placed_);
}

std::optional<std::uint32_t> FleetService::place_task(std::size_t provider) {
  const auto found = cluster().place(*this, placement_draw(), pool_for(provider));
  if (!found) return std::nullopt;
  ++placed_;
  next_instance_ = *found;
  return cluster().zone_of(next_instance_);
}

/// C70, C47.
void FleetService::fail_to_place(std::size_t failures) {
  const auto now = static_cast<std::uint32_t>(failures);
  if (now > waiting_) note("placement");
  pending_level_.change(world_.now(), static_cast<int>(now) - static_cast<int>(waiting_));
  waiting_ = now;
  waiting_on_.clear();
  for (std::uint32_t i = 0; i < now; ++i) ++waiting_on_[provider_of_launch(waiting_on_)];
}

/// C28.
Time FleetService::image_ready(Time begins, std::size_t number) {
  const bool always = world_.broken(Mutation::kEveryTaskPulls);
  const bool same = world_.broken(Mutation::kImagesAreTheSame);
  const std::pair key(next_instance_, same ? 0 : number);
  const auto there = images_.find(key);
  if (there != images_.end() && !always) return std::max(begins, there->second);
  return images_[key] = begins + revision(number).pull_time;
}

// --- Who goes (C69)

std::optional<std::size_t> FleetService::task_to_go(
    const std::function<bool(const Member&)>& which) {
  if (fleet().providers.size() > 1 && !world_.broken(Mutation::kAnyProviderGives)) {
    const auto provider = provider_that_gives();
    const auto found = provider ? placed_task_to_go([&](const Member& m) {
      return m.provider == *provider && which(m);
    })
                                : std::nullopt;
    if (found) return found;
  }
  return placed_task_to_go(which);
}

std::optional<std::size_t> FleetService::placed_task_to_go(
    const std::function<bool(const Member&)>& which) {
  std::map<std::size_t, std::uint32_t> may_go;  // by instance
  for (std::size_t i = members_.size(); i-- > 0;) {
    if (!members_[i].counts() || members_[i].stays || !which(members_[i])) continue;
    if (members_[i].waits()) return i;
    ++may_go[members_[i].instance];
  }
  const std::vector<std::string> named = strategies(*this);
  const std::string& first = named.front();
  const bool spreads_both =
      named.size() == 2 && first == "spread zone" && named[1] == "spread instance";
  const auto most_first = [&](std::size_t i) {
    return std::pair(first == "random" ? 0 : cluster().rank(*this, first, i),
                     spreads_both ? tasks_on(i, {}) : 0);
  };
  std::optional<std::pair<std::uint64_t, std::uint32_t>> most;
  std::vector<std::size_t> tasks;  // on instances of the highest rank, by instance
  for (std::size_t i = 0; i < cluster().all_.size(); ++i) {
    const std::uint32_t here = may_go[i];
    if (here == 0 || (most && most_first(i) < *most)) continue;
    if (!most || most_first(i) > *most) tasks.clear();
    most = most_first(i);
    tasks.insert(tasks.end(), here, i);
  }
  if (tasks.empty()) return std::nullopt;
  Bits draw = world_.bits(world_.entity(service_), "scale_in", scaled_in_++);
  const std::size_t instance = tasks[spreads_both ? 0 : draw() % tasks.size()];
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& task = members_[i];
    const bool is_its = task.counts() && !task.stays && task.instance == instance;
    if (is_its && which(task)) return i;
  }
  return std::nullopt;
}

// --- Instances that come and go

void FleetService::room_appears() {
  bool somebody_waits = false;
  for (const Tenant* tenant : tenants_) somebody_waits |= tenant->waits_for_room();
  if (will_retry_ || !somebody_waits) return;
  will_retry_ = true;
  world_.calendar.plan(world_.now(), [this] { retry(); });
}

void FleetService::retry() {
  will_retry_ = false;
  if (world_.broken(Mutation::kWaitsForEver)) return;
  for (Tenant* tenant : tenants_) tenant->try_again();
}

/// It has been taken out, and tasks are on it still.
bool FleetService::must_drain(std::size_t index) const {
  const Member& member = members_[index];
  const bool is_out =
      member.state == Member::State::kDraining || member.state == Member::State::kWaiting;
  if (!fleet().drains || !is_out || member.is_doomed) return false;
  const std::vector<Tenant*>& tenants = hall().tenants_;
  return std::any_of(tenants.begin(), tenants.end(),
                     [&](const Tenant* tenant) { return tenant->is_on(member.instance); });
}

std::vector<std::size_t> FleetService::on_instances(
    const std::vector<std::size_t>& instances) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const bool is_there = std::count(instances.begin(), instances.end(), members_[i].instance) > 0;
    if (is_there && members_[i].state != Member::State::kGone) found.push_back(i);
  }
  return found;
}

void FleetService::instances_gone(const std::vector<std::size_t>& members) {
  std::vector<std::size_t> instances;
  for (const std::size_t i : members) {
    members_[i].is_active = false;
    members_[i].is_doomed = true;
    instances.push_back(members_[i].instance);
  }
  for (Tenant* tenant : hall().tenants_) tenant->lose_on(instances);
}

void FleetService::lose_on(const std::vector<std::size_t>& instances) {
  const bool is_desired_anew = follow_instances();
  const std::vector<std::size_t> lost = on_instances(instances);
  const bool stay = world_.broken(Mutation::kTasksOutliveInstances);
  if ((!lost.empty() && !stay) || is_desired_anew) lose(lost);
}

/// A task has stopped.
void FleetService::task_gone(const Tenant& tenant, std::size_t instance) {
  FleetService& group = group_at(instance);
  const std::size_t index = all_[instance].second;
  if (!tenant.placing().is_daemon && has_only_daemons(instance)) {
    if (group.fleet().protects) its(instance).is_protected = false;
    group.end_daemons(index);
  }
  room_appears();
  const Member& member = its(instance);
  if (member.is_doomed || !group.fleet().drains || member.state != Member::State::kWaiting) return;
  if (!group.must_drain(index)) group.end(index);
}

/// C56, C88.
void FleetService::leave(std::size_t instance) {
  follow_instances();
  std::vector<std::size_t> pending;
  const bool stays = world_.broken(Mutation::kTasksStayWhileDraining);
  for (const std::size_t i : on_instances({instance})) {
    const bool drains = cluster().group_at(instance).fleet().drains;
    if (members_[i].waits() && drains) pending.push_back(i);
    if (fleet().daemon) {
      members_[i].stays |= members_[i].counts();
    } else {
      members_[i].leaves = members_[i].state == Member::State::kInService && !stays;
    }
  }
  lose(pending);
}

// --- What scales it (C75 to C90)

void FleetService::plan_measure() {
  const Time minute = std::chrono::minutes{1};
  world_.calendar.plan((world_.now() / minute + 1) * minute, [this] {
    const std::pair<std::uint32_t, std::uint32_t> now = reservation();
    world_.calendar.plan(world_.now() + fleet().managed->delay,
                         [this, now] { evaluate(now.first, now.second); });
    plan_measure();
  });
}

std::uint32_t FleetService::provisioning(std::size_t pool) const {
  const bool asks = !fleet().launch_type_ec2 || world_.broken(Mutation::kLaunchTypesScale);
  if (!asks) return 0;
  if (fleet().providers.empty()) return pool == 0 ? waiting_ : 0;
  std::uint32_t waiting = 0;
  for (const auto& [provider, count] : waiting_on_) {
    const bool any = world_.broken(Mutation::kWaitForEveryProvider);
    if (any || fleet().providers[provider].pool == pool) waiting += count;
  }
  return waiting;
}

bool FleetService::is_managed(std::size_t pool) const {
  return groups()[pool]->fleet().managed.has_value();
}

std::uint32_t FleetService::all_provisioning() const {
  std::uint32_t all = 0;
  for (std::size_t pool = 0; pool < groups().size(); ++pool) {
    for (const Tenant* tenant : tenants_) all += tenant->provisioning(pool);
  }
  return all;
}

std::pair<std::uint32_t, std::uint32_t> FleetService::reservation() const {
  std::uint32_t needed = 0, running = 0;
  const FleetService& all = hall();
  for (std::size_t i = 0; i < all.all_.size(); ++i) {
    const bool is_one = world_.broken(Mutation::kProvidersAreOne);
    if (!all.its(i).is_active || (all.pool_of(i) != pool() && !is_one)) continue;
    ++running;
    bool is_empty = all.has_only_daemons(i);
    if (world_.broken(Mutation::kDaemonsKeepInstances)) {
      for (const Tenant* tenant : all.tenants_) is_empty &= !tenant->is_on(i);
    }
    needed += is_empty ? 0 : 1;
  }
  std::uint32_t more = 0, provisioning = 0;
  for (const Tenant* tenant : all.tenants_) {
    const Placing task = tenant->placing();
    if (task.is_daemon) continue;
    std::uint32_t waiting = 0;
    for (std::size_t on = 0; on < all.groups().size(); ++on) {
      const std::uint32_t here = std::min(tenant->provisioning(on), 500 - provisioning);
      provisioning += here;
      if (on == pool()) waiting = here;
    }
    Held first = all.daemons({});
    if (world_.broken(Mutation::kDaemonsTakeNothingOfNew)) first = {};
    if (first[0] > size(0).first || first[1] > size(0).second || first[2] > fleet().interfaces) {
      continue;
    }
    std::uint32_t fit = std::min((size(0).first - first[0]) / task.needs[0],
                                 (size(0).second - first[1]) / task.needs[1]);
    if (task.needs[2] > 0) fit = std::min(fit, fleet().interfaces - first[2]);
    if (task.distinct_instance) fit = std::min(fit, 1U);
    if (fit > 0) more = std::max(more, (waiting + fit - 1) / fit);
  }
  if (more == 0 || world_.broken(Mutation::kWaitingNeedNothing)) return {needed, running};
  return {running + std::clamp(more, fleet().managed->min_step, fleet().managed->max_step),
          running};
}

bool FleetService::is_warming() const {
  if (world_.broken(Mutation::kScalesInTheWarmup)) return false;
  const Time warmup = std::chrono::seconds{fleet().managed->warmup};
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    const bool serves = member.state == Member::State::kInService;
    return member.waits() || (serves && world_.now() - *member.serves_since < warmup);
  });
}

void FleetService::evaluate(std::uint32_t needed, std::uint32_t running) {
  const Fleet::Managed& managed = *fleet().managed;
  const auto above = [&](std::uint32_t m, std::uint32_t n) {
    return std::int64_t{100} * m - std::int64_t{managed.target} * n;
  };
  const std::int64_t too_many = running == 0 ? (needed > 0 ? 1 : 0) : above(needed, running);
  const auto kept = [&](std::uint32_t m) {
    return (100 * m + managed.target - 1) / managed.target;
  };
  lows_ = too_many < 0 ? lows_ + 1 : 0;
  if (too_many > 0 && !is_warming()) {
    const std::uint32_t to = std::min(kept(running == 0 ? 2 : needed), max_);
    if (to > desired_) scale(to);
  }
  const std::uint32_t periods = world_.broken(Mutation::kShrinksAtOnce) ? 1 : managed.low_n;
  if (too_many >= 0 || lows_ < periods || desired_ == 0) return;
  const std::uint32_t to = std::max({kept(needed), desired_ - 1, min_});
  if (to < desired_) scale(to);
}

// --- Who pays (C121)

/// Of a task, or an instance.
std::uint64_t FleetService::weight(std::size_t revision) const {
  const auto [cpu, memory] = size(revision);
  return (world_.broken(Mutation::kCpuIsLikeMemory) ? 1 : 9) * std::uint64_t{cpu} + memory;
}

/// By tasks on the instances of that provider, or billed of instances; weight x ns.
Wide FleetService::reserved(Time from, Time to, std::size_t pool) const {
  Wide sum = 0;
  for (const Member& member : members_) {
    if (fleet().is_cluster && !member.billed_from) continue;
    const std::size_t on = fleet().is_cluster ? pool : cluster().pool_of(member.instance);
    if (on != pool && !world_.broken(Mutation::kFirstProviderPays)) continue;
    const Time begin = std::max(from, fleet().is_cluster ? *member.billed_from : member.launched);
    const Time end = std::min(to, member.gone.value_or(Time::max()));
    if (end > begin) sum += Wide{weight(member.revision)} * (end - begin).count();
  }
  return sum;
}

/// By tasks on the instances of that provider, or what instances have registered.
Wide FleetService::held(Time from, Time to, bool memory, std::size_t pool) const {
  Wide sum = 0;
  for (const Member& member : members_) {
    if (fleet().is_cluster && !member.served_from) continue;
    if (!fleet().is_cluster && cluster().pool_of(member.instance) != pool) continue;
    const bool early = fleet().is_cluster && member.taken_out &&
                       world_.broken(Mutation::kDrainingAreNotRegistered);
    const std::optional<Time> left = early ? member.taken_out : member.gone;
    const Time begin = std::max(from, fleet().is_cluster ? *member.served_from : member.launched);
    const Time end = std::min(to, left.value_or(Time::max()));
    const auto [cpu, mib] = size(member.revision);
    if (end > begin) sum += Wide{memory ? mib : cpu} * (end - begin).count();
  }
  return sum;
}

/// Of each item, what goes to the tenant; of none: what is idle.
std::vector<std::uint64_t> FleetService::parts_of_whole(const Tenant* tenant,
                                                        const std::vector<Time>& ends) const {
  const std::vector<Tenant*>& all = hall().tenants_;
  std::vector<std::vector<Wide>> exact(all.size());
  std::vector<std::vector<std::uint64_t>> given(all.size() + 1);  // the last: idle
  for (std::size_t window = 0; window < ends.size(); ++window) {
    if (!wholes_.contains(window)) {
      const auto until = ends.begin() + static_cast<std::ptrdiff_t>(window) + 1;
      wholes_[window] = own_meters({ends.begin(), until});
    }
    const Time from = window == 0 ? world_.scenario.start : ends[window - 1];
    const Wide billed = reserved(from, ends[window], pool());
    const Meters& whole = wholes_[window];
    for (std::vector<std::uint64_t>& parts : given) parts.resize(whole.size());
    for (std::vector<Wide>& parts : exact) parts.resize(whole.size());
    for (std::size_t item = 0; item < whole.size(); ++item) {
      const std::uint64_t fresh =
          whole[item].second - (window == 0 ? 0 : wholes_[window - 1][item].second);
      std::uint64_t rest = fresh;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const Wide share = all[i]->reserved(from, ends[window], pool());
        if (billed > 0) exact[i][item] += (share << 32) / billed * fresh;
        const auto due = static_cast<std::uint64_t>(exact[i][item] >> 32) - given[i][item];
        given[i][item] += std::min(due, rest);
        rest -= std::min(due, rest);
      }
      given.back()[item] += rest;
    }
  }
  const auto at = std::find(all.begin(), all.end(), tenant);
  return tenant == nullptr ? given.back() : given[static_cast<std::size_t>(at - all.begin())];
}

/// Of the group alone; of no tenant: what is idle.
Meters FleetService::own_part_of(const Tenant* tenant, const std::vector<Time>& ends) const {
  const std::vector<std::uint64_t> parts = parts_of_whole(tenant, ends);
  const Meters& whole = wholes_[ends.size() - 1];
  Meters meters;
  for (std::size_t item = 0; item < whole.size(); ++item) {
    meters.push_back({whole[item].first, parts[item]});
  }
  return meters;
}

Meters FleetService::part_of(const Tenant& tenant, const std::vector<Time>& ends) const {
  Meters meters = own_part_of(&tenant, ends);
  for (const FleetService* group : groups()) {
    if (group == this) continue;
    for (const auto& [item, units] : group->own_part_of(&tenant, ends)) {
      const auto same = std::find_if(meters.begin(), meters.end(),
                                     [&](const auto& own) { return own.first == item; });
      same == meters.end() ? meters.emplace_back(item, units), void() : void(same->second += units);
    }
  }
  return meters;
}

Meters FleetService::with_cluster(Meters meters, const std::vector<Time>& ends) const {
  if (fleet().is_cluster) return own_part_of(nullptr, ends);
  if (!on_cluster()) return meters;
  const Meters parts = cluster().part_of(*this, ends);
  meters.insert(meters.end(), parts.begin(), parts.end());
  return meters;
}

}  // namespace skyreplay::reference
