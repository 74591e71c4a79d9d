#include <fmt/format.h>
#include <skyreplay/tune.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "core/scratch_folder.h"
#include "sweep/candidates.h"
#include "sweep/choices.h"
#include "sweep/knob.h"
#include "sweep/search.h"
#include "sweep/tune_choice.h"
#include "sweep/tuning.h"

namespace skyreplay {
namespace sweep {
namespace {

/// One search from its options to its report.
class Tune {
 public:
  explicit Tune(const TuneOptions& options)
      : options_(options),
        candidates_(load_candidates({options.scenario}, options.sets)),
        scenario_(candidates_.front().scenario),
        trace_(trace_of(candidates_, options.trace)),
        knob_(scenario_, options.over) {
    found_.requirements = parse_requirements(options.requirements);
    found_.scenario = candidates_.front().name;
    found_.over = knob_.path();
    found_.min = knob_.min();
    found_.max = std::min(options.max, knob_.max());
    found_.seed = scenario_.message().seed();
    found_.trace = trace_.open()->info();
    if (found_.max < found_.min) {
      throw InputError(
          fmt::format("--max {}: {} is at least {}", options.max, found_.over, found_.min));
    }
  }

  TuneReport report() {
    found_.answer =
        smallest(found_.min, found_.max, [this](std::uint64_t value) { return probe(value); });
    if (!found_.probes.empty()) found_.trace.rows = found_.probes.front().run.billed_arrivals;
    write_tune_json(scratch_.path() / "tune.json", found_);
    TuneReport report;
    report.table = tune_table(found_);
    report.answered = found_.answer.has_value();
    std::ifstream json(scratch_.path() / "tune.json", std::ios::binary);
    report.json.assign(std::istreambuf_iterator<char>(json), {});
    return report;
  }

 private:
  bool probe(std::uint64_t value) {
    Probe probe{.value = value, .settings = knob_.settings(value), .run = {}};
    const RunTask task{.scenario = scenario_.with(probe.settings),
                       .trace = trace_,
                       .result = scratch_.path() / "result.binpb",
                       .version = options_.version};
    probe.run = replay_and_read(task, found_.requirements, progress());
    const bool meets = probe.run.meets();
    found_.probes.push_back(std::move(probe));
    return meets;
  }

  /// Of the probe in hand: how many there will be is not known.
  std::function<void(const replay::Progress&)> progress() const {
    if (!options_.progress) return {};
    return [this](const replay::Progress& at) {
      const double span = static_cast<double>((at.end - at.start).count());
      const double done = static_cast<double>((at.now - at.start).count());
      options_.progress({.runs_done = found_.probes.size(),
                         .runs = found_.probes.size() + 1,
                         .share = span > 0 ? std::clamp(done / span, 0.0, 1.0) : 0,
                         .requests = at.requests});
    };
  }

  const TuneOptions& options_;
  std::vector<Candidate> candidates_;
  const scenario::Scenario& scenario_;
  replay::TraceChoice trace_;
  Knob knob_;
  ScratchFolder scratch_{"skyreplay-tune"};
  Tuning found_;
};

}  // namespace
}  // namespace sweep

TuneReport tune_scenario(const TuneOptions& options) {
  if (!options.traffic.empty()) return sweep::tune_traffic(options);
  if (sweep::is_choice(options.over)) return sweep::tune_choice(options);
  return sweep::Tune(options).report();
}

}  // namespace skyreplay
