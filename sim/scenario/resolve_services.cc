#include "scenario/resolve_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "compute/instance_types.h"
#include "core/error.h"
#include "core/text.h"
#include "ecs/fargate_sizes.h"
#include "pricing/catalogue.h"
#include "pricing/discounted_prices.h"
#include "pricing/money.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/law.h"
#include "scenario/resolve_clusters.h"
#include "scenario/resolve_containers.h"
#include "scenario/resolve_daemons.h"
#include "scenario/resolve_deployments.h"
#include "scenario/resolve_group.h"
#include "scenario/resolve_memory.h"
#include "scenario/resolve_providers.h"
#include "scenario/resolve_queue.h"
#include "scenario/resolve_scaling.h"
#include "scenario/resolve_service_scaling.h"
#include "scenario/resolve_spot.h"
#include "scenario/service_monitoring.h"

namespace skyreplay::scenario {
namespace {

using std::chrono::seconds;

/// E140, and what the EBS guide says of gp3 beyond it.
constexpr std::uint32_t kGp3Iops = 3000;
constexpr std::uint32_t kGp3Throughput = 125;
constexpr std::uint32_t kGp3IopsPerGib = 500;
constexpr std::uint32_t kGp3IopsPerThroughput = 4;

constexpr Duration kShortestSlowStart = seconds{30};  // E104
constexpr std::uint32_t kVcpu = 1024;                 // C1: its CPU units

}  // namespace

void ServiceResolver::ec2(proto::AutoScalingGroup& group, const std::string& path) {
  capacity(group, path);
  if (group.has_instance_type()) instance_type(group, path);
  commitments(group, path);
  resolve_spot(group, region_, path, places_, mistakes_);
  zones(*group.mutable_availability_zones(), path + ".availability_zones");
  ebs(*group.mutable_ebs(), path + ".ebs");
  target_group(group.target_group(), path + ".target_group");
  GroupResolver(places_, mistakes_).group(group, path);
  ScalingResolver(region_, places_, mistakes_).group(group, path);
}

/// A type that is known, with a price in the Region, and a speed unless the scenario says one.
void ServiceResolver::instance_type(proto::AutoScalingGroup& group, const std::string& path) {
  const std::string& name = group.instance_type();
  proto::AutoScalingGroupAssumed& assumed = *group.mutable_assumed();
  try {
    const compute::InstanceTypes& types = compute::InstanceTypes::builtin();
    const compute::InstanceType& type = types.find(name);
    pricing::Catalogue::builtin().tariff("ec2.on_demand." + name, region_);
    if (!assumed.has_speed()) assumed.set_speed(types.cpu_speed(type).value());
  } catch (const InputError& error) {
    mistake(path + ".instance_type", error.what());
  }
  if (!group.associate_public_ip_address()) return;
  price("vpc.public_ipv4_in_use", path + ".associate_public_ip_address");
}

/// The Region has a price for the item.
void ServiceResolver::price(const char* item, const std::string& path) {
  try {
    pricing::Catalogue::builtin().tariff(item, region_);
  } catch (const InputError& error) {
    mistake(path, error.what());
  }
}

void ServiceResolver::load_balancer(const proto::LoadBalancer& balancer, const std::string& path) {
  if (balancer.scheme() != proto::LoadBalancer::INTERNET_FACING) return;
  price("vpc.public_ipv4_in_use", path + ".scheme");
}

/// E143: whatever is bought has a price.
void ServiceResolver::commitments(const proto::AutoScalingGroup& group, const std::string& path) {
  const auto term_of = [](proto::CommitmentTerm term) {
    return term == proto::THREE_YEARS ? pricing::Term::kThreeYears : pricing::Term::kOneYear;
  };
  const auto known = [&](const char* field, pricing::Commitment commitment, pricing::Term term) {
    try {
      pricing::DiscountedPrices::builtin().committed_usd(group.instance_type(), region_, commitment,
                                                         term);
    } catch (const InputError& error) {
      mistake(path + "." + field, error.what());
    }
  };
  if (group.has_reserved_instances()) {
    known("reserved_instances", pricing::Commitment::kStandard,
          term_of(group.reserved_instances().term()));
  }
  if (!group.has_savings_plan()) return;
  const proto::SavingsPlan& plan = group.savings_plan();
  const bool is_compute = plan.savings_plan_type() == proto::SavingsPlan::COMPUTE;
  known("savings_plan",
        is_compute ? pricing::Commitment::kConvertible : pricing::Commitment::kStandard,
        term_of(plan.term()));
  const auto usd = pricing::Decimal::parse(plan.commitment());
  if (plan.has_commitment() && (!usd || usd->scale() > 6 || usd->mantissa() == 0)) {
    mistake(path + ".savings_plan.commitment",
            fmt::format("must be USD an hour above 0 with at most 6 decimals, such as 0.25, not {}",
                        in_quotes(plan.commitment())));
  }
}

void ServiceResolver::capacity(proto::AutoScalingGroup& group, const std::string& path) {
  if (!group.has_min_size() || !group.has_max_size()) return;  // reported already
  const std::string desired = path + ".desired_capacity";
  if (group.min_size() > group.max_size()) {
    mistake(path + ".max_size",
            fmt::format("must not be below min_size, {}", grouped(group.min_size())));
    return;
  }
  if (!group.has_desired_capacity()) {
    if (!places_.contains(desired)) group.set_desired_capacity(group.min_size());
    return;
  }
  const std::uint32_t count = group.desired_capacity();
  if (count < group.min_size() || count > group.max_size()) {
    mistake(desired,
            fmt::format("must lie between min_size, {}, and max_size, {}; it is {}",
                        grouped(group.min_size()), grouped(group.max_size()), grouped(count)));
  }
}

void ServiceResolver::ebs(proto::EbsVolume& volume, const std::string& path) {
  const auto only_gp3 = [&](bool is_given, const char* name) {
    if (is_given) mistake(path + name, "is for gp3; of a gp2 volume it follows from the size");
  };
  if (volume.volume_type() == proto::EbsVolume::GP2) {
    only_gp3(volume.has_iops(), ".iops");
    only_gp3(volume.has_throughput(), ".throughput");
    return;
  }
  if (!volume.has_iops()) volume.set_iops(kGp3Iops);
  if (!volume.has_throughput()) volume.set_throughput(kGp3Throughput);
  const std::uint32_t most_iops = std::max(kGp3Iops, volume.volume_size() * kGp3IopsPerGib);
  if (volume.iops() > most_iops) {
    mistake(path + ".iops",
            fmt::format("must be at most {}, 500 for each GiB of the volume", grouped(most_iops)));
  }
  if (volume.throughput() > volume.iops() / kGp3IopsPerThroughput) {
    mistake(path + ".throughput", fmt::format("must be at most {} MiB/s, a quarter of iops",
                                              volume.iops() / kGp3IopsPerThroughput));
  }
}

void ServiceResolver::zones(Zones& names, const std::string& path) {
  if (names.empty() && !places_.contains(path + "[0]")) {
    for (const char letter : {'a', 'b', 'c'}) names.Add(region_ + letter);
  }
  for (int i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const std::string own = join_index(path, static_cast<std::size_t>(i));
    if (!name.starts_with(region_) || name == region_) {
      mistake(own, fmt::format("{} is no zone of {}; write {}a, {}b, ...", in_quotes(name), region_,
                               region_, region_));
    } else if (std::find(names.begin(), names.begin() + i, name) != names.begin() + i) {
      mistake(own, fmt::format("{} is listed twice", in_quotes(name)));
    }
  }
}

/// E104, E107: what the attributes of a target group leave to one another.
void ServiceResolver::target_group(const proto::TargetGroup& group, const std::string& path) {
  const Duration slow_start = to_duration(group.slow_start());
  const bool is_in_turn = group.load_balancing_algorithm_type() == proto::TargetGroup::ROUND_ROBIN;
  if (slow_start > Duration{} && !is_in_turn) {
    mistake(path + ".slow_start", "is for round_robin only");
  } else if (slow_start > Duration{} && slow_start < kShortestSlowStart) {
    mistake(path + ".slow_start", "must be 0 or at least 30s");
  }
  if (group.health_check_timeout_seconds() >= group.health_check_interval_seconds()) {
    mistake(path + ".health_check_timeout_seconds",
            fmt::format("must be less than health_check_interval_seconds, {}",
                        group.health_check_interval_seconds()));
  }
}

/// C35: by what pulls and unpacks, the task's own CPU on Fargate, else the instance's, the smallest
/// of several.
template <typename Message>
std::uint32_t ServiceResolver::pulling_cpu(const Message& service,
                                           const proto::Scenario& scenario) {
  const auto cluster = scenario.clusters().find(service.cluster());
  if (cluster == scenario.clusters().end()) return service.task_definition().cpu();
  try {
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    for (const Hosts& hosts : hosts_of(cluster->second)) {
      const std::string& type = hosts.group->instance_type();
      least = std::min(least, compute::InstanceTypes::builtin().find(type).vcpus * kVcpu);
    }
    return least;
  } catch (const InputError&) {
    return kVcpu;  // reported already
  }
}

void ServiceResolver::ecs(proto::EcsService& service, const proto::Scenario& scenario,
                          const std::string& path) {
  resolve_containers(service, path, places_, mistakes_);
  resolve_scheduling(service, path, places_, mistakes_);
  if (service.has_cluster()) {
    resolve_on_cluster(service, scenario, path, places_, mistakes_);
  } else {
    resolve_off_cluster(service, path, places_, mistakes_);
    zones(*service.mutable_availability_zones(), path + ".availability_zones");
    fargate_size(service.task_definition(), path + ".task_definition");
  }
  target_group(service.target_group(), path + ".target_group");
  const proto::TaskDefinition& task = service.task_definition();
  proto::EcsServiceAssumed& assumed = *service.mutable_assumed();
  if (!assumed.has_speed() && !service.has_cluster()) {
    const bool is_arm = task.runtime_platform().cpu_architecture() == proto::RuntimePlatform::ARM64;
    assumed.set_speed(is_arm ? kSpeedArm : kSpeedX86);
  }
  const bool pull_rate_is_given = assumed.has_pull_rate();
  if (!pull_rate_is_given) {
    const std::uint32_t cpu = pulling_cpu(service, scenario);
    assumed.mutable_pull_rate()->set_bytes_per_second(pull_rate(cpu));
  }
  resolve_deployments(service, path, pull_rate_is_given, places_, mistakes_);
  resolve_memory(service, path, places_, mistakes_);
  resolve_queue(service, region_, path, places_, mistakes_);
  if (!service.has_cluster()) resolve_providers(service, region_, path, places_, mistakes_);
  resolve_monitoring(service, path, places_, mistakes_);
  ServiceScalingResolver(region_, places_, mistakes_).service(service, path);
}

void ServiceResolver::ecs_task(proto::EcsTask& job, const proto::Scenario& scenario,
                               const std::string& path) {
  const proto::TaskDefinition& task = job.task_definition();
  refuse_containers(job, path, places_, mistakes_);
  if (job.has_cluster()) {
    resolve_on_cluster(job, scenario, path, places_, mistakes_);
  } else {
    resolve_off_cluster(job, path, places_, mistakes_);
    fargate_size(task, path + ".task_definition");
    resolve_providers(job, region_, path, places_, mistakes_);
  }
  if (task.has_health_check()) {
    mistake(path + ".task_definition.health_check", "is for services: of jobs it changes nothing");
  }
  constexpr std::uint32_t kStopTimeout = 30;  // the default, which a resolved scenario has (C24)
  if (!job.assumed().has_fargate_spot() && task.stop_timeout() != kStopTimeout) {
    mistake(path + ".task_definition.stop_timeout",
            "is for jobs on FARGATE_SPOT: nothing interrupts others");
  }
  proto::EcsTaskAssumed& assumed = *job.mutable_assumed();
  if (!assumed.has_speed() && !job.has_cluster()) {
    const bool is_arm = task.runtime_platform().cpu_architecture() == proto::RuntimePlatform::ARM64;
    assumed.set_speed(is_arm ? kSpeedArm : kSpeedX86);
  }
  if (assumed.has_pull_rate()) return;
  assumed.mutable_pull_rate()->set_bytes_per_second(pull_rate(pulling_cpu(job, scenario)));
}

/// C9: which sizes there are.
void ServiceResolver::fargate_size(const proto::TaskDefinition& task, const std::string& path) {
  if (task.has_memory_reservation()) {
    mistake(path + ".memory_reservation", "is for tasks on a cluster: Fargate has room for each");
  }
  if (!task.has_cpu() || !task.has_memory()) return;  // reported already
  if (ecs::valid_fargate_size(task.cpu(), task.memory())) return;
  mistake(path,
          fmt::format("Fargate has no size of {} CPU units with {} MiB; {}", grouped(task.cpu()),
                      grouped(task.memory()), ecs::valid_fargate_sizes(task.cpu())));
}

void ServiceResolver::external(const proto::External& service, const std::string& path) {
  const bool is_given = service.has_price_per_request();  // else reported already
  if (is_given && !pricing::Decimal::parse(service.price_per_request())) {
    mistake(path + ".price_per_request",
            fmt::format("must be a decimal number of USD such as 0.0000002, not {}",
                        in_quotes(service.price_per_request())));
  }
}

}  // namespace skyreplay::scenario
