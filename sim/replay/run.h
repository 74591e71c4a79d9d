#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "replay/result_types.h"
#include "scenario/scenario.h"
#include "trace/source.h"
#include "workload/watcher.h"

namespace skyreplay::replay {

/// How far a run is; given to whoever watches, about every 65,536 requests and every 1,024
/// windows.
struct Progress {
  TimePoint now;
  TimePoint start;
  TimePoint end;
  std::uint64_t requests = 0;
};

struct RunSettings {
  std::filesystem::path result;  ///< where result.binpb goes
  Provenance provenance;
  /// Called now and then; may be empty.
  std::function<void(const Progress&)> progress;
  /// Told of the requests that it wants; may be null. Does not change the result.
  workload::Watcher* watcher = nullptr;
};

/// Replays a trace against a scenario's services and writes the result file. Returns its digest, or
/// nothing where the watcher wanted no more and the run ended there, without a result.
///
/// **Order** The result depends on the scenario, the trace and the seed alone. **Cost** memory for
/// what is in flight and one window. Throws InputError for a scenario that does not fit the trace,
/// a damaged trace, or a price that is missing; MachineError when the disk is full; Interrupted
/// soon after request_stop().
std::string run(const scenario::Scenario& scenario, trace::Source& source,
                const RunSettings& settings);

}  // namespace skyreplay::replay
