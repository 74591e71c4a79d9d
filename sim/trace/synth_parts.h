#pragma once

#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "trace/alias_table.h"
#include "trace/format.h"
#include "trace/synth_spec.h"

namespace skyreplay::trace {

/// What a route is before its first request: everything here is drawn from streams keyed by the
/// route's own name, so that adding a route changes no other.

/// The weights of ranks 1 to `routes`.
std::vector<double> weights_of(const SynthPopularity& popularity, std::size_t routes);

/// The mean of a shape over a span, from one-minute steps.
double mean_of(const SynthShape& shape, TimePoint start, Duration length);

/// The law of one route. REQUIRES spec.p50.
Distribution duration_of(const SynthDurations& spec, std::uint64_t seed, const std::string& route);

/// The route's entry in the trace; `kinds` picks among the class's kinds.
Route route_of(const SynthClass& spec, const std::string& name, std::uint64_t seed,
               const AliasTable& kinds);

/// The periods of a periodic class's routes in proportion to their weights, in order.
std::vector<Duration> periods_of(const SynthClass& spec);

/// Gaps and bursts by turns, asked for at ever later times.
class BurstTimeline {
 public:
  BurstTimeline(const SynthBursts& bursts, const RandomStream& random, TimePoint start);

  /// Whether a burst is on. REQUIRES times that do not descend.
  bool on_at(TimePoint time);

 private:
  Distribution gap_, burst_;
  RandomStream random_;
  TimePoint until_;
  bool on_ = false;
  std::uint64_t ordinal_ = 0;
};

}  // namespace skyreplay::trace
