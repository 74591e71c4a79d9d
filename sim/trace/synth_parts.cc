#include "trace/synth_parts.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>

namespace skyreplay::trace {

std::vector<double> weights_of(const SynthPopularity& popularity, std::size_t routes) {
  std::vector<double> weights;
  for (std::size_t i = 1; i <= routes; ++i) {
    const double rank = static_cast<double>(i);
    if (popularity.is_lognormal) {
      const double upper = (rank - 0.5) / static_cast<double>(routes);
      weights.push_back(
          std::exp(popularity.parameter * std::sqrt(2.0) * boost::math::erfc_inv(2 * upper)));
    } else {
      weights.push_back(std::pow(rank, -popularity.parameter));
    }
  }
  return weights;
}

/// The mean of a shape over a span, from one-minute steps.
double mean_of(const SynthShape& shape, TimePoint start, Duration length) {
  const Duration step = std::min<Duration>(std::chrono::minutes(1), length);
  double sum = 0;
  std::int64_t steps = 0;
  for (Duration at = step / 2; at < length; at += step, ++steps) sum += shape.at(start + at);
  return steps == 0 ? 1 : sum / static_cast<double>(steps);
}

Distribution duration_of(const SynthDurations& spec, std::uint64_t seed, const std::string& route) {
  RandomEngine medians = RandomStream(seed, route, "duration_p50").at(0);
  const Duration p50 = std::max(spec.p50->sample(medians), Duration{1000});
  if (!spec.relative.empty()) {
    Distribution::Percentiles law;
    for (const auto& [percent, multiple] : spec.relative) {
      const double ns = static_cast<double>(p50.count()) * multiple;
      law.knots.emplace_back(percent, Duration{std::llround(std::min(ns, 9e18))});
    }
    return Distribution(std::move(law));
  }
  RandomEngine ratios = RandomStream(seed, route, "duration_p99_over_p50").at(0);
  const double ratio = std::max(spec.p99_over_p50->sample(ratios), 1.0);
  const double p99 = std::min(static_cast<double>(p50.count()) * ratio, 9e18);
  return Distribution(Distribution::Lognormal{p50, Duration{std::llround(p99)}});
}

Route route_of(const SynthClass& spec, const std::string& name, std::uint64_t seed,
               const AliasTable& kinds) {
  Route route{.name = name};
  route.kind = spec.kinds[kinds.pick(RandomStream(seed, name, "kind").at(0)())].first;
  route.attributes = {{"class", spec.name}};
  if (spec.memory) {
    RandomEngine p50 = RandomStream(seed, name, "memory_p50").at(0);
    RandomEngine max = RandomStream(seed, name, "memory_max_over_p50").at(0);
    const double used = spec.memory->p50.sample(p50);
    const double ratio = std::max(spec.memory->max_over_p50.sample(max), 1.0);
    route.memory_used_p50_mib = used;
    route.memory_used_max_mib = std::round(used * ratio * 1000) / 1000;
  }
  return route;
}

std::vector<Duration> periods_of(const SynthClass& spec) {
  double total = 0;
  for (const auto& [period, weight] : spec.periods) total += weight;
  std::vector<Duration> periods;
  const auto routes = static_cast<double>(spec.routes.size());
  std::size_t at = 0;
  double upto = spec.periods[0].second;
  for (std::size_t i = 0; i < spec.routes.size(); ++i) {
    const double place = (static_cast<double>(i) + 0.5) / routes * total;
    while (place >= upto && at + 1 < spec.periods.size()) upto += spec.periods[++at].second;
    periods.push_back(spec.periods[at].first);
  }
  return periods;
}

BurstTimeline::BurstTimeline(const SynthBursts& bursts, const RandomStream& random, TimePoint start)
    : gap_(Distribution::Exponential{bursts.every}),
      burst_(Distribution::Exponential{bursts.length}),
      random_(random),
      until_(start) {
  // The turn before the first: exponential lengths have no memory, so the first turn may begin
  // whole and the timeline is in its steady state from the start.
  RandomEngine engine = random_.at(0);
  on_ = engine.uniform() >= bursts.share_of_time();
}

bool BurstTimeline::on_at(TimePoint time) {
  while (until_ <= time) {
    on_ = !on_;
    RandomEngine engine = random_.at(++ordinal_);
    const Duration length = (on_ ? burst_ : gap_).sample(engine);
    until_ += std::min(length, Duration{std::chrono::hours(24 * 3660)}) + Duration{1};
  }
  return on_;
}

}  // namespace skyreplay::trace
