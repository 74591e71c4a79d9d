#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.h"
#include "metrics/datapoint.h"

namespace skyreplay::scaling {

/// One number of each of a metric's datapoints.
struct MetricStat {
  std::uint32_t series = 0;  ///< of a scaler
  metrics::Statistic stat = metrics::Statistic::kAverage;
};

/// An expression of metric math: two numbers with /, *, + or - between them, period by period.
///
/// A period has a datapoint where both metrics have one of it, unless it were to be divided by
/// zero.
class MetricMath {
 public:
  /// REQUIRES an operation that is known, periods of both metrics of one length.
  MetricMath(const MetricStat& left, char operation, const MetricStat& right)
      : left_{left}, right_{right}, operation_(operation) {}

  /// A metric has a datapoint of the period that begins at `start`; what the expression has of it
  /// then, once both are there.
  std::optional<double> put(std::uint32_t series, TimePoint start,
                            const metrics::Datapoint& datapoint);

 private:
  struct Operand {
    MetricStat of;
    std::optional<TimePoint> start{};  ///< of its last datapoint
    double value = 0;
  };
  static void put(Operand& operand, std::uint32_t series, TimePoint start,
                  const metrics::Datapoint& datapoint);

  Operand left_;
  Operand right_;
  char operation_;
};

/// "m1 / m2" in its parts; nothing where it is more, or less, than two ids and an operation.
struct Expression {
  std::string_view left;
  char operation = '/';
  std::string_view right;
};
std::optional<Expression> parse_expression(std::string_view text);
/// Whether metric math takes it for an id: a small letter, then letters, digits and underscores.
bool is_metric_id(std::string_view text);

}  // namespace skyreplay::scaling
