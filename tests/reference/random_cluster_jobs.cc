#include "reference/random_cluster_jobs.h"

#include "reference/random_clusters.h"

namespace skyreplay::reference {

using namespace std::chrono_literals;

void RandomClusterJobs::add_to(Scenario& s, Time unit) {
  Dice& dice = random_.dice;
  random_.unit = unit;
  const bool has_cluster = s.services.back().fleet.is_cluster;
  if (!has_cluster) {
    if (!dice.chance(12)) return;
    s.services.push_back(
        {.name = "z", .platform = Service::Platform::kFleet, .fleet = random_hosts(random_)});
    shake_cluster(s, s.services.size() - 1, random_, unit);
  }
  const std::size_t cluster = s.services.size() - 1;
  for (Service& service : s.services) {
    const bool is_job = service.platform == Service::Platform::kJob;
    if (!is_job || !service.job.providers.empty() || !dice.chance(70)) continue;
    move(service.job, cluster, s.services[cluster].fleet);
  }
  if (!has_cluster || dice.chance(50)) add_jobs(s);
}

/// A kind of jobs more, before the cluster, with a route and requests of its own.
void RandomClusterJobs::add_jobs(Scenario& s) {
  const std::size_t own = s.services.size() - 1;
  const auto renumber = [own](std::size_t& service) { service += service >= own ? 1 : 0; };
  for (Change& change : s.changes) renumber(change.service);
  for (Fault& fault : s.faults) renumber(fault.service);
  for (Operation& operation : s.operations) renumber(operation.service);
  for (Service& service : s.services) {
    if (service.fleet.cluster) renumber(*service.fleet.cluster);
    if (service.job.cluster) renumber(*service.job.cluster);
  }
  s.services.push_back(s.services.back());
  Service& jobs = s.services[own];
  jobs = {};
  jobs.name = "yj";
  jobs.platform = Service::Platform::kJob;
  jobs.job = job();
  move(jobs.job, own + 1, s.services.back().fleet);
  s.routes.push_back(own);
  for (Row& row : s.rows) {
    if (random_.dice.chance(50)) row.route = s.routes.size() - 1;
  }
}

JobKind RandomClusterJobs::job() {
  Dice& dice = random_.dice;
  JobKind j;
  j.speed = dice.one_of<double>({1, 1, 1.3, 0.5});
  j.parallelism = dice.one_of<double>({1, 1, 2, 0.5});
  if (dice.chance(30)) j.most = dice.between(1, 4);
  j.burst = dice.one_of<std::uint32_t>({2, 100});
  j.rate = dice.one_of<std::uint32_t>({3, 40});
  j.infrastructure_time = random_.law(3);
  j.pull_time = 1ms * dice.between(1, 5000);
  j.container_start = random_.law(2);
  j.application_start = random_.law(1);
  return j;
}

void RandomClusterJobs::move(JobKind& j, std::size_t cluster, const Fleet& hosts) {
  Dice& dice = random_.dice;
  j.cluster = cluster;
  j.arm = hosts.arm;
  j.storage_gib = 20;
  j.cpu = dice.one_of<std::uint32_t>({128, 256, 512, 1024, 1024});
  j.memory = dice.one_of<std::uint32_t>({100, 512, 1000, 1700});
  j.awsvpc = dice.chance(30);
  j.distinct_instance = dice.chance(20);
  if (dice.chance(50)) j.strategies = random_strategies(dice);
  j.launch_type_ec2 = dice.chance(25);
  if (dice.chance(20)) j.not_in_zone = dice.below(hosts.zones);
  j.queues = dice.chance(50);
  j.provisioning_timeout =
      dice.chance(50) ? Law{.kind = Law::Kind::kUniform, .a = 1min, .b = 10min} : random_.law(20);
}

}  // namespace skyreplay::reference
