#include "scenario/resolve_faults.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/resolve.h"

namespace skyreplay::scenario {
namespace {

using What = proto::Fault::WhatCase;

/// Which platforms know a fault.
struct Platforms {
  const char* names;
  bool ec2 = false;
  bool ecs = false;
  bool external = false;
};
constexpr Platforms kFleets = {
    .names = "group of instances and no service of tasks", .ec2 = true, .ecs = true};
constexpr Platforms kGroups = {.names = "group of instances", .ec2 = true};
constexpr Platforms kExternal = {.names = "external service", .external = true};

constexpr const char* kAtOnce = "is for what lasts; this happens at once";

class FaultChecker {
 public:
  FaultChecker(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes)
      : scenario_(scenario), places_(places), mistakes_(mistakes), hosts_(all_hosts(scenario)) {}

  void run() {
    for (int i = 0; i < scenario_.faults_size(); ++i) {
      const std::string path = join_index("faults", static_cast<std::size_t>(i));
      span(scenario_.faults(i), path);
      what(scenario_.faults(i), path);
    }
  }

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }

  void span(const proto::Fault& fault, const std::string& path) {
    const bool is_at_once =
        fault.what_case() == What::kKillInstances || fault.what_case() == What::kInterruptSpot;
    if (is_at_once && fault.has_for_()) mistake(path + ".for", kAtOnce);
    if (is_at_once && fault.has_until()) mistake(path + ".until", kAtOnce);
    if (is_at_once || !fault.has_until()) return;
    if (fault.has_for_()) mistake(path + ".until", "excludes 'for', which is given too");
    if (!fault.has_at()) return;  // reported already
    const proto::Moment& at = fault.at();
    const proto::Moment& until = fault.until();
    if (at.when_case() != until.when_case()) {
      mistake(path + ".until", "must be given as 'at' is: an instant, or from the trace's start");
    } else if (at.has_offset_ns() ? until.offset_ns() <= at.offset_ns()
                                  : until.instant_ns() <= at.instant_ns()) {
      mistake(path + ".until", "must be later than 'at'");
    }
  }

  void what(const proto::Fault& fault, const std::string& path) {
    switch (fault.what_case()) {
      case What::kKillInstances: {
        const proto::KillInstances& kill = fault.kill_instances();
        service(kill.has_service(), kill.service(), path + ".kill_instances.service", kFleets);
        break;
      }
      case What::kZoneLoss:
        zone_loss(fault.zone_loss(), path + ".zone_loss");
        break;
      case What::kInterruptSpot:
        interrupt_spot(fault.interrupt_spot(), path + ".interrupt_spot.service");
        break;
      case What::kSlowExternal: {
        const proto::SlowExternal& slow = fault.slow_external();
        service(slow.has_external(), slow.external(), path + ".slow_external.external", kExternal);
        break;
      }
      case What::kBootTime: {
        const proto::SlowBoot& slow = fault.boot_time();
        service(slow.has_service(), slow.service(), path + ".boot_time.service", kGroups);
        break;
      }
      case What::kRefuseCapacity:
        refuse_capacity(fault.refuse_capacity(), path + ".refuse_capacity");
        break;
      default:
        if (mistakes_.below(path)) return;
        mistake(path,
                "says nothing that fails: give it one of kill_instances, zone_loss, "
                "interrupt_spot, slow_external, boot_time, refuse_capacity");
    }
  }

  void zone_loss(const proto::ZoneLoss& loss, const std::string& path) {
    if (loss.has_service() && !service(true, loss.service(), path + ".service", kFleets)) return;
    const auto named = scenario_.services().find(loss.service());
    if (named != scenario_.services().end() && named->second.ecs().has_cluster()) {
      return mistake(
          path + ".service",
          fmt::format("{} is on a cluster, whose instances are in the zone: name {}",
                      in_quotes(loss.service()), names_of(named->second.ecs().cluster())));
    }
    if (!loss.has_zone()) return;  // reported already
    zone(loss.zone(), loss.has_service() ? &loss.service() : nullptr, true, path);
  }

