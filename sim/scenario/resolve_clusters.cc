#include "scenario/resolve_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compute/instance_types.h"
#include "core/error.h"
#include "core/text.h"
#include "ecs/registered_resources.h"
#include "scenario/defaults.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/law.h"
#include "scenario/resolve.h"
#include "scenario/resolve_providers.h"
#include "scenario/resolve_services.h"

namespace skyreplay::scenario {
namespace {

using std::chrono::seconds;

constexpr seconds kRegistered{90};  // C92, ASSUMED: from the launch of an instance

/// Of a cluster's group of container instances: `Message` is the cluster, or one of its capacity
/// providers.
template <typename Message>
class HostsResolver {
 public:
  HostsResolver(Message& hosts, const std::string& path, const std::string& region,
                const Places& places, Mistakes& mistakes)
      : hosts_(hosts), path_(path), region_(region), places_(places), mistakes_(mistakes) {}

  void run(bool has_trunking, const std::string& trunking_path) {
    refuse();
    group();
    memory(has_trunking, trunking_path);
    provider();
  }

 private:
  static constexpr const char* kGroup = "auto_scaling_group.";

  void mistake(const std::string& field, const std::string& text) {
    const std::string path = path_ + "." + field;
    mistakes_.add(places_.near(path), path, text);
  }
  proto::AutoScalingGroup& group_of() { return *hosts_.mutable_auto_scaling_group(); }
  bool is_given(const std::string& field) const { return places_.contains(path_ + "." + field); }

  /// What container instances do not have.
  void refuse() {
    struct Refused {
      const char* field;
      const char* why;
    };
    constexpr Refused kRefused[] = {
        {"target_group", "container instances serve no requests: services have target groups"},
        {"load_balancer", "container instances serve no requests: services have load balancers"},
        {"policies", "a cluster is scaled by auto_scaling_group_provider.managed_scaling"},
        {"alarms", "container instances have no metrics here"},
        {"cooldown", "is for policies, which a cluster's group has none of"},
        {"default_instance_warmup", "is for policies, which a cluster's group has none of"},
        {"health_check_type", "container instances are targets of no load balancer"},
        {"health_check_grace_period", "container instances are targets of no load balancer"},
        {"capacity_rebalance", "is not built for clusters: a reclaimed instance is replaced"},
        {"assumed.workers", "container instances serve no requests: give it to services"},
        {"assumed.backlog", "container instances serve no requests: give it to services"},
        {"assumed.publication_delay", "container instances have no metrics here"},
    };
    for (const Refused& refused : kRefused) {
      const std::string field = kGroup + std::string(refused.field);
      if (is_given(field) || is_given(field + "[0]")) mistake(field, refused.why);
    }
    for (const proto::LifecycleHook& hook : group_of().lifecycle_hook_specification_list()) {
      const bool ends = hook.lifecycle_transition() == proto::LifecycleHook::TERMINATING;
      if (!ends || !drains()) continue;
      mistake("auto_scaling_group.lifecycle_hook_specification_list",
              "hooks of terminations are not built beside managed_draining, which is one");
    }
  }

  bool drains() const {
    return hosts_.has_auto_scaling_group_provider() &&
           hosts_.auto_scaling_group_provider().managed_draining() ==
               proto::AutoScalingGroupProvider::ENABLED;
  }

  void group() {
    const std::string path = path_ + ".auto_scaling_group";
    proto::AutoScalingGroup& group = group_of();
    ServiceResolver(region_, places_, mistakes_).ec2(group, path);
    if (!is_given("auto_scaling_group.assumed.boot_time")) {
      group.mutable_assumed()->mutable_boot_time()->mutable_constant()->set_ns(
          Duration(kRegistered).count());
    }
    group.clear_target_group();
    group.clear_load_balancer();
    group.clear_cooldown();
    group.clear_health_check_type();
    group.clear_health_check_grace_period();
    group.clear_capacity_rebalance();
    group.mutable_assumed()->clear_publication_delay();
  }

  const compute::InstanceType* type() {
    try {
      return &compute::InstanceTypes::builtin().find(group_of().instance_type());
    } catch (const InputError&) {
      return nullptr;  // reported already
    }
  }

  /// C18, C21; C14.
  void memory(bool has_trunking, const std::string& trunking_path) {
    const compute::InstanceType* const found = type();
    if (found == nullptr) return;
    proto::ClusterAssumed& assumed = *hosts_.mutable_assumed();
    if (!assumed.has_registered_memory()) {
      assumed.set_registered_memory(ecs::registered_memory(*found));
    }
    if (assumed.reserved_memory() >= assumed.registered_memory()) {
      mistake("assumed.reserved_memory", fmt::format("must be below registered_memory, {} MiB",
                                                     grouped(assumed.registered_memory())));
    }
    if (has_trunking && !ecs::task_interfaces(*found, true)) {
      mistakes_.add(places_.near(trunking_path), trunking_path,
                    fmt::format("no figure is known of trunking on {}", found->name));
    }
  }

