#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/distribution.h"
#include "trace/format.h"

namespace skyreplay::trace {

/// A law of plain numbers (bytes, MiB, ratios): lognormal by its p50 and p99, constant where they
/// are equal. Draws are rounded to thousandths at once.
struct NumberLaw {
  double p50 = 0;
  double p99 = 0;

  double sample(RandomEngine& random) const;
  double mean() const;
};

/// How a rate moves over the day (UTC): linear between the hours named, or a sine; else flat.
struct SynthShape {
  std::vector<std::pair<double, double>> by_hour;  ///< (hour of the day, multiplier), ascending
  double amplitude = 0;                            ///< of the sine, below 1
  Duration peak{};                                 ///< time of day at which the sine is highest

  double at(TimePoint time) const;
};

/// Times of a higher rate, or of a lower one (a multiplier below 1: lulls): gaps of mean `every`,
/// then a burst of mean `length`, both exponential. The mean rate stays what it is without bursts.
struct SynthBursts {
  bool per_route = false;  ///< each route has its own, or one timeline for the class
  double multiplier = 1;
  Duration every{};
  Duration length{};

  double share_of_time() const;
  /// The factor outside bursts that keeps the mean.
  double base() const { return 1 / (1 + (multiplier - 1) * share_of_time()); }
  /// The higher of the two factors.
  double highest() const { return multiplier > 1 ? multiplier : 1; }
};

/// How requests spread over a class's routes: weight of rank i is i^-exponent, or the quantile at
/// (i - 1/2) / n of a lognormal with that sigma.
struct SynthPopularity {
  bool is_lognormal = false;
  double parameter = 0;  ///< Zipf exponent or sigma; 0: all alike
};

/// Durations: one law for all routes, or a median drawn per route and a shape around it.
struct SynthDurations {
  std::optional<Distribution> law;
  std::optional<Distribution> p50;                  ///< of the routes' medians
  std::optional<NumberLaw> p99_over_p50;            ///< lognormal around the median
  std::vector<std::pair<double, double>> relative;  ///< (percent, multiple of the median)
  std::optional<Duration> max;                      ///< longer draws are held there
};

/// A route's memory use in MiB.
struct SynthMemory {
  NumberLaw p50;
  NumberLaw max_over_p50{1, 1};
};

struct SynthClass {
  std::string name;
  std::vector<std::string> routes;
  double share = 0;  ///< of SynthSpec::rate; 0 for periodic classes
  std::vector<std::pair<InvocationKind, double>> kinds{{InvocationKind::kSync, 1}};
  SynthPopularity popularity;
  std::vector<std::pair<Duration, double>> periods;  ///< with weights; empty: a Poisson class
  bool aligned = false;   ///< rings at multiples of the period, else from a random phase
  NumberLaw calls{1, 1};  ///< of one ring, drawn per ring and rounded, at least 1
  Duration within{};      ///< each call at a uniform instant of so long after the ring; 0: at once
  std::optional<SynthShape> shape;
  std::optional<SynthBursts> bursts;
  SynthDurations durations;
  std::optional<SynthMemory> memory;
  std::optional<NumberLaw> bytes_in, bytes_out;
};

/// What `trace synth` makes a trace from; docs/traces.md documents the YAML.
struct SynthSpec {
  std::string name;
  std::uint64_t seed = 1;
  TimePoint start = kDefaultOrigin;
  Duration duration{};
  double rate = 0;       ///< requests a second of the Poisson classes, mean over `mean_over`
  Duration mean_over{};  ///< the spec's own duration, also where `duration` was overridden
  SynthShape shape;
  std::vector<SynthClass> classes;
  std::string text_digest;  ///< 32 hex digits over the text it was read from

  /// Calls a second of all classes, timers included.
  double mean_rate() const;
};

/// Throws InputError at the position of the first mistake; `file` is what positions name.
SynthSpec parse_synth_spec(const std::string& text, const std::string& file);
/// The same from a file. Throws MachineError if it cannot be read.
SynthSpec load_synth_spec(const std::filesystem::path& path);

}  // namespace skyreplay::trace
