#include "replay/models.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/check.h"
#include "ecs/cluster_service.h"
#include "ecs/container_instances.h"
#include "ecs/standalone_tasks.h"
#include "lambda/async_queue.h"
#include "lambda/functions.h"
#include "lambda/sqs_poller.h"
#include "lambda/stream_poller.h"
#include "replay/cluster_model.h"
#include "replay/fleet_models.h"
#include "replay/group_model.h"
#include "replay/lambda_model.h"
#include "replay/provisioned_model.h"
#include "replay/scaling_model.h"
#include "replay/service_model.h"
#include "replay/task_models.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/law.h"
#include "scenario/service_monitoring.h"

namespace skyreplay::replay {
namespace {

using PlatformCase = proto::Service::PlatformCase;

const proto::Service& config_of(const ModelInputs& inputs, std::uint32_t service) {
  return *inputs.wiring.services[service].config;
}

std::uint32_t count_of(const ModelInputs& inputs) {
  return static_cast<std::uint32_t>(inputs.wiring.services.size());
}

/// What a change of a group's field says of its capacity. What policies and the clock have moved
/// stays where it is not named.
scaling::CapacityChange capacity_change(const proto::AutoScalingGroup& group,
                                        const std::string& named, bool is_managed) {
  const bool is_scaled =
      is_managed ||
      group.policies_size() + group.alarms_size() + group.scheduled_actions_size() > 0;
  scaling::CapacityChange change;
  if (named == "min_size") change.minimum = group.min_size();
  if (named == "max_size") change.maximum = group.max_size();
  if (named == "desired_capacity" || !is_scaled) change.desired = group.desired_capacity();
  return change;
}

bool is_daemon(const proto::EcsService& service) {
  return service.scheduling_strategy() == proto::EcsService::DAEMON;
}

/// The same of a service's. A daemon's instances scale it.
scaling::CapacityChange capacity_change(const proto::EcsService& service,
                                        const std::string& named) {
  const bool is_scaled =
      service.policies_size() + service.alarms_size() + service.scheduled_actions_size() > 0 ||
      is_daemon(service);
  scaling::CapacityChange change;
  if (named == "min_capacity") change.minimum = service.min_capacity();
  if (named == "max_capacity") change.maximum = service.max_capacity();
  if (named == "desired_count" || !is_scaled) change.desired = service.desired_count();
  return change;
}

/// And of what a function has provisioned.
scaling::CapacityChange capacity_change(const proto::ProvisionedConcurrencyConfig& provisioned,
                                        const std::string& named) {
  scaling::CapacityChange change;
  if (named == "min_capacity") change.minimum = provisioned.min_capacity();
  if (named == "max_capacity") change.maximum = provisioned.max_capacity();
  return change;
}

constexpr const char* kProvisioned = "lambda.provisioned_concurrency_config";

/// Below which path of a service or of a cluster's group the fields stand that set its capacity.
const char* capacity_path(const scenario::ConcreteService& service) {
  if (service.cluster != nullptr) return "auto_scaling_group";
  if (service.config->has_lambda()) return kProvisioned;
  return service.config->has_ec2() ? "ec2" : "ecs";
}

/// Whether policies or the clock move what a function has provisioned.
bool is_scaled(const proto::LambdaFunction& function) {
  const proto::ProvisionedConcurrencyConfig& config = function.provisioned_concurrency_config();
  return config.policies_size() + config.scheduled_actions_size() > 0;
}

/// Which field that sets a service's capacity a path names; empty where it names something else.
std::string named_of(const std::string& field, const scenario::ConcreteService& service) {
  const bool is_cluster = service.cluster != nullptr;
  if (!is_cluster && service.config->has_lambda() && !is_scaled(service.config->lambda()))
    return "";
  // A service for each route has the scenario's name before the route's.
  const bool is_each = !is_cluster && service.config->for_each_route();
  const std::string name = is_each ? service.name.substr(0, service.name.find('/')) : service.name;
  const std::string path = is_cluster ? scenario::hosts_path(service.cluster_name, service.provider)
                                      : scenario::join_path("services", name);
  const std::string prefix = path + "." + capacity_path(service) + ".";
  return field.starts_with(prefix) ? field.substr(prefix.size()) : "";
}

bool sets_capacity(const std::string& named) {
  constexpr std::string_view kNames[] = {"min_size",
                                         "max_size",
                                         "desired_capacity",
                                         "min_capacity",
                                         "max_capacity",
                                         "desired_count",
                                         "provisioned_concurrent_executions"};
  return std::ranges::find(kNames, named) != std::end(kNames);
}

}  // namespace

workload::CallConfig call_config(const scenario::ConcreteCall& call, const Seat& to,
                                 std::uint32_t flow) {
  const proto::Call& config = *call.config;
  return {.name = call.name,
          .to = to.platform,
          .unit = to.unit,
          .flow = flow,
          .count = static_cast<std::uint16_t>(config.count()),
          .probability = config.probability(),
          .caller_waits = config.mode() == proto::Call::SYNC,
          .fails_caller = config.on_failure() == proto::Call::FAIL,
          .work = scenario::to_distribution(config.work()),
          .wait = scenario::to_distribution(config.wait())};
}

Models::Models(const ModelInputs& inputs, kernel::Loop& loop, metrics::Recorder& recorder)
    : inputs_(inputs),
      loop_(loop),
      recorder_(recorder),
      loops_(inputs.wiring),
      clusters_(count_of(inputs)),
      fleets_(count_of(inputs)),
      meters_(count_of(inputs)) {
  number_call_lists();
  // Clusters first: services begin with tasks on their instances, daemons before others (C36).
  seats_.resize(count_of(inputs));
  for (const int round : {0, 1, 2}) {
    for (std::uint32_t i = 0; i < count_of(inputs); ++i) {
      const bool is_cluster = inputs.wiring.services[i].cluster != nullptr;
      const int own = is_cluster ? 0 : is_daemon(config_of(inputs, i).ecs()) ? 1 : 2;
      if (own == round) seats_[i] = seat(i);
    }
  }
  for (std::uint32_t i = 0; i < count_of(inputs); ++i) {
    now_.push_back(inputs.wiring.services[i]);
    const bool is_new =
        std::find(platforms_.begin(), platforms_.end(), seats_[i].platform) == platforms_.end();
    if (is_new) platforms_.push_back(seats_[i].platform);
  }
}

Models::~Models() = default;

Seat Models::seat(std::uint32_t service) {
  switch (config_of(inputs_, service).platform_case()) {
    case PlatformCase::kEc2:
    case PlatformCase::kEcs:
      return seat_fleet(service);
    case PlatformCase::kEcsTask:
      return seat_job(service);
    case PlatformCase::kExternal:
      return seat_external(service);
    default:
      return seat_function(service);
  }
}

Seat Models::seat_function(std::uint32_t service) {
  if (!functions_) {
    functions_ = std::make_unique<lambda::Functions>(
        loop_, recorder_, account_config(inputs_.scenario.account(), inputs_.scenario.recorder()),
        inputs_.scenario.seed());
  }
  lambda::FunctionConfig config = function_config(inputs_.wiring.services[service], service);
  config.items = lambda_items(inputs_.wiring.services[service], inputs_.scenario.region(),
                              inputs_.trace.has_bytes, meters_[service], tariffs_);
  if (config.provisioned) {
    config.provisioned->span = {inputs_.trace.start, inputs_.trace.end};
    config.provisioned->ready_at_start = inputs_.scenario.start() != proto::Scenario::COLD;
  }
  const pricing::BilledSpan span{inputs_.trace.start, inputs_.trace.end};
  if (config.snap_start) config.snap_start->span = span;
  config.has_payloads = inputs_.trace.has_bytes;
  config.calls = call_lists_[service];
  config.stops_loops = stops_loops(service);
  const std::uint32_t unit = functions_->add(config);
  auto front = front_of(config_of(inputs_, service).lambda(),
                        {inputs_.scenario.region(), span, meters_[service]});
  if (front != nullptr) functions_->put_before(unit, std::move(front));
  feed_function(service, unit);
  scale_function(service, unit);
  return {functions_.get(), unit};
}

/// L67.
bool Models::stops_loops(std::uint32_t service) const {
  return loops_.place(service).has_value() &&
         config_of(inputs_, service).lambda().recursive_loop() == proto::LambdaFunction::TERMINATE;
}

/// L39.
void Models::scale_function(std::uint32_t service, std::uint32_t unit) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  const auto scaling =
      provisioned_scaling(concrete.config->lambda().provisioned_concurrency_config(),
                          {.entity = "services." + concrete.name,
                           .name = concrete.name,
                           .region = inputs_.scenario.region(),
                           .seed = inputs_.scenario.seed(),
                           .trace_start = inputs_.trace.start,
                           .span = {inputs_.trace.start, inputs_.trace.end},
                           .steady = inputs_.scenario.start() != proto::Scenario::COLD},
                          meters_[service]);
  if (scaling) functions_->scale_provisioned(unit, *scaling);
}

