#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "compute/instance_types.h"
#include "core/error.h"
#include "core/text.h"
#include "ecs/cluster_query.h"
#include "ecs/registered_resources.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/law.h"
#include "scenario/resolve.h"
#include "scenario/resolve_clusters.h"
#include "scenario/resolve_providers.h"

// What a service, or jobs, on a cluster take from it, and what they may say of where tasks go.

namespace skyreplay::scenario {
namespace {

using std::chrono::seconds;
using Task = proto::TaskDefinition;

constexpr seconds kInterfaceAttached{5};                          // C17, ASSUMED
constexpr seconds kTrunkAttached{10};                             // C17, ASSUMED
constexpr seconds kContainerStarts[] = {seconds{1}, seconds{3}};  // C35, ASSUMED
constexpr int kMostConstraints = 10;                              // C66
constexpr int kMostStrategies = 5;                                // C64
constexpr std::uint32_t kCallsASecond = 40;                       // C114, ASSUMED
constexpr std::chrono::minutes kProvisioning[] = {std::chrono::minutes{10},
                                                  std::chrono::minutes{30}};  // C89

/// `Message`: of a service, or of jobs.
template <typename Message>
class TaskResolver {
  static constexpr bool kAreJobs = std::is_same_v<Message, proto::EcsTask>;

 public:
  TaskResolver(Message& service, const std::string& path, const Places& places, Mistakes& mistakes)
      : service_(service), path_(path), places_(places), mistakes_(mistakes) {}

  void off() {
    if (!service_.has_launch_type() && service_.capacity_provider_strategy().empty()) {
      service_.set_launch_type(proto::EcsService::FARGATE);
    }
    if (service_.launch_type() == proto::EcsService::EC2) {
      mistake("launch_type", "EC2 needs a cluster: name one of `clusters` in `cluster`");
    }
    Task& task = *service_.mutable_task_definition();
    if (!task.has_network_mode()) task.set_network_mode(Task::AWSVPC);
    if (task.network_mode() != Task::AWSVPC) {
      mistake("task_definition.network_mode", "on Fargate is always awsvpc (C12)");
    }
    for (const char* field : {"placement_constraints", "placement_strategies"}) {
      if (places_.contains(path_ + "." + field + "[0]")) {
        mistake(field, "is for tasks on a cluster");
      }
    }
    if constexpr (kAreJobs) {
      for (const char* field : {"assumed.when_full", "assumed.provisioning_timeout"}) {
        if (is_given(field)) mistake(field, "is for tasks on a cluster: Fargate finds capacity");
      }
    }
  }

  void on(const proto::Scenario& scenario) {
    const auto found = scenario.clusters().find(service_.cluster());
    if (found == scenario.clusters().end()) {
      return mistake("cluster",
                     fmt::format("there is no cluster {}{}", in_quotes(service_.cluster()),
                                 suggestion(service_.cluster(), cluster_names(scenario))));
    }
    const proto::Cluster& cluster = found->second;
    refuse();
    providers(cluster);
    launch_type(cluster);
    constraints();
    strategies();
    choose_hosts(cluster);
    if constexpr (kAreJobs) run_task();
    try {
      for (const Hosts& hosts : hosts_) {
        types_.push_back(&compute::InstanceTypes::builtin().find(hosts.group->instance_type()));
      }
      task(cluster);
    } catch (const InputError&) {
      return;  // of a type that is reported already
    }
  }

 private:
  void mistake(const std::string& field, const std::string& text) {
    const std::string path = path_ + "." + field;
    mistakes_.add(places_.near(path), path, text);
  }
  bool is_given(const std::string& field) const { return places_.contains(path_ + "." + field); }

  void refuse() {
    if constexpr (!kAreJobs) refuse_of_services();
    if (service_.assumed().has_fargate_spot()) mistake("assumed.fargate_spot", "is for Fargate");
    if (service_.task_definition().ephemeral_storage().size_in_gib() > 20) {
      mistake("task_definition.ephemeral_storage",
              "is for Fargate; on a cluster the group's volume, `ebs`, is there for all tasks");
    }
  }

