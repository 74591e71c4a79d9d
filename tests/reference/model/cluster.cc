// Clusters: which container instance a task goes to, what becomes of those whose instance goes, and
// who pays for what (docs/models.md, C13 to C22, C60 to C70, C121).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

FleetService& FleetService::cluster() const {
  return static_cast<FleetService&>(*world_.stations[*fleet().cluster]);
}

// --- Placement

std::pair<std::uint32_t, std::uint32_t> FleetService::size(std::size_t revision) const {
  if (fleet().is_cluster) {
    return {fleet().vcpus * 1024, fleet().registered_memory - fleet().reserved_memory};
  }
  if (revision == 0 || world_.broken(Mutation::kSizeStaysTheFirst)) {
    return {fleet().cpu, fleet().memory};
  }
  const Deployment& own = fleet().deployments[revision - 1];
  return {own.cpu.value_or(fleet().cpu), own.memory.value_or(fleet().memory)};
}

std::array<std::uint32_t, 3> FleetService::left_on(std::size_t instance) const {
  std::array<std::uint32_t, 3> left{size(0).first, size(0).second, fleet().interfaces};
  const bool all = world_.broken(Mutation::kStoppingTasksAreFree);
  for (const FleetService* tenant : tenants_) {
    for (const Member& task : tenant->members_) {
      const bool holds = task.state != Member::State::kGone && (task.counts() || !all);
      if (task.instance != instance || !holds) continue;
      left[0] -= tenant->size(task.revision).first;
      left[1] -= tenant->size(task.revision).second;
      left[2] -= tenant->fleet().awsvpc ? 1 : 0;
    }
  }
  return left;
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

bool FleetService::takes(std::size_t instance, const FleetService& service) const {
  const Fleet& task = service.fleet();
  if (!members_[instance].is_active) return false;
  const auto left = left_on(instance);
  const auto [cpu, memory] = service.size(service.launching_);
  if (left[0] < cpu || left[1] < memory || left[2] < (task.awsvpc ? 1U : 0U)) {
    return false;
  }
  const bool is_shared = world_.broken(Mutation::kInstancesAreShared);
  if (task.distinct_instance && !is_shared && service.tasks_on(instance, {}) > 0) return false;
  return task.not_in_zone != members_[instance].zone;
}

std::vector<std::string> FleetService::strategies() const {
  std::vector<std::string> named = fleet().strategies;
  if (named.empty()) named = {"spread zone", "spread instance"};
  if (world_.broken(Mutation::kFirstStrategyAlone)) named.resize(1);
  return named;
}

/// The lowest goes first.
std::uint64_t FleetService::rank(const std::string& strategy, std::size_t instance) const {
  if (strategy == "spread zone") return tasks_on({}, cluster().members_[instance].zone);
  if (strategy == "spread instance") return tasks_on(instance, {});
  if (strategy == "binpack cpu") return cluster().left_on(instance)[0];
  if (strategy == "binpack memory") return cluster().left_on(instance)[1];
  return 0;
}

std::optional<std::uint32_t> FleetService::place_task() {
  const FleetService& host = cluster();
  std::vector<std::size_t> may;
  for (std::size_t i = 0; i < host.members_.size(); ++i) {
    if (host.takes(i, *this)) may.push_back(i);
  }
  if (may.empty()) return std::nullopt;
  bool random = false;
  for (const std::string& strategy : strategies()) {
    std::uint64_t least = UINT64_MAX;
    for (const std::size_t i : may) least = std::min(least, rank(strategy, i));
    std::erase_if(may, [&](std::size_t i) { return rank(strategy, i) != least; });
    if (strategy == "spread zone") {  // of zones with as few the first
      std::uint32_t zone = UINT32_MAX;
      for (const std::size_t i : may) zone = std::min(zone, host.members_[i].zone);
      std::erase_if(may, [&](std::size_t i) { return host.members_[i].zone != zone; });
    }
    random |= strategy == "random";
  }
  Bits draw = world_.bits(world_.entity(service_), "placement", placed_++);
  next_instance_ = may[random ? draw() % may.size() : 0];
  const bool is_protected = host.fleet().protects && !world_.broken(Mutation::kBusyAreTaken);
  if (is_protected) cluster().members_[next_instance_].is_protected = true;
  return host.members_[next_instance_].zone;
}

/// C70, C47.
void FleetService::fail_to_place(std::size_t failures) {
  const auto now = static_cast<std::uint32_t>(failures);
  if (now > waiting_) note("placement");
  pending_level_.change(world_.now(), static_cast<int>(now) - static_cast<int>(waiting_));
  waiting_ = now;
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
  std::map<std::size_t, std::uint32_t> may_go;  // by instance
  for (std::size_t i = members_.size(); i-- > 0;) {
    if (!members_[i].counts() || !which(members_[i])) continue;
    if (members_[i].waits()) return i;
    ++may_go[members_[i].instance];
  }
  const std::vector<std::string> named = strategies();
  const std::string& first = named.front();
  const bool spreads_both =
      named.size() == 2 && first == "spread zone" && named[1] == "spread instance";
  const auto most_first = [&](std::size_t i) {
    return std::pair(first == "random" ? 0 : rank(first, i), spreads_both ? tasks_on(i, {}) : 0);
  };
  std::optional<std::pair<std::uint64_t, std::uint32_t>> most;
  std::vector<std::size_t> tasks;  // on instances of the highest rank, by instance
  for (std::size_t i = 0; i < cluster().members_.size(); ++i) {
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
    if (task.counts() && task.instance == instance && which(task)) return i;
  }
  return std::nullopt;
}

// --- Instances that come and go

void FleetService::room_appears() {
  bool somebody_waits = false;
  for (const FleetService* tenant : tenants_) somebody_waits |= tenant->waiting_ > 0;
  if (will_retry_ || !somebody_waits) return;
  will_retry_ = true;
  world_.calendar.plan(world_.now(), [this] { retry(); });
}

void FleetService::retry() {
  will_retry_ = false;
  if (world_.broken(Mutation::kWaitsForEver)) return;
  for (FleetService* tenant : tenants_) tenant->reconcile();
}

/// It has been taken out, and tasks are on it still.
bool FleetService::must_drain(std::size_t instance) const {
  const Member::State state = members_[instance].state;
  const bool is_out = state == Member::State::kDraining || state == Member::State::kWaiting;
  if (!fleet().drains || !is_out || members_[instance].is_doomed) return false;
  for (const FleetService* tenant : tenants_) {
    for (const Member& task : tenant->members_) {
      if (task.instance == instance && task.state != Member::State::kGone) return true;
    }
  }
  return false;
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

void FleetService::instances_gone(const std::vector<std::size_t>& instances) {
  for (const std::size_t i : instances) {
    members_[i].is_active = false;
    members_[i].is_doomed = true;
  }
  for (FleetService* tenant : tenants_) {
    const std::vector<std::size_t> lost = tenant->on_instances(instances);
    if (!lost.empty() && !world_.broken(Mutation::kTasksOutliveInstances)) tenant->lose(lost);
  }
}

/// A task has stopped.
void FleetService::task_gone(std::size_t instance) {
  FleetService& host = cluster();
  bool is_empty = true;
  for (const FleetService* tenant : host.tenants_) {
    is_empty = is_empty && tenant->on_instances({instance}).empty();
  }
  if (is_empty && host.fleet().protects) host.members_[instance].is_protected = false;
  host.room_appears();
  const Member& its = host.members_[instance];
  if (its.is_doomed || !host.fleet().drains || its.state != Member::State::kWaiting) return;
  if (!host.must_drain(instance)) host.end(instance);
}

/// C56, C88.
void FleetService::leave(std::size_t instance) {
  std::vector<std::size_t> pending;
  const bool stays = world_.broken(Mutation::kTasksStayWhileDraining);
  for (const std::size_t i : on_instances({instance})) {
    if (members_[i].waits()) pending.push_back(i);
    members_[i].leaves = members_[i].state == Member::State::kInService && !stays;
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

std::pair<std::uint32_t, std::uint32_t> FleetService::reservation() const {
  std::uint32_t needed = 0, running = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i].is_active) continue;
    ++running;
    bool is_empty = true;
    for (const FleetService* tenant : tenants_) is_empty &= tenant->on_instances({i}).empty();
    needed += is_empty ? 0 : 1;
  }
  std::uint32_t more = 0, provisioning = 0;
  for (const FleetService* tenant : tenants_) {
    const Fleet& task = tenant->fleet();
    if (task.launch_type_ec2 && !world_.broken(Mutation::kLaunchTypesScale)) continue;
    const std::uint32_t waiting = std::min(tenant->waiting_, 500 - provisioning);
    provisioning += waiting;
    const auto [cpu, memory] = tenant->size(tenant->launching_);
    std::uint32_t fit = std::min(size(0).first / cpu, size(0).second / memory);
    if (task.awsvpc) fit = std::min(fit, fleet().interfaces);
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

/// By tasks, or billed of instances; weight x ns.
Wide FleetService::reserved(Time from, Time to) const {
  Wide sum = 0;
  for (const Member& member : members_) {
    if (fleet().is_cluster && !member.billed_from) continue;
    const Time begin = std::max(from, fleet().is_cluster ? *member.billed_from : member.launched);
    const Time end = std::min(to, member.gone.value_or(Time::max()));
    if (end > begin) sum += Wide{weight(member.revision)} * (end - begin).count();
  }
  return sum;
}

/// Of each item, what goes to the tenant; of none: what is idle.
std::vector<std::uint64_t> FleetService::parts_of_whole(const FleetService* tenant,
                                                        const std::vector<Time>& ends) const {
  const std::vector<FleetService*> all = tenants_;
  std::vector<std::vector<Wide>> exact(all.size());
  std::vector<std::vector<std::uint64_t>> given(all.size() + 1);  // the last: idle
  for (std::size_t window = 0; window < ends.size(); ++window) {
    if (!wholes_.contains(window)) {
      const auto until = ends.begin() + static_cast<std::ptrdiff_t>(window) + 1;
      wholes_[window] = own_meters({ends.begin(), until});
    }
    const Time from = window == 0 ? world_.scenario.start : ends[window - 1];
    const Wide billed = reserved(from, ends[window]);
    const Meters& whole = wholes_[window];
    for (std::vector<std::uint64_t>& parts : given) parts.resize(whole.size());
    for (std::vector<Wide>& parts : exact) parts.resize(whole.size());
    for (std::size_t item = 0; item < whole.size(); ++item) {
      const std::uint64_t fresh =
          whole[item].second - (window == 0 ? 0 : wholes_[window - 1][item].second);
      std::uint64_t rest = fresh;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const Wide share = all[i]->reserved(from, ends[window]);
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

Meters FleetService::with_cluster(Meters meters, const std::vector<Time>& ends) const {
  if (!on_cluster() && !fleet().is_cluster) return meters;
  const FleetService& host = on_cluster() ? cluster() : *this;
  const std::vector<std::uint64_t> parts = host.parts_of_whole(on_cluster() ? this : nullptr, ends);
  if (!on_cluster()) meters.clear();
  const Meters& whole = host.wholes_[ends.size() - 1];
  for (std::size_t item = 0; item < whole.size(); ++item) {
    meters.push_back({whole[item].first, parts[item]});
  }
  return meters;
}

}  // namespace skyreplay::reference