void Models::feed_function(std::uint32_t service, std::uint32_t unit) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  const proto::LambdaFunction& function = concrete.config->lambda();
  if (concrete.events == scenario::Delivery::kAsynchronous) {
    if (!async_queue_) {
      async_queue_ = std::make_unique<lambda::AsyncQueue>(loop_, recorder_, *functions_);
    }
    async_queue_->add(unit, event_invoke_config(function));
  } else if (concrete.events == scenario::Delivery::kQueue) {
    if (!sqs_poller_) {
      sqs_poller_ = std::make_unique<lambda::SqsPoller>(loop_, recorder_, *functions_,
                                                        inputs_.scenario.seed());
    }
    lambda::SqsConfig config = sqs_config(concrete, service, inputs_.scenario.account());
    config.span = {inputs_.trace.start, inputs_.trace.end};
    sqs_poller_->add(unit, config);
  } else if (concrete.events == scenario::Delivery::kStream) {
    if (!stream_poller_) {
      stream_poller_ = std::make_unique<lambda::StreamPoller>(loop_, recorder_, *functions_,
                                                              inputs_.scenario.seed());
    }
    stream_poller_->add(unit, stream_config(concrete));
  }
}

/// Who takes on a route's requests.
workload::Service* Models::taker_of(std::size_t route) {
  const std::uint32_t service = inputs_.wiring.route_to_service[route];
  switch (scenario::delivery_of(config_of(inputs_, service), inputs_.wiring.kinds[route])) {
    case scenario::Delivery::kAsynchronous:
      return async_queue_.get();
    case scenario::Delivery::kQueue:
      if (fleets_[service]) return fleets_[service]->queue();
      return sqs_poller_.get();
    case scenario::Delivery::kStream:
      return stream_poller_.get();
    case scenario::Delivery::kDirect:
      break;
  }
  return seats_[service].platform;
}