  void provider() {
    if (!hosts_.has_auto_scaling_group_provider()) return;
    const auto& provider = hosts_.auto_scaling_group_provider();
    const bool protects =
        provider.managed_termination_protection() == proto::AutoScalingGroupProvider::ENABLED;
    if (protects && !provider.has_managed_scaling()) {
      mistake("auto_scaling_group_provider.managed_termination_protection",
              "needs managed_scaling (C87)");
    }
    if (provider.has_managed_scaling() && group_of().max_size() == 0) {
      mistake("auto_scaling_group.max_size", "must be above 0 for managed_scaling (C90)");
    }
  }

  Message& hosts_;
  const std::string& path_;
  const std::string& region_;
  const Places& places_;
  Mistakes& mistakes_;
};

class ClusterResolver {
 public:
  ClusterResolver(proto::Scenario& scenario, const std::string& name, const Places& places,
                  Mistakes& mistakes)
      : scenario_(scenario),
        name_(name),
        path_(join_path("clusters", name)),
        cluster_((*scenario.mutable_clusters())[name]),
        places_(places),
        mistakes_(mistakes) {}

  void run() {
    if (name_.empty() || name_.find_first_of("/*") != std::string::npos) {
      mistake("", "a cluster's name must not be empty and must hold no '/' and no '*'");
    }
    if (scenario_.services().contains(name_)) {
      mistake("", "a service has this name: a result tells services and clusters by their names");
    }
    if (!cluster_.capacity_providers().empty()) return several();
    if (cluster_.default_capacity_provider_strategy_size() > 0) {
      mistake("default_capacity_provider_strategy",
              "needs capacity_providers; services without a launch_type are on the cluster's "
              "auto_scaling_group_provider, where it has one");
    }
    if (!cluster_.has_auto_scaling_group()) {
      if (mistakes_.below(path_)) return;  // there is something, which is reported already
      return mistake("", "needs an auto_scaling_group, or capacity_providers that have one each");
    }
    HostsResolver(cluster_, path_, scenario_.region(), places_, mistakes_)
        .run(cluster_.awsvpc_trunking(), path_ + ".awsvpc_trunking");
  }

 private:
  void mistake(const std::string& field, const std::string& text) {
    const std::string path = field.empty() ? path_ : path_ + "." + field;
    mistakes_.add(places_.near(path), path, text);
  }
  bool is_given(const std::string& field) const { return places_.contains(path_ + "." + field); }

  void several() {
    for (const char* field : {"auto_scaling_group", "auto_scaling_group_provider", "assumed"}) {
      if (is_given(field)) mistake(field, "is each provider's own beside capacity_providers");
    }
    cluster_.clear_auto_scaling_group();
    cluster_.clear_auto_scaling_group_provider();
    cluster_.clear_assumed();
    std::vector<std::string> names;
    for (const Hosts& hosts : hosts_of(cluster_)) names.push_back(hosts.provider);
    if (names.size() > kMostProviders) {
      mistake("capacity_providers", fmt::format("must be at most {}", kMostProviders));
    }
    for (const std::string& name : names) provider(name);
    architectures();
    if (cluster_.default_capacity_provider_strategy().empty()) return;
    check_strategy(cluster_.default_capacity_provider_strategy(),
                   path_ + ".default_capacity_provider_strategy", names, places_, mistakes_);
  }

  void provider(const std::string& name) {
    const std::string path = hosts_path(name_, name);
    const auto wrong = [&](const char* text) { mistakes_.add(places_.near(path), path, text); };
    if (name.empty() || name.find_first_of("/*") != std::string::npos) {
      wrong("a provider's name must not be empty and must hold no '/' and no '*'");
    }
    const auto begins_with = [&](std::string_view prefix) {
      return std::ranges::equal(std::string_view(name).substr(0, prefix.size()), prefix, {},
                                [](char c) { return std::tolower(static_cast<unsigned char>(c)); });
    };
    if (begins_with("aws") || begins_with("ecs") || begins_with("fargate")) {
      wrong("a provider's name must not begin with aws, ecs or fargate");
    }
    proto::CapacityProvider& provider = (*cluster_.mutable_capacity_providers())[name];
    if (!provider.has_auto_scaling_group()) return;  // reported already
    if (!provider.has_auto_scaling_group_provider()) {
      fill_defaults(*provider.mutable_auto_scaling_group_provider(),
                    path + ".auto_scaling_group_provider", places_, mistakes_);
    }
    HostsResolver(provider, path, scenario_.region(), places_, mistakes_)
        .run(cluster_.awsvpc_trunking(), path_ + ".awsvpc_trunking");
  }

  /// So that every instance may take every task.
  void architectures() {
    std::optional<compute::Architecture> first;
    for (const Hosts& hosts : hosts_of(cluster_)) {
      try {
        const std::string& name = hosts.group->instance_type();
        const compute::InstanceType& type = compute::InstanceTypes::builtin().find(name);
        if (!first) first = type.architecture;
        if (*first == type.architecture) continue;
        mistake("capacity_providers", "of two CPU architectures in one cluster are not built");
        return;
      } catch (const InputError&) {
        return;  // reported already
      }
    }
  }

  proto::Scenario& scenario_;
  const std::string& name_;
  std::string path_;
  proto::Cluster& cluster_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace

void resolve_clusters(proto::Scenario& scenario, const Places& places, Mistakes& mistakes) {
  for (const std::string& name : cluster_names(scenario)) {
    ClusterResolver(scenario, name, places, mistakes).run();
  }
}

}  // namespace skyreplay::scenario
