#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "support/statistics.h"

namespace skyreplay::queueing {

/// What one run measures, given the input that the law speaks of and a seed.
using Measure = std::function<double(double input, std::uint64_t seed)>;
/// The closed form of the same input.
using Law = std::function<double(double input)>;
/// Several of either at once.
using Measures = std::function<std::vector<double>(double input, std::uint64_t seed)>;
using Laws = std::function<std::vector<double>(double input)>;

inline constexpr double kOff = 0.03;

/// The interval of what runs with as many seeds measure holds the law's value, and would not if the
/// runs' input or the law's were 3 % too small or too large: nine pairs, of which three agree.
inline void check_laws(double input, const Measures& measure, const Laws& law,
                       std::uint64_t seeds) {
  const double factors[] = {1, 1 - kOff, 1 + kOff};
  for (const double of_runs : factors) {
    std::vector<std::vector<double>> samples(law(input).size());  // by measure, then seed
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const std::vector<double> measured = measure(input * of_runs, seed);
      for (std::size_t i = 0; i < samples.size(); ++i) samples[i].push_back(measured.at(i));
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const testing::Interval interval = testing::interval_999(samples[i]);
      for (const double of_law : factors) {
        CAPTURE(i);
        CAPTURE(of_runs);
        CAPTURE(of_law);
        CAPTURE(interval.mean);
        CAPTURE(interval.half_width);
        CAPTURE(law(input * of_law)[i]);
        CHECK(interval.contains(law(input * of_law)[i]) == (of_runs == of_law));
      }
    }
  }
}

/// The same for one measure.
inline void check_law(double input, const Measure& measure, const Law& law, std::uint64_t seeds) {
  check_laws(
      input,
      [&](double of_run, std::uint64_t seed) { return std::vector<double>{measure(of_run, seed)}; },
      [&](double of_law) { return std::vector<double>{law(of_law)}; }, seeds);
}

}  // namespace skyreplay::queueing