balancing::FleetBilling Models::billing_of(std::uint32_t service) {
  return {.catalogue = pricing::Catalogue::builtin(),
          .region = inputs_.scenario.region(),
          .span = {inputs_.trace.start, inputs_.trace.end},
          .has_bytes = inputs_.trace.has_bytes,
          .meters = meters_[service]};
}

RunFacts Models::facts() const {
  return {.account = inputs_.scenario.account(),
          .seed = inputs_.scenario.seed(),
          .has_bytes = inputs_.trace.has_bytes,
          .steady = inputs_.scenario.start() != proto::Scenario::COLD,
          .trace_start = inputs_.trace.start};
}

Seat Models::seat_fleet(std::uint32_t service) {
  const proto::Service& config = config_of(inputs_, service);
  const RunFacts run = facts();
  const balancing::FleetBilling billing = billing_of(service);
  config.has_ec2() ? make_group(service, run, billing) : make_tasks(service, run, billing);
  balancing::Fleet& fleet = *fleets_[service];
  fleet.begin(first_capacity(service), run.steady);
  return {&fleet, 0};
}

std::uint32_t Models::first_capacity(std::uint32_t service) const {
  const proto::Service& config = config_of(inputs_, service);
  if (config.has_ec2()) return config.ec2().desired_capacity();
  if (!is_daemon(config.ecs())) return config.ecs().desired_count();
  return static_cast<const ecs::ClusterService&>(*fleets_[service]).instances();
}

