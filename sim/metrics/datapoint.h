#pragma once

#include <algorithm>
#include <cstdint>

namespace skyreplay::metrics {

/// Which number of a datapoint an alarm looks at (E92).
enum class Statistic : std::uint8_t { kAverage, kSum, kMinimum, kMaximum, kSampleCount };

/// The samples of a metric in one period, as CloudWatch keeps them: a statistic set.
struct Datapoint {
  double sum = 0;
  double minimum = 0;
  double maximum = 0;
  std::uint64_t sample_count = 0;

  void add(double sample) { merge({sample, sample, sample, 1}); }
  void merge(const Datapoint& other) {
    if (other.sample_count == 0) return;
    minimum = sample_count == 0 ? other.minimum : std::min(minimum, other.minimum);
    maximum = sample_count == 0 ? other.maximum : std::max(maximum, other.maximum);
    sum += other.sum;
    sample_count += other.sample_count;
  }
  /// REQUIRES sample_count > 0.
  double value(Statistic statistic) const {
    switch (statistic) {
      case Statistic::kAverage:
        return sum / static_cast<double>(sample_count);
      case Statistic::kSum:
        return sum;
      case Statistic::kMinimum:
        return minimum;
      case Statistic::kMaximum:
        return maximum;
      case Statistic::kSampleCount:
        break;
    }
    return static_cast<double>(sample_count);
  }
};

}  // namespace skyreplay::metrics
