#include "replay/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace skyreplay::replay {
namespace {

constexpr double kAllBusy = 0.99;  ///< of the CPU in service
constexpr double kGrowth = 1.5;

std::int64_t nanoseconds(TimePoint time) { return time.time_since_epoch().count(); }

std::uint64_t outcome(const metrics::Counters& counters, metrics::Outcome which) {
  return counters.outcomes[static_cast<std::size_t>(which)];
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kStable:
      return "stable";
    case Verdict::kBacklogged:
      return "backlogged";
    case Verdict::kOverloaded:
      return "overloaded";
  }
  return "";
}

QueueTrend::QueueTrend(TimePoint start, TimePoint end)
    : span_ns_(nanoseconds(end) - nanoseconds(start)) {
  SKY_CHECK(span_ns_ >= 0);
  const std::int64_t quarter = span_ns_ / 4;
  middle_.start = nanoseconds(start) + quarter;
  middle_.end = nanoseconds(end) - quarter;
  last_.start = nanoseconds(end) - span_ns_ / 10;
  last_.end = nanoseconds(end);
}

void QueueTrend::Part::add(const metrics::Window& window, std::uint64_t depth_ns) {
  const std::int64_t from = std::max(start, nanoseconds(window.start));
  const std::int64_t to = std::min(end, nanoseconds(window.end));
  if (from >= to) return;
  const auto length = static_cast<double>(nanoseconds(window.end) - nanoseconds(window.start));
  integral += static_cast<double>(depth_ns) * (static_cast<double>(to - from) / length);
}

double QueueTrend::Part::mean() const {
  return end > start ? integral / static_cast<double>(end - start) : 0;
}

std::uint64_t waiting_ns(const metrics::WindowRow& row) {
  const bool all_busy =
      row.cpu_available_ns > 0 &&
      static_cast<double>(row.cpu_busy_ns) >= kAllBusy * static_cast<double>(row.cpu_available_ns);
  if (!all_busy) return row.queue_depth_ns;
  return row.outstanding_ns - std::min(row.outstanding_ns, row.cpu_busy_ns);
}

void QueueTrend::add(const metrics::Window& window, std::uint64_t waiting_ns) {
  middle_.add(window, waiting_ns);
  last_.add(window, waiting_ns);
}

double QueueTrend::mean_middle_half() const { return middle_.mean(); }
double QueueTrend::mean_last_tenth() const { return last_.mean(); }
double QueueTrend::span_s() const { return static_cast<double>(span_ns_) / 1e9; }

Judgement judge(const metrics::Counters& counters, const QueueTrend& queue) {
  const std::uint64_t failed_by_calls = outcome(counters, metrics::Outcome::kDependency);
  const std::uint64_t turned_away = outcome(counters, metrics::Outcome::kRefused) +
                                    outcome(counters, metrics::Outcome::kThrottle) +
                                    outcome(counters, metrics::Outcome::kServerTimeout) +
                                    failed_by_calls;
  const std::uint64_t arrivals = counters.arrivals;
  const double percent =
      arrivals == 0 ? 0 : 100.0 * static_cast<double>(turned_away) / static_cast<double>(arrivals);
  const std::string share =
      fmt::format("{:.3g} % of arrivals were refused, throttled{} cut by a server timeout{}",
                  percent, failed_by_calls > 0 ? "," : " or",
                  failed_by_calls > 0 ? " or failed by a service they called" : "");
  if (turned_away > 0 && turned_away * 100 >= arrivals) {
    return {Verdict::kOverloaded, share + " (limit: below 1 %)"};
  }
  const double middle = queue.mean_middle_half();
  const double last = queue.mean_last_tenth();
  const double rate = queue.span_s() > 0 ? static_cast<double>(arrivals) / queue.span_s() : 0;
  if (last > kGrowth * middle && last > rate) {
    return {Verdict::kBacklogged,
            fmt::format("{:.1f} requests waited on average over the last tenth of the span, {:.1f} "
                        "over its middle half, at {:.1f} arrivals a second",
                        last, middle, rate)};
  }
  return {Verdict::kStable,
          share + (last > 0 ? "; no backlog built up" : "; nothing was left waiting")};
}

}  // namespace skyreplay::replay
