#include "ecs/cluster.h"

#include <algorithm>

#include "core/check.h"
#include "ecs/cluster_service.h"
#include "ecs/container_instances.h"

namespace skyreplay::ecs {

Cluster::Cluster(kernel::Loop& loop, const ClusterConfig& config)
    : loop_(loop), config_(config), process_(loop.add(*this)), shares_(loop.now()) {}

// --- Services

std::uint32_t Cluster::add(ClusterService& service, TaskGroup tasks, bool on_provider) {
  services_.push_back(&service);
  on_provider_.push_back(on_provider);
  shares_.add_service();
  return placement_.add_group(std::move(tasks));
}

std::optional<std::uint32_t> Cluster::place(std::uint32_t service, const Resources& needs,
                                            std::uint64_t draw) {
  placement_.set_needs(service, needs);
  const std::optional<std::uint32_t> instance = placement_.place(service, draw);
  if (!instance) return std::nullopt;
  if (tasks_[*instance]++ == 0 && config_.protects) instances_->hold(*instance, true);
  shares_.reserve(service, needs, true, loop_.now());
  return instance;
}

void Cluster::free(std::uint32_t service, const Resources& held, std::uint32_t instance) {
  placement_.free(instance, held);
  shares_.reserve(service, held, false, loop_.now());
  --tasks_[instance];
  const bool is_free = tasks_[instance] == 0 && is_active_[instance];
  if (is_free && config_.protects) instances_->hold(instance, false);
  const bool has_drained = tasks_[instance] == 0 && std::erase(draining_, instance) > 0;
  if (has_drained) instances_->end_draining(instance);
  room_appears();
}

// --- Instances

void Cluster::launched(std::uint32_t zone) {
  placement_.add_instance(config_.registered, {zone}, false);
  tasks_.push_back(0);
  is_active_.push_back(false);
}

void Cluster::active(std::uint32_t instance) {
  placement_.set_active(instance, true);
  is_active_[instance] = true;
  room_appears();
}

/// C56, C88: nothing more is placed there, and what is there is replaced.
void Cluster::draining(std::uint32_t instance) {
  placement_.set_active(instance, false);
  is_active_[instance] = false;
  if (!config_.drains || tasks_[instance] == 0) return;
  draining_.push_back(instance);
  for (ClusterService* service : services_) service->leave(instance);
}

void Cluster::gone(const std::vector<std::uint32_t>& instances) {
  for (const std::uint32_t instance : instances) {
    placement_.set_active(instance, false);
    is_active_[instance] = false;
    std::erase(draining_, instance);
  }
  for (ClusterService* service : services_) service->lose_tasks_on(instances);
}

// --- Waiting

bool Cluster::somebody_waits() const {
  return std::any_of(services_.begin(), services_.end(),
                     [](const ClusterService* service) { return service->waiting_tasks() > 0; });
}

void Cluster::room_appears() {
  if (will_retry_ || !somebody_waits()) return;
  will_retry_ = true;
  loop_.schedule(loop_.now(), process_, 0, 0);
}

void Cluster::fire(const kernel::Event&) {
  will_retry_ = false;
  for (ClusterService* service : services_) service->try_again();
}

// --- What scales it

namespace {

constexpr std::uint32_t kMostProvisioning = 500;  // C89

}  // namespace

/// Instances that so many tasks alone would fill (C78).
std::uint32_t Cluster::more_for(std::uint32_t service, std::uint32_t waiting) const {
  const TaskGroup& group = placement_.group(service);
  const Resources& all = config_.registered;
  std::uint32_t fit = all.cpu_units / group.needs.cpu_units;
  fit = std::min(fit, all.memory_mib / group.needs.memory_mib);
  if (group.needs.interfaces > 0) fit = std::min(fit, all.interfaces / group.needs.interfaces);
  if (group.distinct_instance) fit = std::min(fit, 1U);
  return fit == 0 ? 0 : (waiting + fit - 1) / fit;
}

Reservation Cluster::reservation(std::uint32_t minimum_step, std::uint32_t maximum_step) const {
  Reservation found;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    found.running += is_active_[i] ? 1 : 0;
    found.needed += is_active_[i] && tasks_[i] > 0 ? 1 : 0;
  }
  std::uint32_t more = 0;
  std::uint32_t provisioning = 0;
  for (std::uint32_t i = 0; i < services_.size(); ++i) {
    if (!on_provider_[i]) continue;  // C90
    const std::uint32_t waiting =
        std::min(services_[i]->waiting_tasks(), kMostProvisioning - provisioning);
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