  void refuse_capacity(const proto::RefuseCapacity& refusal, const std::string& path) {
    const bool is_of_one = refusal.has_service();
    if (is_of_one && !service(true, refusal.service(), path + ".service", kGroups)) return;
    if (!refusal.has_zone()) return;  // reported already
    zone(refusal.zone(), is_of_one ? &refusal.service() : nullptr, false, path);
  }

  /// It is a zone of the one service, or of any; of groups, and of services of tasks `with_tasks`.
  void zone(const std::string& zone, const std::string* of, bool with_tasks,
            const std::string& path) {
    std::set<std::string> zones;
    for (const std::string& name : service_names(scenario_)) {
      if (of != nullptr && name != *of) continue;
      const proto::Service& service = scenario_.services().at(name);
      zones.insert(service.ec2().availability_zones().begin(),
                   service.ec2().availability_zones().end());
      if (!with_tasks) continue;
      zones.insert(service.ecs().availability_zones().begin(),
                   service.ecs().availability_zones().end());
    }
    for (const auto& [name, hosts] : hosts_) {
      if (of != nullptr && name != *of) continue;
      const auto& own = hosts.group->availability_zones();
      zones.insert(own.begin(), own.end());
    }
    if (zones.contains(zone)) return;
    mistake(path + ".zone",
            fmt::format("nothing is in {}; there are {}", in_quotes(zone),
                        zones.empty() ? "no zones" : fmt::format("{}", fmt::join(zones, ", "))));
  }

  void interrupt_spot(const proto::InterruptSpot& interruption, const std::string& path) {
    const std::string& name = interruption.service();
    if (!service(interruption.has_service(), name, path, kFleets)) return;
    if (const Hosts* hosts = hosts_named(name)) {
      if (hosts->group->has_instance_market_options()) return;
      return mistake(path, fmt::format("{} has no Spot Instances", in_quotes(name)));
    }
    const proto::Service& named = scenario_.services().at(name);
    if (named.has_ecs() ? named.ecs().assumed().has_fargate_spot()
                        : named.ec2().has_instance_market_options()) {
      return;
    }
    mistake(path, fmt::format("{} has no {}", in_quotes(name),
                              named.has_ecs() ? "tasks on FARGATE_SPOT" : "Spot Instances"));
  }

  /// False where that is no service of such a platform.
  bool service(bool is_given, const std::string& name, const std::string& path,
               const Platforms& platforms) {
    if (!is_given) return false;  // reported already
    if (hosts_named(name) != nullptr && platforms.ec2) return true;
    if (scenario_.clusters().contains(name)) {
      mistake(path, fmt::format("{} has several groups of instances: name {}", in_quotes(name),
                                names_of(name)));
      return false;
    }
    const auto found = scenario_.services().find(name);
    if (found == scenario_.services().end()) {
      std::vector<std::string> names = service_names(scenario_);
      for (const auto& [hosts, unused] : hosts_) names.push_back(hosts);
      mistake(path,
              fmt::format("there is no service {}{}", in_quotes(name), suggestion(name, names)));
      return false;
    }
    const proto::Service& service = found->second;
    const bool fits = (service.has_ec2() && platforms.ec2) ||
                      (service.has_ecs() && platforms.ecs) ||
                      (service.has_external() && platforms.external);
    if (!fits) mistake(path, fmt::format("{} is no {}", in_quotes(name), platforms.names));
    return fits;
  }

  const Hosts* hosts_named(const std::string& name) const {
    for (const auto& [own, hosts] : hosts_) {
      if (own == name) return &hosts;
    }
    return nullptr;
  }
  /// Of a cluster's groups: "'pool/spot' or 'pool/steady'".
  std::string names_of(const std::string& cluster) const {
    std::string names;
    for (const auto& [own, hosts] : hosts_) {
      if (own != hosts_name(cluster, hosts.provider)) continue;
      names += (names.empty() ? "" : " or ") + in_quotes(own);
    }
    return names;
  }

  const proto::Scenario& scenario_;
  const Places& places_;
  Mistakes& mistakes_;
  std::vector<std::pair<std::string, Hosts>> hosts_;
};

}  // namespace

void check_faults(const proto::Scenario& scenario, const Places& places, Mistakes& mistakes) {
  FaultChecker(scenario, places, mistakes).run();
}

}  // namespace skyreplay::scenario
