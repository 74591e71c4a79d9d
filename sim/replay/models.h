#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/loop.h"
#include "metrics/recorder.h"
#include "pricing/fargate_meter.h"
#include "pricing/instance_meter.h"
#include "pricing/meters.h"
#include "replay/result_types.h"
#include "scenario/recursive_loops.h"
#include "scenario/wiring.h"
#include "workload/calls.h"
#include "workload/clients.h"
#include "workload/external.h"
#include "workload/platform.h"

namespace skyreplay::lambda {
class AsyncQueue;
class Functions;
class SqsPoller;
class StreamPoller;
}  // namespace skyreplay::lambda
namespace skyreplay::balancing {
class Fleet;
}
namespace skyreplay::ecs {
class Cluster;
class FargateLaunches;
class StandaloneTasks;
struct FargateServiceConfig;
}  // namespace skyreplay::ecs

namespace skyreplay::balancing {
struct FleetBilling;
}

namespace skyreplay::replay {

struct RunFacts;

/// What the models of a run are made from.
struct ModelInputs {
  const proto::Scenario& scenario;  ///< resolved
  const scenario::Wiring& wiring;
  const trace::TraceInfo& trace;
};

/// Where a service is: a unit of a platform.
struct Seat {
  workload::Platform* platform = nullptr;
  std::uint32_t unit = 0;
};

/// A call's parameters, read from the resolved message. `flow` is what the recorder counts it
/// under.
workload::CallConfig call_config(const scenario::ConcreteCall& call, const Seat& to,
                                 std::uint32_t flow);

/// The services of one run on their platforms, in the order of the wiring, and the calls between
/// them.
class Models {
 public:
  /// The run begins at the loop's now. Throws InputError for a price, a type or a size that is not
  /// known.
  Models(const ModelInputs& inputs, kernel::Loop& loop, metrics::Recorder& recorder);
  ~Models();

  /// By service.
  const std::vector<Seat>& seats() const { return seats_; }
  /// What each service is billed for, and has used when last read; by service. Their items are
  /// complete from construction on.
  std::vector<pricing::Meters>& meters() { return meters_; }
  /// Where each route's requests go.
  std::vector<workload::Flow> flows();
  /// Who the services answer, and who they call through. REQUIRES called once before the first
  /// arrival.
  void connect(workload::Clients& clients, workload::Calls& calls);
  /// The services as they are from now on. `field` is the path of what changed, `cause` says it in
  /// words. REQUIRES the same
  /// services and calls; `scenario`, which the wiring is of, outlives this.
  void change(const proto::Scenario& scenario, const scenario::Wiring& after,
              const std::string& field, const std::string& cause);
  /// The servers behind a service; null where it has none.
  balancing::Fleet* fleet(std::uint32_t service) { return fleets_[service].get(); }
  /// REQUIRES a service on no platform.
  workload::External& external() { return *external_; }
  /// Appends what happened since the last call, in order of time.
  void take_activities(std::vector<workload::Activity>& activities);
  void finish(TimePoint end);
  /// What a reader of the result has to know of the models, each a sentence.
  std::vector<std::string> notes() const;

 private:
  Seat seat(std::uint32_t service);
  Seat seat_function(std::uint32_t service);
  void feed_function(std::uint32_t service, std::uint32_t unit);
  bool stops_loops(std::uint32_t service) const;
  void scale_function(std::uint32_t service, std::uint32_t unit);
  workload::Service* taker_of(std::size_t route);
  Seat seat_fleet(std::uint32_t service);
  Seat seat_cluster(std::uint32_t cluster);
  /// What a group or a service of tasks begins with.
  std::uint32_t first_capacity(std::uint32_t service) const;
  /// Where the cluster's groups begin among the services, and all of them.
  std::uint32_t cluster_named(const std::string& name) const;
  std::span<const scenario::ConcreteService> groups_of(std::uint32_t cluster) const;
  void make_group(std::uint32_t service, const RunFacts& facts,
                  const balancing::FleetBilling& billing);
  void make_tasks(std::uint32_t service, const RunFacts& facts,
                  const balancing::FleetBilling& billing);
  ecs::FargateLaunches& fargate_launches();
  void monitor(const proto::EcsService& service, ecs::FargateServiceConfig& config);
  void buy_spot(std::vector<pricing::Tariff> tariffs, pricing::FargatePurchase& purchase);
  balancing::FleetBilling billing_of(std::uint32_t service);
  RunFacts facts() const;
  Seat seat_external(std::uint32_t service);
  Seat seat_job(std::uint32_t service);
  void change_service(std::uint32_t service, const scenario::ConcreteService& after,
                      const std::string& named, const std::string& cause);
  void change_function(std::uint32_t service, const scenario::ConcreteService& after,
                       const std::string& named);
  void number_call_lists();
  std::vector<workload::CallConfig> calls_of(std::uint32_t service) const;

  ModelInputs inputs_;
  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  scenario::RecursiveLoops loops_;
  std::unique_ptr<lambda::Functions> functions_;
  std::unique_ptr<lambda::AsyncQueue> async_queue_;
  std::unique_ptr<lambda::SqsPoller> sqs_poller_;
  std::unique_ptr<lambda::StreamPoller> stream_poller_;
  std::unique_ptr<workload::External> external_;
  std::unique_ptr<ecs::FargateLaunches> fargate_launches_;  ///< of all services and jobs on Fargate
  std::unique_ptr<ecs::StandaloneTasks> jobs_;
  /// By service: of the first of a cluster's groups, all others have null.
  std::vector<std::unique_ptr<ecs::Cluster>> clusters_;
  std::vector<std::unique_ptr<balancing::Fleet>> fleets_;  ///< by service; null where it is none
  std::deque<pricing::Tariff>
      tariffs_;  ///< those that the scenario gives; they stay where they are
  std::deque<pricing::SpotChanges> spot_changes_;  ///< likewise
  std::vector<pricing::Meters> meters_;
  std::vector<std::optional<std::uint32_t>> call_lists_;  ///< by service
  std::vector<workload::Platform*> platforms_;            ///< each once
  std::vector<Seat> seats_;
  std::vector<scenario::ConcreteService> now_;  ///< the wiring's services as they are now
};

/// What a result file says of each service, and of each route.
std::vector<ServiceHeader> service_headers(const ModelInputs& inputs);
/// The service behind each of the recorder's flows: the routes', then the calls'.
std::vector<std::uint32_t> services_of_flows(const ModelInputs& inputs);

}  // namespace skyreplay::replay
