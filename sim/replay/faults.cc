#include "replay/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "ec2/auto_scaling_group.h"
#include "ecs/fargate_service.h"

namespace skyreplay::replay {
namespace {

std::string multiplied_text(const char* what, double factor) {
  if (factor == 1) return fmt::format("faults: {} as the scenario has it again", what);
  return fmt::format("faults: {} multiplied by {} from now on", what, factor);
}

}  // namespace

void Faults::begin(std::size_t index) {
  if (fault(index).has_kill_instances()) return kill_instances(fault(index).kill_instances());
  if (fault(index).has_interrupt_spot()) return interrupt_spot(fault(index).interrupt_spot());
  lasts_[index] = true;
  apply(fault(index));
}

void Faults::end(std::size_t index) {
  lasts_[index] = false;
  apply(fault(index));
}

std::uint32_t Faults::service_named(const std::string& name) const {
  const auto& services = wiring_.services;
  const auto found = std::find_if(services.begin(), services.end(),
                                  [&](const auto& service) { return service.name == name; });
  SKY_CHECK(found != services.end());
  return static_cast<std::uint32_t>(found - services.begin());
}

void Faults::kill_instances(const proto::KillInstances& kill) {
  models_.fleet(service_named(kill.service()))->kill(kill.count());
}

void Faults::interrupt_spot(const proto::InterruptSpot& interruption) {
  balancing::Fleet& fleet = *models_.fleet(service_named(interruption.service()));
  if (auto* service = dynamic_cast<ecs::FargateService*>(&fleet)) {
    return service->interrupt_spot(interruption.share());
  }
  group_named(interruption.service()).interrupt_spot(interruption.share());
}

ec2::AutoScalingGroup& Faults::group_named(const std::string& name) const {
  return static_cast<ec2::AutoScalingGroup&>(*models_.fleet(service_named(name)));
}

void Faults::apply(const proto::Fault& changed) {
  if (changed.has_zone_loss()) return apply_zone(What::kZoneLoss, changed.zone_loss().zone());
  if (changed.has_refuse_capacity()) {
    return apply_zone(What::kRefuseCapacity, changed.refuse_capacity().zone());
  }
  if (changed.has_slow_external()) {
    const std::string& name = changed.slow_external().external();
    const double product = factor(What::kSlowExternal, name);
    models_.external().set_latency_factor(models_.seats()[service_named(name)].unit, product,
                                          multiplied_text("latency is", product));
  } else {
    const std::string& name = changed.boot_time().service();
    const double product = factor(What::kBootTime, name);
    group_named(name).set_boot_factor(product, multiplied_text("boot times are", product));
  }
}

void Faults::apply_zone(What what, const std::string& zone) {
  const bool is_loss = what == What::kZoneLoss;
  for (std::uint32_t i = 0; i < wiring_.services.size(); ++i) {
    balancing::Fleet* const fleet = models_.fleet(i);
    const std::optional<std::uint32_t> number = fleet ? fleet->zone(zone) : std::nullopt;
    if (!number || (!is_loss && !wiring_.services[i].config->has_ec2())) continue;
    if (wiring_.services[i].config->ecs().has_cluster()) continue;  // lost with its instances
    const auto place = std::tuple(what, zone, wiring_.services[i].name);
    const bool holds = is_closed(what, zone, wiring_.services[i].name);
    if (holds && closed_.insert(place).second) {
      is_loss ? fleet->lose_zone(*number) : fleet->refuse_capacity(*number);
    } else if (!holds && closed_.erase(place) > 0) {
      is_loss ? fleet->restore_zone(*number) : fleet->restore_capacity(*number);
    }
  }
}

bool Faults::is_closed(What what, const std::string& zone, const std::string& service) const {
  const auto concerns = [&](const auto& fault) {
    return fault.zone() == zone && (!fault.has_service() || fault.service() == service);
  };
  for (std::size_t i = 0; i < lasts_.size(); ++i) {
    if (!lasts_[i] || fault(i).what_case() != what) continue;
    if (what == What::kZoneLoss ? concerns(fault(i).zone_loss())
                                : concerns(fault(i).refuse_capacity())) {
      return true;
    }
  }
  return false;
}

double Faults::factor(What what, const std::string& service) const {
  double product = 1;
  for (std::size_t i = 0; i < lasts_.size(); ++i) {
    if (!lasts_[i] || fault(i).what_case() != what) continue;
    const bool is_external = what == What::kSlowExternal;
    const std::string& name =
        is_external ? fault(i).slow_external().external() : fault(i).boot_time().service();
    if (name != service) continue;
    product *= is_external ? fault(i).slow_external().factor() : fault(i).boot_time().factor();
  }
  return product;
}

}  // namespace skyreplay::replay