void Models::make_group(std::uint32_t service, const RunFacts& run,
                        const balancing::FleetBilling& billing) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  const bool is_cluster = concrete.cluster != nullptr;
  ec2::AutoScalingGroupConfig config =
      is_cluster ? instances_config(concrete, service, run)
                 : group_config(concrete, service, call_lists_[service], run);
  if (auto tariff = spot_tariff(concrete)) {
    tariffs_.push_back(std::move(*tariff));
    config.purchase.spot_tariff = &tariffs_.back();
  }
  spot_changes_.push_back(spot_price_changes(concrete, inputs_.trace.start));
  config.purchase.spot_changes = &spot_changes_.back();
  if (config.spot) {
    config.spot->prices = spot_prices(concrete.config->ec2(), config.purchase,
                                      inputs_.scenario.region(), inputs_.trace.start);
  }
  std::unique_ptr<balancing::Fleet>& fleet = fleets_[service];
  if (!is_cluster) {
    fleet = std::make_unique<ec2::AutoScalingGroup>(loop_, recorder_, config, run.seed, billing);
    return;
  }
  const std::uint32_t first = cluster_named(concrete.cluster_name);
  if (first == service) clusters_[first] = std::make_unique<ecs::Cluster>(loop_);
  const std::uint32_t provider =
      clusters_[first]->add_provider(provider_config(concrete, cluster_zones(groups_of(first))));
  fleet = std::make_unique<ecs::ContainerInstances>(loop_, recorder_, config, run.seed, billing,
                                                    *clusters_[first], provider,
                                                    managed_scaling(concrete));
}

std::uint32_t Models::cluster_named(const std::string& name) const {
  const auto& services = inputs_.wiring.services;
  const auto found = std::find_if(services.begin(), services.end(), [&](const auto& service) {
    return service.cluster != nullptr && service.cluster_name == name;
  });
  SKY_CHECK(found != services.end());  // resolved
  return static_cast<std::uint32_t>(found - services.begin());
}

std::span<const scenario::ConcreteService> Models::groups_of(std::uint32_t cluster) const {
  const auto& services = inputs_.wiring.services;
  std::size_t end = cluster;
  while (end < services.size() && services[end].cluster_name == services[cluster].cluster_name) {
    ++end;
  }
  return std::span(services).subspan(cluster, end - cluster);
}

void Models::make_tasks(std::uint32_t service, const RunFacts& run,
                        const balancing::FleetBilling& billing) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  const proto::EcsService& ecs = concrete.config->ecs();
  std::unique_ptr<balancing::Fleet>& fleet = fleets_[service];
  if (ecs.has_cluster()) {
    const std::uint32_t index = cluster_named(ecs.cluster());
    const auto groups = groups_of(index);
    ecs::FargateServiceConfig tasks =
        cluster_service_config(concrete, groups, service, call_lists_[service], run);
    monitor(ecs, tasks);
    fleet = std::make_unique<ecs::ClusterService>(loop_, recorder_, tasks,
                                                  cluster_tasks(concrete, groups), run.seed,
                                                  billing, *clusters_[index]);
    return;
  }
  ecs::FargateServiceConfig config = fargate_config(concrete, service, call_lists_[service], run);
  config.launches = &fargate_launches();
  monitor(ecs, config);
  buy_spot(spot_task_tariffs(ecs), config.purchase);
  fleet = std::make_unique<ecs::FargateService>(loop_, recorder_, config, run.seed, billing);
}

/// C94.
void Models::monitor(const proto::EcsService& service, ecs::FargateServiceConfig& config) {
  config.short_metrics = scenario::closely_monitored(service);
  if (config.short_metrics == 0) return;
  tariffs_.push_back(short_metric_tariff(service));
  config.short_metric_price = &tariffs_.back();
}

/// C49: one for the account.
ecs::FargateLaunches& Models::fargate_launches() {
  if (!fargate_launches_) {
    fargate_launches_ = std::make_unique<ecs::FargateLaunches>(
        loop_, fargate_launches_config(inputs_.scenario.account().fargate()));
  }
  return *fargate_launches_;
}

/// `tariffs`: of a vCPU and of memory; none where there are no tasks on FARGATE_SPOT.
void Models::buy_spot(std::vector<pricing::Tariff> tariffs, pricing::FargatePurchase& purchase) {
  for (pricing::Tariff& tariff : tariffs) {
    tariffs_.push_back(std::move(tariff));
    const bool is_first = purchase.spot_vcpu == nullptr;
    (is_first ? purchase.spot_vcpu : purchase.spot_memory) = &tariffs_.back();
  }
}

