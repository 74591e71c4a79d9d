#include <skyreplay/replay.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "replay/run.h"
#include "replay/trace_choice.h"
#include "report/render.h"
#include "report/summary_table.h"

namespace skyreplay {

RunReport run_scenario(const RunOptions& options) {
  const scenario::Scenario scenario = scenario::Scenario::load(options.scenario, options.sets);
  const std::unique_ptr<trace::Source> source = replay::TraceChoice(scenario, options.trace).open();
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
  report.digest = replay::run(scenario, *source, settings);
  report::render(folder.temporary());
  report.table = report::summary_table(folder.temporary());
  folder.commit();
  return report;
}

}  // namespace skyreplay
