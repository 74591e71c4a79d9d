#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "trace/count_series.h"
#include "trace/decimal.h"
#include "trace/import.h"
#include "trace/text_time.h"

/// Request counts of consecutive periods (count_series.h): each count becomes as many requests
/// within its period.

namespace skyreplay::trace {
namespace {

bool is_sampled(std::string_view head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  return head.substr(0, end).find(',') != std::string_view::npos;
}

std::string_view line_of(std::string_view& head) {
  const std::size_t end = std::min(head.find('\n'), head.size());
  const std::string_view line = head.substr(0, end);
  head.remove_prefix(std::min(end + 1, head.size()));
  return line;
}

/// The time at the front of the first or, below a header, the second line.
std::optional<TimePoint> first_timestamp(std::string_view head) {
  for (int line = 0; line < 2; ++line) {
    std::string_view text = line_of(head);
    text = text.substr(0, std::min(text.find(','), text.size()));
    TimePoint time;
    if (parse_text_time(text, time) == TextTime::kRead) return time;
  }
  return std::nullopt;
}

}  // namespace

bool recognizes_counts(std::string_view head) {
  if (is_sampled(head)) {
    const std::string_view line = head.substr(0, std::min(head.find('\n'), head.size()));
    return std::count(line.begin(), line.end(), ',') == 1 && first_timestamp(head).has_value();
  }
  const std::size_t from = head.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return false;
  const std::size_t end = std::min(head.find_first_of(" \t\r\n", from), head.size());
  std::uint64_t count = 0;
  return parse_count(head.substr(from, end - from), count) == NumberError::kNone;
}

Preface counts_preface(std::string_view head) {
  Preface preface;
  if (is_sampled(head)) preface.origin = first_timestamp(head).value_or(kDefaultOrigin);
  return preface;
}

void import_counts(ImportJob& job) {
  if (job.inputs.size() > 1) throw InputError("counts: give one series, not several inputs");
  CountLaws laws{
      .arrivals = arrival_law_of(job.options.arrivals, "--arrivals", ArrivalLaw::kUniform),
      .service_time = {},
      .seed = job.options.seed,
      .route = job.options.route.empty() ? "all" : job.options.route};
  if (job.options.service_time.empty()) {
    throw InputError(
        "counts: a series has no durations; --service-time gives a law, such as 50ms or "
        "'{lognormal: {p50: 20ms, p99: 400ms}}'");
  }
  laws.service_time = service_time_of(job.options.service_time);
  const std::string name = job.inputs.front().name();
  bool made = false;
  const std::uint32_t route = job.sink.route(laws.route, made);
  CountSeries series(std::move(job.inputs.front()), job.origin, job.step, job.bad);
  CountedRequests requests(series, laws);
  TimePoint arrival;
  Duration work{};
  while (requests.next(arrival, work)) {
    job.sink.add({.arrival = arrival, .route = route, .work = work});
  }
  job.bad.leave_out("periods missing in the series, taken as 0 requests", series.missing());
  if (series.periods() == 0)
    throw InputError(SourcePosition{name}, "there are no counts to import");
  const Duration length = series.step() * static_cast<std::int64_t>(series.periods());
  job.writer.set_span(series.start(), series.start() + length);
  describe_counts(series.step(), laws, job.provenance);
}

}  // namespace skyreplay::trace