  void refuse_of_services() {
    if (service_.availability_zones_size() > 0) {
      mistake("availability_zones", "are the cluster's: its group names them");
    }
  }

  bool is_daemon() const {
    if constexpr (kAreJobs)
      return false;
    else
      return service_.scheduling_strategy() == proto::EcsService::DAEMON;
  }

  /// C71: the strategy of its own, else the cluster's.
  void providers(const proto::Cluster& cluster) {
    const bool has_own = service_.capacity_provider_strategy_size() > 0;
    if (cluster.capacity_providers().empty()) {
      if (!has_own) return;
      return mistake("capacity_provider_strategy",
                     "is for Fargate, or for a cluster with capacity_providers; without a "
                     "launch_type tasks are on the cluster's own auto_scaling_group_provider");
    }
    if (is_daemon()) return;  // refused already
    if (!has_own) {
      if (service_.has_launch_type()) return;
      *service_.mutable_capacity_provider_strategy() = cluster.default_capacity_provider_strategy();
      return;
    }
    std::vector<std::string> names;
    for (const Hosts& hosts : hosts_of(cluster)) names.push_back(hosts.provider);
    check_strategy(service_.capacity_provider_strategy(), path_ + ".capacity_provider_strategy",
                   names, places_, mistakes_);
    if (is_given("launch_type")) {
      mistake("launch_type", "must be left out where there is a capacity_provider_strategy");
    }
  }

  void launch_type(const proto::Cluster& cluster) {
    if (service_.launch_type() == proto::EcsService::FARGATE) {
      return mistake("launch_type", "FARGATE needs no cluster of container instances");
    }
    const bool on_provider =
        cluster.has_auto_scaling_group_provider() || service_.capacity_provider_strategy_size() > 0;
    if (!service_.has_launch_type() && (is_daemon() || !on_provider)) {
      service_.set_launch_type(proto::EcsService::EC2);
    }
  }

  /// Where its tasks may be: on the providers of its strategy, else anywhere.
  void choose_hosts(const proto::Cluster& cluster) {
    const auto& strategy = service_.capacity_provider_strategy();
    const bool has_strategy = !cluster.capacity_providers().empty() && !strategy.empty();
    for (const Hosts& hosts : hosts_of(cluster)) {
      const bool is_named = std::any_of(strategy.begin(), strategy.end(), [&](const auto& item) {
        return item.capacity_provider() == hosts.provider;
      });
      if (!has_strategy || is_named) hosts_.push_back(hosts);
    }
  }

  /// What RunTask does where there is no room: C70, C89.
  void run_task() {
    proto::EcsTaskAssumed& assumed = *service_.mutable_assumed();
    if (!assumed.has_when_full()) assumed.set_when_full(proto::EcsTaskAssumed::REFUSE);
    if (!is_given("assumed.launch_rate")) assumed.set_launch_rate(kCallsASecond);
    const bool scales = std::any_of(hosts_.begin(), hosts_.end(),
                                    [](const Hosts& hosts) { return hosts.is_managed(); });
    const bool provisions = scales && !service_.has_launch_type();
    if (!provisions && is_given("assumed.provisioning_timeout")) {
      return mistake("assumed.provisioning_timeout",
                     "is for tasks on a provider with managed_scaling: others do not wait there");
    }
    if (!provisions || assumed.has_provisioning_timeout()) return;
    auto& law = *assumed.mutable_provisioning_timeout()->mutable_uniform();
    law.mutable_low()->set_ns(Duration(kProvisioning[0]).count());
    law.mutable_high()->set_ns(Duration(kProvisioning[1]).count());
  }

