#pragma once

#include <memory>

#include "trace/source.h"
#include "trace/synth_spec.h"

namespace skyreplay::trace {

/// The requests a spec describes, made as they are asked for.
///
/// **Method** Time runs in slots of at most one second, in which every rate is constant. Per slot
/// and class the number of requests is a Poisson draw and each request's instant, route, duration
/// and bytes come from an engine counted by (slot, ordinal); a route with bursts of its own keeps a
/// candidate with the probability that its state calls for (thinning). Periodic routes have a
/// calendar of their own. **Order** by arrival, then by class and ordinal. **Cost** about 0.2 µs a
/// request; memory is the routes and one slot.
class SynthSource final : public Source {
 public:
  explicit SynthSource(const SynthSpec& spec);
  ~SynthSource() override;
  SynthSource(SynthSource&&) noexcept;

  /// As a file of it would say, but that rows are counted only when the end has been reached, and
  /// that the digest is over the spec, its seed and its duration.
  const TraceInfo& info() const override;
  Batch next() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
