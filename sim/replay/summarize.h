#pragma once

#include <string>
#include <vector>

#include "metrics/recorder.h"
#include "replay/summary.h"
#include "replay/window_costs.h"
#include "skyreplay/scenario.pb.h"
#include "trace/format.h"
#include "workload/clients.h"

namespace skyreplay::replay {

/// What a finished run leaves to be summed up.
struct Finished {
  const std::vector<std::string>& names;  ///< of the services
  const trace::TraceInfo& trace;
  const proto::Workload& workload;
  const workload::Clients& clients;
  const metrics::Recorder& recorder;
  const WindowCosts& costs;
};

Summary summarize(const Finished& run);

}  // namespace skyreplay::replay
