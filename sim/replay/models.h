#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/loop.h"
#include "metrics/recorder.h"
#include "pricing/meters.h"
#include "replay/result_types.h"
#include "scenario/wiring.h"
#include "workload/calls.h"
#include "workload/clients.h"
#include "workload/external.h"
#include "workload/platform.h"

namespace skyreplay::lambda {
class Functions;
}

namespace skyreplay::replay {

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

/// The services of one run on their platforms, in the order of the wiring, and the calls between
/// them.
class Models {
 public:
  Models(const ModelInputs& inputs, kernel::Loop& loop, metrics::Recorder& recorder);
  ~Models();

  /// By service.
  const std::vector<Seat>& seats() const { return seats_; }
  /// Where each route's requests go.
  std::vector<workload::Flow> flows() const;
  /// Who the services answer, and who they call through. REQUIRES called once before the first
  /// arrival.
  void connect(workload::Clients& clients, workload::Calls& calls);
  /// Appends what happened since the last call, in order of time.
  void take_activities(std::vector<workload::Activity>& activities);
  void finish(TimePoint end);

 private:
  Seat seat(std::uint32_t service);

  ModelInputs inputs_;
  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  std::unique_ptr<lambda::Functions> functions_;
  std::unique_ptr<workload::External> external_;
  std::vector<workload::Platform*> platforms_;  ///< each once
  std::vector<Seat> seats_;
};

/// What a result file says of each service, and of each route.
std::vector<ServiceHeader> service_headers(const ModelInputs& inputs);
/// What each service is billed for, at zero.
std::vector<pricing::Meters> meters_of(const ModelInputs& inputs);
/// The service behind each of the recorder's flows: the routes', then the calls'.
std::vector<std::uint32_t> services_of_flows(const ModelInputs& inputs);

}  // namespace skyreplay::replay
