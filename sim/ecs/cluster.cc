#include "ecs/cluster.h"

#include <algorithm>

#include "core/check.h"
#include "ecs/cluster_tenant.h"
#include "ecs/container_instances.h"

namespace skyreplay::ecs {

Cluster::Cluster(kernel::Loop& loop, const ClusterConfig& config)
    : loop_(loop),
      config_(config),
      process_(loop.add(*this)),
      shares_(loop.now()),
      reservation_(loop.now()) {}

// --- Tenants

std::uint32_t Cluster::add(ClusterTenant& tenant, TaskGroup tasks, bool on_provider) {
  tenants_.push_back(&tenant);
  on_provider_.push_back(on_provider);
  shares_.add_service();
  return placement_.add_group(std::move(tasks));
}

std::optional<std::uint32_t> Cluster::place(std::uint32_t service, const Resources& needs,
                                            std::uint64_t draw) {
  placement_.set_needs(service, needs);
  const std::optional<std::uint32_t> instance = placement_.place(service, draw);
  if (!instance) return std::nullopt;
  ++tasks_[*instance];
  if (is_daemon(service)) {
    ++daemons_[*instance];
  } else if (others(*instance) == 1 && config_.protects) {
    instances_->hold(*instance, true);
  }
  shares_.reserve(service, needs, true, loop_.now());
  reservation_.reserved(needs, true, loop_.now());
  return instance;
}

void Cluster::free(std::uint32_t service, const Resources& held, std::uint32_t instance) {
  placement_.free(instance, held);
  shares_.reserve(service, held, false, loop_.now());
  reservation_.reserved(held, false, loop_.now());
  --tasks_[instance];
  if (is_daemon(service)) {
    --daemons_[instance];
  } else if (others(instance) == 0) {
    if (is_active_[instance] && config_.protects) instances_->hold(instance, false);
    end_daemons(instance);
  }
  const bool has_drained = tasks_[instance] == 0 && std::erase(draining_, instance) > 0;
  if (has_drained) instances_->end_draining(instance);
  room_appears();
}

// --- Instances

void Cluster::launched(std::uint32_t zone) {
  placement_.add_instance(config_.registered, {zone}, false);
  tasks_.push_back(0);
  daemons_.push_back(0);
  is_active_.push_back(false);
}

void Cluster::active(std::uint32_t instance) {
  placement_.set_active(instance, true);
  is_active_[instance] = true;
  reservation_.registered(instance, config_.registered, true, loop_.now());
  for (ClusterTenant* tenant : tenants_) tenant->follow_instances();
  room_appears();
}

/// C56, C88: nothing more is placed there, and what is there is replaced; a daemon's task is not.
void Cluster::draining(std::uint32_t instance) {
  placement_.set_active(instance, false);
  is_active_[instance] = false;
  const bool drains = config_.drains && tasks_[instance] > 0;
  if (drains) draining_.push_back(instance);
  for (std::uint32_t i = 0; i < tenants_.size(); ++i) {
    if (drains || is_daemon(i)) tenants_[i]->leave(instance);
  }
  if (drains && others(instance) == 0) end_daemons(instance);
}

/// C88: daemons stop last.
void Cluster::end_daemons(std::uint32_t instance) {
  if (std::find(draining_.begin(), draining_.end(), instance) == draining_.end()) return;
  for (std::uint32_t i = 0; i < tenants_.size(); ++i) {
    if (is_daemon(i)) tenants_[i]->end(instance);
  }
}

void Cluster::gone(const std::vector<std::uint32_t>& instances) {
  for (const std::uint32_t instance : instances) {
    placement_.set_active(instance, false);
    is_active_[instance] = false;
    std::erase(draining_, instance);
    reservation_.registered(instance, config_.registered, false, loop_.now());
  }
  for (ClusterTenant* tenant : tenants_) tenant->lose_tasks_on(instances);
}

// --- Waiting

bool Cluster::somebody_waits() const {
  return std::any_of(tenants_.begin(), tenants_.end(),
                     [](const ClusterTenant* tenant) { return tenant->waits_for_room(); });
}

void Cluster::room_appears() {
  if (will_retry_ || !somebody_waits()) return;
  will_retry_ = true;
  loop_.schedule(loop_.now(), process_, 0, 0);
}

void Cluster::fire(const kernel::Event&) {
  will_retry_ = false;
  for (ClusterTenant* tenant : tenants_) tenant->try_again();
}

// --- What scales it

std::uint32_t Cluster::provisioning_tasks() const {
  std::uint32_t tasks = 0;
  for (std::uint32_t i = 0; i < tenants_.size(); ++i) {
    if (on_provider_[i]) tasks += tenants_[i]->waiting_tasks();
  }
  return tasks;
}

/// Instances that so many tasks alone would fill, beside the daemons (C36, C78).
std::uint32_t Cluster::more_for(std::uint32_t service, std::uint32_t waiting) const {
  const TaskGroup& group = placement_.group(service);
  const Resources daemons = placement_.needs_of_daemons();
  if (!config_.registered.hold(daemons)) return 0;
  const Resources all = config_.registered - daemons;
  std::uint32_t fit = all.cpu_units / group.needs.cpu_units;
  fit = std::min(fit, all.memory_mib / group.needs.memory_mib);
  if (group.needs.interfaces > 0) fit = std::min(fit, all.interfaces / group.needs.interfaces);
  if (group.distinct_instance) fit = std::min(fit, 1U);
  return fit == 0 ? 0 : (waiting + fit - 1) / fit;
}

Reservation Cluster::reservation(std::uint32_t minimum_step, std::uint32_t maximum_step) const {
  Reservation found;
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    found.running += is_active_[i] ? 1 : 0;
    found.needed += is_active_[i] && others(i) > 0 ? 1 : 0;
  }
  std::uint32_t more = 0;
  std::uint32_t provisioning = 0;
  for (std::uint32_t i = 0; i < tenants_.size(); ++i) {
    if (!on_provider_[i]) continue;  // C90
    // C89: what is beyond asks for nothing.
    const std::uint32_t waiting =
        std::min(tenants_[i]->waiting_tasks(), kMostProvisioning - provisioning);
    provisioning += waiting;
    more = std::max(more, more_for(i, waiting));
  }
  // C79.
  if (more > 0) found.needed = found.running + std::clamp(more, minimum_step, maximum_step);
  return found;
}

// --- Money

std::uint64_t Cluster::part(std::optional<std::uint32_t> service, std::uint32_t item,
                            TimePoint until) {
  if (read_ != until) {
    read_ = until;
    instances_->read_whole(until);
    shares_.read(until, whole_);
  }
  return service ? shares_.part(*service, item) : shares_.idle(item);
}

}  // namespace skyreplay::ecs
