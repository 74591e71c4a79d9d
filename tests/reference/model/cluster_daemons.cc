// Daemons: one task on each instance, which comes first and goes last (docs/models.md, C36, C88).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

/// Of an instance: whether a task of the service may be there at all.
bool FleetService::meets(std::size_t instance, const Placing& task) const {
  return its(instance).is_active && task.not_in_zone != its(instance).zone;
}

std::uint32_t FleetService::instances_for(const Tenant& tenant) const {
  const Placing task = tenant.placing();
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < all_.size(); ++i) count += meets(i, task) ? 1 : 0;
  return count;
}

bool FleetService::is_missing_on(std::size_t instance, const Tenant& daemon) const {
  const Placing task = daemon.placing();
  return task.is_daemon && meets(instance, task) && daemon.tasks_on(instance, {}) == 0;
}

/// CPU units, MiB, interfaces of daemons: of all, or of those that are missing on an instance.
Held FleetService::daemons(std::optional<std::size_t> instance) const {
  Held all{};
  for (const Tenant* tenant : tenants_) {
    const Placing task = tenant->placing();
    if (!task.is_daemon || (instance && !is_missing_on(*instance, *tenant))) continue;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += task.needs[i];
  }
  return all;
}

bool FleetService::follow_instances() {
  if (!fleet().daemon) return false;
  const std::uint32_t wanted = cluster().instances_for(*this);
  const bool is_another = wanted != desired_;
  set_desired(wanted);
  return is_another;
}

/// No task is there but of daemons.
bool FleetService::has_only_daemons(std::size_t instance) const {
  return std::none_of(tenants_.begin(), tenants_.end(), [instance](const Tenant* tenant) {
    return !tenant->placing().is_daemon && tenant->is_on(instance);
  });
}

/// Where the instance drains and has nothing else.
void FleetService::end_daemons(std::size_t index) {
  const Member& member = members_[index];
  const bool is_out =
      member.state == Member::State::kDraining || member.state == Member::State::kWaiting;
  if (!fleet().drains || !is_out || member.is_doomed) return;
  const std::size_t instance = member.instance;
  if (!hall().has_only_daemons(instance) && !world_.broken(Mutation::kDaemonsStopFirst)) return;
  for (Tenant* tenant : hall().tenants_) tenant->end_on(instance);
}

void FleetService::end_on(std::size_t instance) {
  if (!fleet().daemon) return;
  for (const std::size_t task : on_instances({instance})) {
    if (members_[task].counts()) take_out(task);
  }
}

/// Whether it may launch something where there is room.
bool FleetService::waits_for_room() const {
  bool is_missing = false;
  for (std::size_t i = 0; i < cluster().all_.size(); ++i) {
    is_missing |= cluster().is_missing_on(i, *this);
  }
  const std::vector<std::uint32_t> zones = by_zone({});
  const auto [least, most] = std::minmax_element(zones.begin(), zones.end());
  return waiting_ > 0 || is_missing || (may_rebalance() && *most >= *least + 2);
}

/// C53.
bool FleetService::may_rebalance() const {
  const Fleet& f = fleet();
  if (!f.rebalances || f.maximum <= 100 || f.daemon) return false;
  if (!on_cluster()) return true;
  if (world_.broken(Mutation::kClustersStayUneven)) return false;
  return !f.not_in_zone && (f.strategies.empty() || f.strategies.front() == "spread zone");
}

/// Launches one where the next would go anyway, if another zone has two more, of whatever provider,
/// and one of its provider there may go.
bool FleetService::even_out_on_cluster() {
  launching_ = current_;
  const std::vector<std::uint32_t> zones = by_zone({});
  for (std::size_t p = 0; p < std::max<std::size_t>(1, fleet().providers.size()); ++p) {
    const auto instance = cluster().choose(*this, placement_draw(), pool_for(p));
    const bool lags =
        instance && std::any_of(members_.begin(), members_.end(), [&](const Member& m) {
          const std::uint32_t own = zones[cluster().zone_of(*instance)];
          const bool may_go = m.state == Member::State::kInService && m.provider == p;
          return may_go && zones[m.zone] >= own + 2;
        });
    if (!lags) continue;
    launch(*place_task(p), p);
    return true;
  }
  return false;
}

}  // namespace skyreplay::reference
