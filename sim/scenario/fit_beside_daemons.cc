#include "scenario/fit_beside_daemons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "compute/instance_types.h"
#include "core/error.h"
#include "core/text.h"
#include "ecs/registered_resources.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/resolve.h"

namespace skyreplay::scenario {
namespace {

using Task = proto::TaskDefinition;

/// CPU units, MiB that placement takes (C5), and network interfaces.
using Needs = std::array<std::uint32_t, 3>;
constexpr std::array<const char*, 3> kUnits = {"CPU units", "MiB", "network interfaces for tasks"};

/// What a task of one version reserves, and which fields say so, below the service.
struct Version {
  Needs needs{};
  std::array<std::string, 3> fields{};  ///< empty where another version's field says it
};

Version first_version(const Task& task) {
  const bool reserves = task.has_memory_reservation();
  const std::string own = "task_definition.";
  return {{task.cpu(), reserves ? task.memory_reservation() : task.memory(),
           task.network_mode() == Task::AWSVPC ? 1U : 0U},
          {own + "cpu", own + (reserves ? "memory_reservation" : "memory"), own + "network_mode"}};
}

/// The first one, and one for each deployment.
std::vector<Version> versions_of(const proto::EcsService& service) {
  const Task& task = service.task_definition();
  std::vector<Version> all{first_version(task)};
  for (int i = 0; i < service.deployments_size(); ++i) {
    const proto::Deployment& own = service.deployments(i);
    const std::string at = join_index("deployments", static_cast<std::size_t>(i));
    Version version{all.front().needs, {}};
    if (own.has_cpu()) version.needs[0] = own.cpu(), version.fields[0] = at + ".cpu";
    if (own.has_memory_reservation()) {
      version.needs[1] = own.memory_reservation();
      version.fields[1] = at + ".memory_reservation";
    } else if (own.has_memory() && !task.has_memory_reservation()) {
      version.needs[1] = own.memory();
      version.fields[1] = at + ".memory";
    }
    all.push_back(std::move(version));
  }
  return all;
}

std::vector<Version> versions_of(const proto::EcsTask& jobs) {
  return {first_version(jobs.task_definition())};
}

bool is_daemon(const proto::EcsService& service) {
  return service.scheduling_strategy() == proto::EcsService::DAEMON;
}

bool is_on_every_instance(const proto::EcsService& daemon) {
  return std::none_of(daemon.placement_constraints().begin(), daemon.placement_constraints().end(),
                      [](const auto& constraint) { return constraint.has_expression(); });
}

/// One cluster's.
class Fit {
 public:
  Fit(const proto::Scenario& scenario, const std::string& cluster, const Places& places,
      Mistakes& mistakes)
      : scenario_(scenario), cluster_(cluster), places_(places), mistakes_(mistakes) {}

  void check() {
    const proto::Cluster& cluster = scenario_.clusters().at(cluster_);
    try {
      for (const Hosts& hosts : hosts_of(cluster)) add_type(cluster, hosts);
    } catch (const InputError&) {
      return;  // of a type that is reported already
    }
    const std::vector<std::string> names = service_names(scenario_);
    for (const std::string& name : names) daemon(name);
    if (daemons_.empty()) return;
    for (const std::string& name : names) others(name);
  }

 private:
  /// What an instance of one capacity provider has.
  struct Instance {
    std::string type;
    Needs has{};
  };

  void add_type(const proto::Cluster& cluster, const Hosts& hosts) {
    const compute::InstanceType& type =
        compute::InstanceTypes::builtin().find(hosts.group->instance_type());
    instances_.push_back({type.name,
                          {type.vcpus * 1024, hosts.registered(),
                           ecs::task_interfaces(type, cluster.awsvpc_trunking()).value_or(0)}});
  }

  /// The one with the most of a kind: whoever does not fit there fits nowhere.
  const Instance& largest(std::size_t kind) const {
    return *std::max_element(
        instances_.begin(), instances_.end(),
        [kind](const Instance& a, const Instance& b) { return a.has[kind] < b.has[kind]; });
  }

  void daemon(const std::string& name) {
    const proto::EcsService& service = scenario_.services().at(name).ecs();
    if (service.cluster() != cluster_ || !is_daemon(service)) return;
    const std::vector<Version> versions = versions_of(service);
    fits(versions, join_path("services", name) + ".ecs.");
    if (!is_on_every_instance(service)) return;
    Needs least = versions.front().needs;
    for (const Version& version : versions) {
      for (std::size_t i = 0; i < least.size(); ++i) {
        least[i] = std::min(least[i], version.needs[i]);
      }
    }
    for (std::size_t i = 0; i < least.size(); ++i) reserved_[i] += least[i];
    daemons_.push_back(name);
    least_.push_back(least);
  }

  void others(const std::string& name) {
    const proto::Service& service = scenario_.services().at(name);
    const std::string path = join_path("services", name);
    if (service.ecs().cluster() == cluster_ && service.has_ecs() && !is_daemon(service.ecs())) {
      fits(versions_of(service.ecs()), path + ".ecs.");
    }
    if (service.has_ecs_task() && service.ecs_task().cluster() == cluster_) {
      fits(versions_of(service.ecs_task()), path + ".ecs_task.");
    }
  }

  void fits(const std::vector<Version>& versions, const std::string& path) {
    for (const Version& version : versions) {
      for (std::size_t i = 0; i < reserved_.size(); ++i) {
        const std::uint32_t needs = version.needs[i];
        const std::uint32_t has = largest(i).has[i];
        const bool alone = needs <= has;  // else it is reported already
        if (!alone || version.fields[i].empty() || needs == 0) continue;
        if (std::uint64_t{needs} + reserved_[i] <= has) continue;
        const std::string field = path + version.fields[i];
        mistakes_.add(places_.near(field), field, words(i, needs));
      }
    }
  }

  std::string words(std::size_t i, std::uint32_t needs) const {
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < daemons_.size(); ++k) {
      if (least_[k][i] == 0) continue;
      parts.push_back(fmt::format("{} {}", grouped(least_[k][i]), daemons_[k]));
    }
    const auto& [type, has] = largest(i);
    const std::uint64_t left = has[i] > reserved_[i] ? has[i] - reserved_[i] : 0;
    return fmt::format(
        "does not fit beside the cluster's daemons, and would wait for ever: an instance of {} has "
        "{} {}, of which daemons reserve {} ({}), which leaves {}; the task needs {} (C36)",
        type, grouped(has[i]), kUnits[i], grouped(reserved_[i]), fmt::join(parts, ", "),
        grouped(left), grouped(needs));
  }

  const proto::Scenario& scenario_;
  const std::string& cluster_;
  const Places& places_;
  Mistakes& mistakes_;
  std::vector<Instance> instances_;          ///< one a capacity provider
  std::array<std::uint64_t, 3> reserved_{};  ///< by the daemons so far
  std::vector<std::string> daemons_;
  std::vector<Needs> least_;  ///< of each
};

}  // namespace

void check_fit_beside_daemons(const proto::Scenario& scenario, const Places& places,
                              Mistakes& mistakes) {
  for (const std::string& name : cluster_names(scenario)) {
    Fit(scenario, name, places, mistakes).check();
  }
}

}  // namespace skyreplay::scenario