  /// C66, C67.
  void constraints() {
    if (service_.placement_constraints_size() > kMostConstraints) {
      mistake("placement_constraints", fmt::format("must be at most {}", kMostConstraints));
    }
    for (int i = 0; i < service_.placement_constraints_size(); ++i) {
      const proto::PlacementConstraint& constraint = service_.placement_constraints(i);
      const std::string own = join_index("placement_constraints", static_cast<std::size_t>(i));
      if (!constraint.has_type()) continue;  // reported already
      const bool asks = constraint.type() == proto::PlacementConstraint::MEMBER_OF;
      if (asks != constraint.has_expression()) {
        mistake(own, asks ? "memberOf needs an expression" : "distinctInstance has no expression");
      } else if (asks) {
        expression(constraint.expression(), own + ".expression");
      }
    }
  }

  void expression(const std::string& text, const std::string& field) {
    std::string why;
    const std::optional<ecs::ClusterQuery> query = ecs::ClusterQuery::parse(text, why);
    if (!query) return mistake(field, why);
    if (query->asks_attributes_only()) return;
    mistake(field,
            "may ask for attributes: ec2InstanceId, runningTasksCount and task:group are not built "
            "in scenarios");
  }

  /// C62, C63.
  void strategies() {
    using Strategy = proto::PlacementStrategy;
    if (service_.placement_strategies_size() > kMostStrategies) {
      mistake("placement_strategies", fmt::format("must be at most {}", kMostStrategies));
    }
    for (int i = 0; i < service_.placement_strategies_size(); ++i) {
      const Strategy& strategy = service_.placement_strategies(i);
      const std::string own =
          join_index("placement_strategies", static_cast<std::size_t>(i)) + ".field";
      if (!strategy.has_type()) continue;  // reported already
      const std::string& field = strategy.field();
      if (strategy.type() == Strategy::RANDOM) {
        if (strategy.has_field()) mistake(own, "is not for random");
      } else if (strategy.type() == Strategy::BINPACK) {
        if (field == "cpu" || field == "memory") continue;
        mistake(own, fmt::format("of binpack is cpu or memory, not {}", in_quotes(field)));
      } else if (field != "attribute:ecs.availability-zone" && field != "instanceId" &&
                 field != "host") {
        mistake(own, fmt::format("of spread is attribute:ecs.availability-zone, instanceId or "
                                 "host, not {}; other attributes are the same of every instance",
                                 in_quotes(field)));
      }
    }
  }

  void task(const proto::Cluster& cluster) {
    if (types_.empty()) return;  // of a strategy that is reported already
    Task& task = *service_.mutable_task_definition();
    architecture(*types_.front());
    if (!task.has_network_mode()) task.set_network_mode(Task::BRIDGE);
    const bool has_interface = task.network_mode() == Task::AWSVPC;
    const bool has_trunk = cluster.awsvpc_trunking();
    for (const compute::InstanceType* type : types_) {
      if (!has_interface || ecs::task_interfaces(*type, has_trunk).value_or(0) > 0) continue;
      mistake("task_definition.network_mode",
              fmt::format("no instance of {} takes a task with an interface of its own (C13)",
                          type->name));
      break;
    }
    const bool reserves = task.has_memory_reservation();
    fits("task_definition", task.cpu(), reserves ? 0 : task.memory());
    memory_fits("task_definition.memory_reservation", task.memory_reservation());
    if (task.memory() > 0 && task.memory_reservation() > task.memory()) {
      mistake("task_definition.memory_reservation",
              fmt::format("is {} MiB, and must be at most memory, {} MiB",
                          grouped(task.memory_reservation()), grouped(task.memory())));
    }
    if constexpr (!kAreJobs) deployments();
    auto& assumed = *service_.mutable_assumed();
    const double speed = hosts_.front().group->assumed().speed();
    const bool is_one_speed = std::all_of(hosts_.begin(), hosts_.end(), [&](const Hosts& hosts) {
      return hosts.group->assumed().speed() == speed;
    });
    if (!assumed.has_speed() && is_one_speed) assumed.set_speed(speed);
    if (!is_given("assumed.infrastructure_time")) {
      const seconds takes = !has_interface ? seconds{0}
                            : has_trunk    ? kTrunkAttached
                                           : kInterfaceAttached;
      assumed.mutable_infrastructure_time()->mutable_constant()->set_ns(Duration(takes).count());
    }
    if (is_given("assumed.container_start")) return;
    auto& law = *assumed.mutable_container_start()->mutable_uniform();
    law.mutable_low()->set_ns(Duration(kContainerStarts[0]).count());
    law.mutable_high()->set_ns(Duration(kContainerStarts[1]).count());
  }

