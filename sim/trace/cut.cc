// `trace cut`: a part of a trace, by time, by route, by rows.
#include <fmt/format.h>

#include <limits>

#include "core/error.h"
#include "core/glob.h"
#include "core/text.h"
#include "skyreplay/trace.h"
#include "trace/reader.h"
#include "trace/row_copy.h"
#include "trace/writer.h"

namespace skyreplay {
namespace {

using namespace trace;

constexpr std::uint32_t kNotKept = std::numeric_limits<std::uint32_t>::max();

/// An instant as a flag spells it: RFC 3339, or +duration from the start of the trace.
TimePoint bound(std::string_view flag, const std::string& text, TimePoint start,
                TimePoint otherwise) {
  TimePoint time = otherwise;
  Duration after{};
  if (text.empty()) return time;
  if (text.front() == '+' && parse_duration(std::string_view(text).substr(1), after)) {
    if (after > kEndOfTime - start) {
      throw InputError(fmt::format("{} {}: lies beyond the year 2262", flag, text));
    }
    return start + after;
  }
  if (!parse_rfc3339(text, time)) {
    throw InputError(fmt::format(
        "{} {}: expected a time such as 2026-01-05T12:00:00Z or +90m from the trace's start", flag,
        text));
  }
  return time;
}

/// One cut in progress.
class Cut {
 public:
  explicit Cut(const CutOptions& options)
      : options_(options),
        reader_(options.input),
        info_(reader_.info()),
        from_(bound("--from", options.from, info_.start, info_.start)),
        to_(bound("--to", options.to, info_.start, info_.end)),
        writer_(options.output, info_.origin, info_.durations) {}

  TraceWritten run();

 private:
  void check_times() const;
  void choose_routes();
  void copy_rows();
  void copy(const Batch& batch, std::size_t index);
  void set_span();
  ProvenanceStep step() const;
  bool full() const { return options_.rows && writer_.rows() == *options_.rows; }

  const CutOptions& options_;
  Reader reader_;
  const TraceInfo& info_;
  TimePoint from_, to_;
  Writer writer_;
  std::vector<std::uint32_t> new_route_;  ///< by old number; kNotKept
  std::uint64_t in_time_ = 0;             ///< rows seen within the times
  std::uint64_t other_routes_ = 0;
  std::uint64_t skipped_ = 0;
  TimePoint first_{}, last_{};  ///< arrivals of the rows kept
};

void Cut::check_times() const {
  if (from_ >= to_ && info_.rows > 0) {
    throw InputError(fmt::format("nothing to keep: the cut begins at {} and ends at {}",
                                 to_rfc3339(from_), to_rfc3339(to_)));
  }
  if (from_ > info_.end || to_ < info_.start) {
    throw InputError(fmt::format(
        "nothing to keep: the cut from {} to {} lies outside of the trace's span from {} to {}",
        to_rfc3339(from_), to_rfc3339(to_), to_rfc3339(info_.start), to_rfc3339(info_.end)));
  }
}

void Cut::choose_routes() {
  std::vector<bool> used(options_.routes.size());
  for (const Route& route : info_.routes) {
    bool kept = options_.routes.empty();
    for (std::size_t i = 0; i < options_.routes.size(); ++i) {
      if (!glob_match(options_.routes[i], route.name)) continue;
      kept = used[i] = true;
    }
    new_route_.push_back(kept ? writer_.add_route(route) : kNotKept);
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    std::vector<std::string> names;
    for (const Route& route : info_.routes) names.push_back(route.name);
    throw InputError(fmt::format("--routes {}: no route of {} fits it{}", options_.routes[i],
                                 options_.input.string(), did_you_mean(options_.routes[i], names)));
  }
}

void Cut::copy(const Batch& batch, std::size_t index) {
  ++in_time_;
  const std::uint32_t route = new_route_[batch.route[index]];
  if (route == kNotKept) {
    ++other_routes_;
    return;
  }
  if (skipped_ < options_.skip_rows) {
    ++skipped_;
    return;
  }
  if (full()) return;
  Row row = row_of(reader_, batch, index);
  row.route = route;
  if (writer_.rows() == 0) first_ = row.arrival;
  last_ = row.arrival;
  writer_.add(row);
}

void Cut::copy_rows() {
  reader_.seek(from_);
  const std::int64_t end = to_.time_since_epoch().count();
  for (Batch batch = reader_.next(); batch.size > 0; batch = reader_.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (batch.arrival_ns[i] >= end) return;
      copy(batch, i);
    }
  }
}

/// Times cut the span; a limit on rows ends it right after the last row, because what came then is
/// not known to have been silence.
void Cut::set_span() {
  TimePoint start = std::max(from_, info_.start);
  TimePoint end = std::max(start, std::min(to_, info_.end));
  if (writer_.rows() > 0 && skipped_ > 0) start = first_;
  if (writer_.rows() > 0 && full()) end = last_ + Duration{1};
  writer_.set_span(start, end);
}

ProvenanceStep Cut::step() const {
  ProvenanceStep step{.tool = "cut"};
  if (!options_.from.empty()) step.arguments.emplace_back("from", to_rfc3339(from_));
  if (!options_.to.empty()) step.arguments.emplace_back("to", to_rfc3339(to_));
  for (const std::string& pattern : options_.routes) step.arguments.emplace_back("routes", pattern);
  if (options_.skip_rows > 0) {
    step.arguments.emplace_back("skip_rows", std::to_string(options_.skip_rows));
  }
  if (options_.rows) step.arguments.emplace_back("rows", std::to_string(*options_.rows));
  const auto dropped = [&step](const char* reason, std::uint64_t rows) {
    if (rows > 0) step.dropped.emplace_back(reason, rows);
  };
  dropped("outside of the times", info_.rows - in_time_);
  dropped("other routes", other_routes_);
  dropped("outside of the rows", in_time_ - other_routes_ - writer_.rows());
  return step;
}

TraceWritten Cut::run() {
  check_times();
  choose_routes();
  copy_rows();
  set_span();
  copy_provenance(info_, step(), writer_);
  const TraceInfo written = writer_.commit();
  return {
      .rows = written.rows, .start = written.start, .end = written.end, .digest = written.digest};
}

}  // namespace

TraceWritten cut_trace(const CutOptions& options) { return Cut(options).run(); }

}  // namespace skyreplay
