#pragma once

#include <string>
#include <vector>

#include "metrics/recorder.h"
#include "replay/result_writer.h"
#include "replay/window_costs.h"
#include "scenario/wiring.h"
#include "skyreplay/scenario.pb.h"
#include "trace/format.h"
#include "workload/clients.h"

namespace skyreplay::replay {

/// What a finished run leaves to be summed up.
struct Finished {
  const std::vector<std::string>& names;  ///< of the services
  const trace::TraceInfo& trace;
  const scenario::Wiring& wiring;
  const proto::Scenario& scenario;
  const workload::Clients& clients;
  const metrics::Recorder& recorder;
  const WindowCosts& costs;
  std::vector<std::string> notes{};  ///< what else a reader has to know, each a sentence
};

/// Writes the summary of the run. Services and routes are summed up one at a time: their histograms
/// together would be more than the run itself needs.
void write_summary(const Finished& run, ResultWriter& writer);

}  // namespace skyreplay::replay
