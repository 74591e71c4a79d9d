#include <fmt/format.h>

#include <cmath>

#include "core/error.h"
#include "skyreplay/trace_import.h"
#include "trace/synth_source.h"
#include "trace/writer.h"

namespace skyreplay {
namespace {

void override_spec(const SynthOptions& options, trace::SynthSpec& spec) {
  if (options.seed) spec.seed = *options.seed;
  if (!options.duration.empty() && options.requests) {
    throw InputError("trace synth: give either --duration or --requests, not both");
  }
  if (!options.duration.empty() && !parse_duration(options.duration, spec.duration)) {
    throw InputError(fmt::format("--duration: '{}' is no duration such as 30m", options.duration));
  }
  if (options.requests) {
    const double seconds = static_cast<double>(*options.requests) / spec.mean_rate();
    if (!(seconds > 0 && seconds < 3.2e8)) {
      throw InputError("--requests: more than ten years at the spec's rate, or none");
    }
    spec.duration = Duration{std::llround(seconds * 1e9)};
  }
  if (spec.duration <= Duration{0}) throw InputError("--duration: must be above 0s");
  if (spec.duration > std::chrono::hours(24 * 3660)) {
    throw InputError("--duration: must not exceed ten years");
  }
}

/// Copies a source row by row; its routes have been added in their order.
void copy_rows(trace::Source& source, trace::Writer& writer) {
  for (trace::Batch batch = source.next(); batch.size > 0; batch = source.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      writer.add({.arrival = TimePoint{Duration{batch.arrival_ns[i]}},
                  .route = batch.route[i],
                  .work = Duration{batch.work_ns[i]},
                  .bytes_in = batch.bytes_in[i],
                  .bytes_out = batch.bytes_out[i]});
    }
  }
}

}  // namespace

ImportReport synthesize_trace(const SynthOptions& options) {
  if (options.out.empty()) throw InputError("trace synth: --out names no file");
  trace::SynthSpec spec = trace::load_synth_spec(options.spec);
  override_spec(options, spec);
  trace::SynthSource source(spec);
  const trace::TraceInfo& made = source.info();
  trace::Writer writer(options.out, made.origin, made.durations);
  for (const trace::Route& route : made.routes) writer.add_route(route);
  copy_rows(source, writer);
  writer.set_span(made.start, made.end);
  for (trace::ProvenanceStep step : made.provenance) {
    step.arguments.emplace_back("spec", options.spec.filename().string());
    writer.add_provenance(std::move(step));
  }
  const trace::TraceInfo info = writer.commit();
  return {.format = "synth",
          .rows = info.rows,
          .routes = info.routes.size(),
          .start = info.start,
          .end = info.end,
          .digest = info.digest,
          .dropped = {},
          .notes = {}};
}

}  // namespace skyreplay