  void deployments() {
    for (int i = 0; i < service_.deployments_size(); ++i) {
      const proto::Deployment& own = service_.deployments(i);
      const std::string at = join_index("deployments", static_cast<std::size_t>(i));
      const bool reserves =
          service_.task_definition().has_memory_reservation() || own.has_memory_reservation();
      fits(at, own.cpu(), reserves ? 0 : own.memory());
      memory_fits(at + ".memory_reservation", own.memory_reservation());
    }
  }

  void architecture(const compute::InstanceType& type) {
    auto& platform = *service_.mutable_task_definition()->mutable_runtime_platform();
    const auto of_type = type.architecture == compute::Architecture::kArm
                             ? proto::RuntimePlatform::ARM64
                             : proto::RuntimePlatform::X86_64;
    if (platform.cpu_architecture() == of_type) return;
    if (is_given("task_definition.runtime_platform.cpu_architecture")) {
      return mistake("task_definition.runtime_platform.cpu_architecture",
                     fmt::format("is not that of the cluster's instances, {}", type.name));
    }
    platform.set_cpu_architecture(of_type);
  }

  /// An instance that is empty takes one, of whichever group it may be on.
  void fits(const std::string& field, std::uint32_t task_cpu, std::uint32_t task_memory) {
    for (const compute::InstanceType* type : types_) {
      const std::uint32_t cpu = type->vcpus * 1024;  // C1
      if (task_cpu <= cpu) continue;
      mistake(field + ".cpu", fmt::format("must be at most {}: what an instance of {} has",
                                          grouped(cpu), type->name));
      break;
    }
    memory_fits(field + ".memory", task_memory);
  }
  /// What it is placed by: its soft limit where it has one (C5).
  void memory_fits(const std::string& field, std::uint32_t mib) {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      if (mib <= hosts_[i].registered()) continue;
      return mistake(field,
                     fmt::format("must be at most {} MiB: what an instance of {} registers (C18)",
                                 grouped(hosts_[i].registered()), types_[i]->name));
    }
  }

  Message& service_;
  std::vector<Hosts> hosts_;  ///< where its tasks may be
  std::vector<const compute::InstanceType*> types_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace

template <typename Message>
void resolve_on_cluster(Message& service, const proto::Scenario& scenario, const std::string& path,
                        const Places& places, Mistakes& mistakes) {
  TaskResolver<Message>(service, path, places, mistakes).on(scenario);
}

template <typename Message>
void resolve_off_cluster(Message& service, const std::string& path, const Places& places,
                         Mistakes& mistakes) {
  TaskResolver<Message>(service, path, places, mistakes).off();
}

template void resolve_on_cluster(proto::EcsService&, const proto::Scenario&, const std::string&,
                                 const Places&, Mistakes&);
template void resolve_on_cluster(proto::EcsTask&, const proto::Scenario&, const std::string&,
                                 const Places&, Mistakes&);
template void resolve_off_cluster(proto::EcsService&, const std::string&, const Places&, Mistakes&);
template void resolve_off_cluster(proto::EcsTask&, const std::string&, const Places&, Mistakes&);

}  // namespace skyreplay::scenario
