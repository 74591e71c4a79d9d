#include "replay/trace_choice.h"

#include <fmt/format.h>

#include "core/error.h"
#include "trace/reader.h"
#include "trace/synth_source.h"

namespace skyreplay::replay {

TraceChoice::TraceChoice(const scenario::Scenario& scenario, const std::filesystem::path& given) {
  const proto::Workload& workload = scenario.message().workload();
  if (!given.empty() || workload.has_trace()) {
    path_ = (given.empty() ? scenario.trace_path() : given).lexically_normal();
    text_ = fmt::format("the trace '{}'", path_.string());
    return;
  }
  if (!workload.has_synth()) {
    throw InputError(scenario.filename() +
                     ": workload.trace is not set; name a trace with --trace");
  }
  is_spec_ = true;
  path_ = (scenario.folder() / workload.synth().spec()).lexically_normal();
  text_ = fmt::format("the spec '{}'", path_.string());
  if (workload.synth().has_seed()) {
    seed_ = workload.synth().seed();
    text_ += fmt::format(", seed {}", *seed_);
  }
  if (workload.synth().has_duration()) {
    duration_ = Duration{workload.synth().duration().ns()};
    text_ += fmt::format(", duration {}", format_duration(*duration_));
  }
}

std::unique_ptr<trace::Source> TraceChoice::open() const {
  if (!is_spec_) return std::make_unique<trace::Reader>(path_);
  trace::SynthSpec spec = trace::load_synth_spec(path_);
  if (seed_) spec.seed = *seed_;
  if (duration_) spec.duration = *duration_;
  return std::make_unique<trace::SynthSource>(spec);
}

}  // namespace skyreplay::replay