Seat Models::seat_external(std::uint32_t service) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  if (!external_) {
    external_ = std::make_unique<workload::External>(loop_, recorder_, inputs_.scenario.seed());
  }
  tariffs_.push_back(external_tariff(concrete));
  meters_[service].add_item(tariffs_.back());
  return {external_.get(), external_->add(external_config(concrete, service))};
}

Seat Models::seat_job(std::uint32_t service) {
  const scenario::ConcreteService& concrete = inputs_.wiring.services[service];
  if (!jobs_) {
    jobs_ = std::make_unique<ecs::StandaloneTasks>(loop_, recorder_, inputs_.scenario.seed());
  }
  ecs::StandaloneTaskConfig config = job_config(concrete, service, call_lists_[service]);
  const proto::EcsTask& job = concrete.config->ecs_task();
  if (!job.has_cluster()) config.launches = &fargate_launches();
  buy_spot(spot_task_tariffs(job), config.purchase);
  const std::uint32_t unit = jobs_->add(config, {.catalogue = pricing::Catalogue::builtin(),
                                                 .region = inputs_.scenario.region(),
                                                 .start = inputs_.trace.start,
                                                 .meters = meters_[service]});
  if (job.has_cluster()) {
    const std::uint32_t cluster = cluster_named(job.cluster());
    jobs_->put_on(unit, *clusters_[cluster], cluster_jobs_config(concrete, groups_of(cluster)),
                  meters_[service]);
  }
  return {jobs_.get(), unit};
}

// --- Calls

void Models::number_call_lists() {
  call_lists_.resize(count_of(inputs_));
  std::uint32_t lists = 0;
  for (std::uint32_t i = 0; i < count_of(inputs_); ++i) {
    const bool calls = std::any_of(inputs_.wiring.calls.begin(), inputs_.wiring.calls.end(),
                                   [i](const auto& call) { return call.from == i; });
    if (calls) call_lists_[i] = lists++;
  }
}

std::vector<workload::CallConfig> Models::calls_of(std::uint32_t service) const {
  std::vector<workload::CallConfig> configs;
  for (std::uint32_t i = 0; i < inputs_.wiring.calls.size(); ++i) {
    const scenario::ConcreteCall& call = inputs_.wiring.calls[i];
    if (call.from != service) continue;
    const auto flow = static_cast<std::uint32_t>(inputs_.trace.routes.size() + i);
    configs.push_back(call_config(call, seats_[call.to], flow));
    if (loops_.has(call)) {
      configs.back().chain = {.from = *loops_.place(call.from), .to = *loops_.place(call.to)};
    }
  }
  return configs;
}

void Models::connect(workload::Clients& clients, workload::Calls& calls) {
  for (workload::Platform* platform : platforms_) {
    platform->answer_to(clients);
    platform->call_through(calls);
  }
  if (async_queue_) async_queue_->answer_to(clients);
  if (sqs_poller_) sqs_poller_->answer_to(clients);
  if (stream_poller_) stream_poller_->answer_to(clients);
  for (const auto& fleet : fleets_) {
    if (fleet && fleet->queue() != nullptr) fleet->queue()->answer_to(clients);
  }
  for (std::uint32_t i = 0; i < count_of(inputs_); ++i) {
    if (!call_lists_[i]) continue;
    const std::uint32_t list = calls.add(*seats_[i].platform, seats_[i].unit, calls_of(i));
    SKY_CHECK(list == *call_lists_[i]);
  }
}

// --- The run

void Models::change(const proto::Scenario& scenario, const scenario::Wiring& after,
                    const std::string& field, const std::string& cause) {
  if (functions_) {
    functions_->set_concurrent_executions(scenario.account().lambda().concurrent_executions());
  }
  for (std::uint32_t i = 0; i < count_of(inputs_); ++i) {
    const scenario::ConcreteService& service = after.services[i];
    const bool is_same = service.memory_mib == now_[i].memory_mib &&
                         service.config->SerializeAsString() == now_[i].config->SerializeAsString();
    now_[i] = service;
    // Policies and the clock may have moved what a change names, though the scenario stays the
    // same.
    const std::string named = named_of(field, service);
    if (!is_same || sets_capacity(named)) change_service(i, service, named, cause);
  }
}

