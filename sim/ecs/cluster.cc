#include "ecs/cluster.h"

#include <algorithm>

#include "core/check.h"
#include "ecs/cluster_tenant.h"
#include "ecs/container_instances.h"

namespace skyreplay::ecs {

std::uint32_t Cluster::add_provider(const ProviderConfig& config) {
  providers_.push_back({.config = config,
                        .shares = CapacityShares(loop_.now()),
                        .reservation = ClusterReservation(loop_.now())});
  return providers() - 1;
}

// --- Tenants

std::uint32_t Cluster::add(ClusterTenant& tenant, TaskGroup tasks) {
  tenants_.push_back(&tenant);
  for (Provider& provider : providers_) provider.shares.add_service();
  return placement_.add_group(std::move(tasks));
}

std::optional<std::uint32_t> Cluster::place(std::uint32_t service, const Resources& needs,
                                            std::uint64_t draw, std::uint32_t provider) {
  placement_.set_needs(service, needs);
  const std::optional<std::uint32_t> instance = placement_.place(service, draw, provider);
  if (!instance) return std::nullopt;
  Provider& its = provider_of(*instance);
  ++tasks_[*instance];
  if (is_daemon(service)) {
    ++daemons_[*instance];
  } else if (others(*instance) == 1 && its.config.protects) {
    its.instances->hold(ordinal_[*instance], true);
  }
  its.shares.reserve(service, needs, true, loop_.now());
  its.reservation.reserved(needs, true, loop_.now());
  return instance;
}

void Cluster::free(std::uint32_t service, const Resources& held, std::uint32_t instance) {
  Provider& its = provider_of(instance);
  placement_.free(instance, held);
  its.shares.reserve(service, held, false, loop_.now());
  its.reservation.reserved(held, false, loop_.now());
  --tasks_[instance];
  if (is_daemon(service)) {
    --daemons_[instance];
  } else if (others(instance) == 0) {
    if (is_active_[instance] && its.config.protects) its.instances->hold(ordinal_[instance], false);
    end_daemons(instance);
  }
  const bool has_drained = tasks_[instance] == 0 && std::erase(draining_, instance) > 0;
  if (has_drained) its.instances->end_draining(ordinal_[instance]);
  room_appears();
}

// --- Instances

std::uint32_t Cluster::launched(std::uint32_t provider, std::uint32_t zone, std::uint32_t ordinal) {
  const ProviderConfig& config = providers_[provider].config;
  ordinal_.push_back(ordinal);
  tasks_.push_back(0);
  daemons_.push_back(0);
  is_active_.push_back(false);
  return placement_.add_instance(config.registered, {config.zones[zone]}, false, provider);
}

void Cluster::active(std::uint32_t instance) {
  placement_.set_active(instance, true);
  is_active_[instance] = true;
  provider_of(instance).reservation.registered(instance, config_of(instance).registered, true,
                                               loop_.now());
  for (ClusterTenant* tenant : tenants_) tenant->follow_instances();
  room_appears();
}

/// C56, C88: nothing more is placed there, and what is there is replaced; a daemon's task is not.
void Cluster::draining(std::uint32_t instance) {
  placement_.set_active(instance, false);
  is_active_[instance] = false;
  const bool drains = this->drains(instance) && tasks_[instance] > 0;
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
    provider_of(instance).reservation.registered(instance, config_of(instance).registered, false,
                                                 loop_.now());
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
  for (const ClusterTenant* tenant : tenants_) {
    for (std::uint32_t i = 0; i < providers_.size(); ++i) tasks += tenant->waiting_on(i);
  }
  return tasks;
}

/// Instances that so many tasks alone would fill, beside the daemons (C36, C78).
std::uint32_t Cluster::more_for(std::uint32_t provider, std::uint32_t service,
                                std::uint32_t waiting) const {
  const TaskGroup& group = placement_.group(service);
  const Resources& registered = providers_[provider].config.registered;
  const Resources daemons = placement_.needs_of_daemons();
  if (!registered.hold(daemons)) return 0;
  const Resources all = registered - daemons;
  std::uint32_t fit = all.cpu_units / group.needs.cpu_units;
  fit = std::min(fit, all.memory_mib / group.needs.memory_mib);
  if (group.needs.interfaces > 0) fit = std::min(fit, all.interfaces / group.needs.interfaces);
  if (group.distinct_instance) fit = std::min(fit, 1U);
  return fit == 0 ? 0 : (waiting + fit - 1) / fit;
}

Reservation Cluster::reservation(std::uint32_t provider, std::uint32_t minimum_step,
                                 std::uint32_t maximum_step) const {
  Reservation found;
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    if (placement_.pool(i) != provider) continue;
    found.running += is_active_[i] ? 1 : 0;
    found.needed += is_active_[i] && others(i) > 0 ? 1 : 0;
  }
  std::uint32_t more = 0;
  std::uint32_t provisioning = 0;
  for (std::uint32_t i = 0; i < tenants_.size(); ++i) {
    for (std::uint32_t on = 0; on < providers_.size(); ++on) {  // of launch type EC2 none (C90)
      // C89: what is beyond, on all providers together, asks for nothing.
      const std::uint32_t waiting =
          std::min(tenants_[i]->waiting_on(on), kMostProvisioning - provisioning);
      provisioning += waiting;
      if (on == provider) more = std::max(more, more_for(provider, i, waiting));
    }
  }
  // C79.
  if (more > 0) found.needed = found.running + std::clamp(more, minimum_step, maximum_step);
  return found;
}

// --- Money

std::uint64_t Cluster::part(std::uint32_t provider, std::optional<std::uint32_t> service,
                            std::uint32_t item, TimePoint until) {
  Provider& of = providers_[provider];
  if (of.read != until) {
    of.read = until;
    of.instances->read_whole(until);
    of.shares.read(until, of.whole);
  }
  return service ? of.shares.part(*service, item) : of.shares.idle(item);
}

}  // namespace skyreplay::ecs
