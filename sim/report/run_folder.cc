#include <skyreplay/replay.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "replay/run.h"
#include "report/render.h"
#include "report/summary_table.h"
#include "trace/reader.h"

namespace skyreplay {
namespace {

std::filesystem::path trace_of(const RunOptions& options, const scenario::Scenario& scenario) {
  if (!options.trace.empty()) return options.trace;
  if (scenario.message().workload().has_trace()) {
    return scenario.folder() / scenario.message().workload().trace();
  }
  throw InputError(scenario.filename() + ": workload.trace is not set; name a trace with --trace");
}

}  // namespace

RunReport run_scenario(const RunOptions& options) {
  const scenario::Scenario scenario = scenario::Scenario::load(options.scenario, options.sets);
  trace::Reader reader(trace_of(options, scenario));
  AtomicFolder folder(options.out, options.force, "result.binpb");
  replay::RunSettings settings;
  settings.result = folder.temporary() / "result.binpb";
  settings.provenance.version = options.version;
  if (options.progress) {
    settings.progress = [&options](const replay::Progress& at) {
      const double span = static_cast<double>((at.end - at.start).count());
      const double done = static_cast<double>((at.now - at.start).count());
      options.progress({at.now, span > 0 && done > 0 ? done / span : 0, at.requests});
    };
  }
  RunReport report;
  report.digest = replay::run(scenario, reader, settings);
  report::render(folder.temporary());
  report.table = report::summary_table(folder.temporary());
  folder.commit();
  return report;
}

}  // namespace skyreplay