void Models::change_service(std::uint32_t service, const scenario::ConcreteService& after,
                            const std::string& named, const std::string& cause) {
  const proto::Service& config = *after.config;
  if (config.has_lambda()) {
    change_function(service, after, named);
  } else if (config.has_external()) {
    external_->set_max_connections(seats_[service].unit,
                                   external_config(after, service).max_connections);
  } else if (config.has_ecs_task()) {
    jobs_->set_max_concurrent_tasks(
        seats_[service].unit,
        job_config(after, service, call_lists_[service]).max_concurrent_tasks);
  } else if (config.has_ec2()) {
    auto& model = static_cast<ec2::AutoScalingGroup&>(*fleets_[service]);
    const bool is_managed = after.cluster != nullptr && managed_scaling(after).has_value();
    model.change({.capacity = capacity_change(config.ec2(), named, is_managed),
                  .suspended = suspended_processes(config.ec2()),
                  .cause = cause});
  } else {
    auto& model = static_cast<ecs::FargateService&>(*fleets_[service]);
    model.change({.capacity = capacity_change(config.ecs(), named), .cause = cause});
  }
}

/// What policies and the clock have provisioned stays where it is not named.
void Models::change_function(std::uint32_t service, const scenario::ConcreteService& after,
                             const std::string& named) {
  const std::uint32_t unit = seats_[service].unit;
  const proto::LambdaFunction& config = after.config->lambda();
  lambda::FunctionConfig function = function_config(after, service);
  function.calls = call_lists_[service];
  function.stops_loops = stops_loops(service);
  if (is_scaled(config) && named != "provisioned_concurrent_executions") {
    function.provisioned->concurrent_executions = functions_->provisioned(unit).wanted;
  }
  functions_->change(unit, function);
  if (!is_scaled(config)) return;
  functions_->set_provisioned_bounds(
      unit, capacity_change(config.provisioned_concurrency_config(), named));
}

std::vector<workload::Flow> Models::flows() {
  const double share = inputs_.trace.durations == trace::Durations::kOneDuration
                           ? inputs_.scenario.workload().work_share()
                           : 1.0;
  std::vector<workload::Flow> flows;
  for (std::size_t route = 0; route < inputs_.trace.routes.size(); ++route) {
    const Seat& seat = seats_[inputs_.wiring.route_to_service[route]];
    flows.push_back({.service = taker_of(route),
                     .unit = seat.unit,
                     .work_share = share,
                     .recorded_speed = inputs_.wiring.recorded_speed[route]});
  }
  return flows;
}

void Models::take_activities(std::vector<workload::Activity>& activities) {
  std::vector<workload::Activity> taken;
  for (workload::Platform* platform : platforms_) platform->take_activities(taken);
  std::vector<std::size_t> order(taken.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&taken](std::size_t a, std::size_t b) {
    return std::tie(taken[a].time, taken[a].service, a) <
           std::tie(taken[b].time, taken[b].service, b);
  });
  for (const std::size_t i : order) activities.push_back(std::move(taken[i]));
}

void Models::finish(TimePoint end) {
  for (workload::Platform* platform : platforms_) platform->finish(end);
}

std::vector<std::string> Models::notes() const {
  std::vector<std::string> notes;
  for (const scenario::ConcreteService& service : inputs_.wiring.services) {
    if (!service.config->has_ec2()) continue;
    if (std::string note = speed_note(service); !note.empty()) notes.push_back(std::move(note));
  }
  if (functions_) {
    for (std::string& note : memory_notes(inputs_.wiring, inputs_.trace)) {
      notes.push_back(std::move(note));
    }
    for (std::string& note : functions_->notes()) notes.push_back(std::move(note));
  }
  for (const auto& fleet : fleets_) {
    if (fleet == nullptr) continue;
    for (std::string& note : fleet->notes()) notes.push_back(std::move(note));
  }
  return notes;
}

std::vector<std::uint32_t> services_of_flows(const ModelInputs& inputs) {
  std::vector<std::uint32_t> services = inputs.wiring.route_to_service;
  for (const scenario::ConcreteCall& call : inputs.wiring.calls) services.push_back(call.to);
  return services;
}

}  // namespace skyreplay::replay
