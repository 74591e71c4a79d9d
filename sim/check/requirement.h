#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "check/between.h"
#include "check/metric.h"

namespace skyreplay::check {

enum class Comparison : std::uint8_t {
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
};

/// One thing a result must satisfy: "p99(latency of web) < 300ms", of its span, or
/// "p99(latency of web) < 300ms in every 5m between 12:00 and 13:00".
struct Requirement {
  std::string text;  ///< as it was written, without blanks around it
  Statistic statistic = Statistic::kAvg;
  std::uint32_t percent_e4 = 0;  ///< of a percentile: 1e-4 of a percent, p99.9 is 999,000
  Metric metric = Metric::kLatency;
  Form form = Form::kTimes;
  Unit unit = Unit::kSeconds;
  std::string of;  ///< service, service/route, or * for everything
  Comparison comparison = Comparison::kLess;
  std::int64_t limit = 0;          ///< 1e-9 of the unit
  std::optional<Duration> each;    ///< every bucket of this length must hold; absent: all as one
  std::optional<Between> between;  ///< absent: the whole span

  /// Whether its numbers come from windows, not from the summary of the span.
  bool is_timed() const { return between.has_value() || each.has_value(); }
};

/// Reads `STATISTIC(METRIC of NAME) OP VALUE [in every DURATION] [between BOUND and BOUND]`. NAME
/// runs to the last ')' of the text; a value needs its unit: a duration for times, % for shares,
/// USD for money, nothing for counts. METRIC is a column's name, or that of `metric` where one is
/// given.
///
/// Throws InputError that shows the text, the column (counted in bytes from 1), what was expected
/// and the nearest valid spelling.
Requirement parse_requirement(std::string_view text, const MetricRule* metric = nullptr);

/// Reads `STATISTIC(METRIC of NAME)` by itself: what is measured, without a comparison or a limit.
/// Throws InputError as parse_requirement().
Requirement parse_quantity(std::string_view text);
/// What a requirement measures, spelled one way whatever the blanks: "p99(latency of web)"; with
/// buckets which of them decides, so that one number is known of it whatever the limit:
/// "p99(latency of web), most of every 5m between 12:00 and 13:00". Of `==`, which asks for the one
/// that is furthest off, the limit too.
std::string quantity_of(const Requirement& requirement);
/// Whether a value that was measured meets the requirement. `value` is rounded to 1e-9 of the unit,
/// so one nearer to the limit than that may come out other than in evaluate().
bool holds(const Requirement& requirement, std::int64_t value);

/// Reads "<= 2": an operator and a bare number, as in direction_changes_per_hour. Throws InputError
/// that says what was expected.
std::pair<Comparison, std::int64_t> parse_count_condition(std::string_view text);

/// " in every 5m between 12:00 and 13:00": what a requirement says of time, as it reads back; empty
/// where it says nothing.
std::string timing_of(const Requirement& requirement);

/// "<", "<=", ">", ">=", "==".
std::string_view to_string(Comparison comparison);

}  // namespace skyreplay::check
