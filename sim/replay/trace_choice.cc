#include "replay/trace_choice.h"

#include <fmt/format.h>

#include <optional>

#include "core/error.h"
#include "scenario/law.h"
#include "trace/count_source.h"
#include "trace/decoded.h"
#include "trace/reader.h"
#include "trace/synth_source.h"

namespace skyreplay::replay {
namespace {

using Opened = std::unique_ptr<trace::Source>;

trace::CountLaws laws_of(const proto::CountSource& counts) {
  trace::CountLaws laws{.arrivals = trace::ArrivalLaw::kUniform,
                        .service_time = scenario::to_distribution(counts.service_time()),
                        .seed = counts.seed(),
                        .route = counts.route()};
  if (counts.arrivals() == proto::CountSource::EQUIDISTANT) {
    laws.arrivals = trace::ArrivalLaw::kEquidistant;
  }
  if (counts.arrivals() == proto::CountSource::AT_START) laws.arrivals = trace::ArrivalLaw::kStart;
  return laws;
}

Opened open_counts(const std::filesystem::path& file, const proto::CountSource& counts) {
  const TimePoint origin =
      counts.has_origin() ? TimePoint{Duration{counts.origin().instant_ns()}} : kDefaultOrigin;
  std::optional<Duration> step;
  if (counts.has_step()) step = scenario::to_duration(counts.step());
  return std::make_unique<trace::CountSource>(file, origin, step, laws_of(counts));
}

Opened open_synth(const std::filesystem::path& file, const proto::SynthSource& synth) {
  trace::SynthSpec spec = trace::load_synth_spec(file);
  if (synth.has_seed()) spec.seed = synth.seed();
  if (synth.has_duration()) spec.duration = scenario::to_duration(synth.duration());
  return std::make_unique<trace::SynthSource>(spec);
}

}  // namespace

TraceChoice::TraceChoice(const scenario::Scenario& scenario, const std::filesystem::path& given)
    : given_(given) {
  const proto::Workload& workload = scenario.message().workload();
  const auto file = [&](const std::string& name) {
    return (scenario.folder() / name).lexically_normal();
  };
  if (!given.empty() || workload.has_trace()) {
    file_ = given.empty() ? file(workload.trace()) : given.lexically_normal();
    text_ = fmt::format("the trace '{}'", file_.string());
    open_ = [path = file_]() -> Opened { return std::make_unique<trace::Reader>(path); };
  } else if (workload.has_counts()) {
    file_ = file(workload.counts().file());
    text_ = fmt::format("the counts '{}' with {}", file_.string(),
                        workload.counts().ShortDebugString());
    open_ = [path = file_, counts = workload.counts()] { return open_counts(path, counts); };
  } else if (workload.has_synth()) {
    file_ = file(workload.synth().spec());
    text_ = fmt::format("the spec '{}'", file_.string());
    if (workload.synth().has_seed()) text_ += fmt::format(", seed {}", workload.synth().seed());
    if (workload.synth().has_duration()) {
      text_ += ", duration " + format_duration(scenario::to_duration(workload.synth().duration()));
    }
    open_ = [path = file_, synth = workload.synth()] { return open_synth(path, synth); };
  } else {
    throw InputError(scenario.filename() +
                     ": workload.trace is not set; name a trace with --trace");
  }
}

TraceChoice TraceChoice::with(const trace::Transformation& transformation) const {
  TraceChoice changed = *this;
  changed.text_ += ", " + transformation.text();
  changed.open_ = trace::transformed(open_, transformation);
  return changed;
}

TraceChoice TraceChoice::in_memory(std::size_t max_bytes) const {
  TraceChoice held = *this;
  if (trace::Opener memory = trace::decoded(open_, max_bytes)) held.open_ = std::move(memory);
  return held;
}

}  // namespace skyreplay::replay
