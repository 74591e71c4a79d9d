// `trace scale`: less load, more load, slower or faster time.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <queue>

#include "core/error.h"
#include "core/random.h"
#include "core/text.h"
#include "skyreplay/trace.h"
#include "trace/reader.h"
#include "trace/row_copy.h"
#include "trace/writer.h"

namespace skyreplay {
namespace {

using namespace trace;

constexpr std::uint32_t kMaxCopies = 1'000;  // each holds one block
constexpr std::size_t kMaxRoutes = 1'000'000;

/// One copy of the trace: its kept rows, shifted by `offset` and wrapped around within the span, in
/// order of their new arrivals.
class ShiftedCopy {
 public:
  ShiftedCopy(const ScaleOptions& options, Duration offset)
      : reader_(options.input),
        keep_(options.keep),
        thinning_(options.seed, "trace", "keep"),
        offset_(offset),
        // Rows from here on leave the span at its end and come back at its start.
        turn_(reader_.info().end - offset) {
    begin_at_turn();
  }

  bool done() const { return phase_ == Phase::kDone; }
  const Row& row() const { return row_; }
  void advance();

 private:
  enum class Phase : std::uint8_t { kWrapped, kShifted, kDone };

  void begin_at_turn() {
    reader_.seek(turn_);
    batch_ = reader_.next();
    advance();
  }
  /// The next kept row of the phase in hand, arrival not yet shifted; false at the phase's end.
  bool next_kept();
  bool kept(std::uint64_t row) const { return keep_ >= 1 || thinning_.at(row).uniform() < keep_; }

  Reader reader_;
  double keep_;
  RandomStream thinning_;
  Duration offset_;
  TimePoint turn_;
  Phase phase_ = Phase::kWrapped;
  Batch batch_;
  std::size_t index_ = 0;
  Row row_;
};

bool ShiftedCopy::next_kept() {
  const std::int64_t turn = turn_.time_since_epoch().count();
  for (; batch_.size > 0; batch_ = reader_.next(), index_ = 0) {
    for (; index_ < batch_.size; ++index_) {
      if (phase_ == Phase::kShifted && batch_.arrival_ns[index_] >= turn) return false;
      if (!kept(batch_.first_row + index_)) continue;
      row_ = row_of(reader_, batch_, index_++);
      return true;
    }
  }
  return false;
}

void ShiftedCopy::advance() {
  if (phase_ == Phase::kWrapped) {
    if (next_kept()) {
      row_.arrival = reader_.info().start + (row_.arrival - turn_);
      return;
    }
    phase_ = Phase::kShifted;
    reader_.seek(reader_.info().start);
    batch_ = reader_.next();
    index_ = 0;
  }
  if (next_kept()) {
    row_.arrival += offset_;
  } else {
    phase_ = Phase::kDone;
  }
}

/// Multiplies the time axis about the trace's start.
class Stretch {
 public:
  Stretch(const TraceInfo& info, double factor) : start_(info.start), factor_(factor) {
    const double length = static_cast<double>((info.end - info.start).count()) * factor;
    if (length >= static_cast<double>((kEndOfTime - info.start).count())) {
      throw InputError(
          fmt::format("--stretch {}: the trace would end beyond the year 2262", factor));
    }
  }
  TimePoint operator()(TimePoint time) const {
    if (factor_ == 1) return time;
    const double ns = static_cast<double>((time - start_).count()) * factor_;
    return start_ + Duration(static_cast<std::int64_t>(std::floor(ns + 0.5)));
  }

 private:
  TimePoint start_;
  double factor_;
};

/// Shifts of the copies, each uniform over the span.
std::vector<Duration> offsets(const ScaleOptions& options, Duration span) {
  if (options.copies == 1) return {Duration{0}};
  const RandomStream stream(options.seed, "trace", "copy");
  std::vector<Duration> shifts;
  for (std::uint32_t copy = 0; copy < options.copies; ++copy) {
    const double ns = stream.at(copy).uniform() * static_cast<double>(span.count());
    shifts.emplace_back(static_cast<std::int64_t>(ns));
  }
  return shifts;
}

void check(const ScaleOptions& options) {
  std::vector<std::string> mistakes;
  if (!(options.keep > 0 && options.keep <= 1)) {
    mistakes.push_back(
        fmt::format("--keep {}: expected a share above 0 and at most 1", options.keep));
  }
  if (options.copies < 1 || options.copies > kMaxCopies) {
    mistakes.push_back(
        fmt::format("--copies {}: expected 1 to {}", options.copies, grouped(kMaxCopies)));
  }
  if (!(options.stretch > 0 && std::isfinite(options.stretch))) {
    mistakes.push_back(fmt::format("--stretch {}: expected a factor above 0", options.stretch));
  }
  if (!mistakes.empty()) throw InputError(mistakes);
}

ProvenanceStep provenance(const ScaleOptions& options, const std::vector<Duration>& shifts,
                          std::uint64_t thinned) {
  ProvenanceStep step{.tool = "scale"};
  step.arguments = {{"keep", fmt::format("{}", options.keep)},
                    {"copies", std::to_string(options.copies)},
                    {"stretch", fmt::format("{}", options.stretch)},
                    {"seed", std::to_string(options.seed)}};
  if (options.keep < 1) {
    step.drawn.push_back(fmt::format("rows: each kept with probability {}", options.keep));
    step.dropped.emplace_back("thinned out", thinned);
  }
  if (options.own_routes) step.arguments.emplace_back("own_routes", "true");
  if (options.copies > 1) {
    std::string text = "arrival: copies shifted cyclically by";
    for (const Duration shift : shifts) text += " " + format_duration(shift);
    step.drawn.push_back(text);
  }
  return step;
}

/// Merges the copies by arrival, then by number.
class Merge {
 public:
  /// A copy's routes are those of the first, and so many further on for each copy before it.
  Merge(const ScaleOptions& options, const std::vector<Duration>& shifts,
        std::uint32_t routes_apart)
      : routes_apart_(routes_apart) {
    for (const Duration shift : shifts) {
      copies_.push_back(std::make_unique<ShiftedCopy>(options, shift));
      push(copies_.size() - 1);
    }
  }
  bool done() const { return heads_.empty(); }
  Row take() {
    const std::size_t copy = heads_.top().second;
    heads_.pop();
    Row row = copies_[copy]->row();
    row.route += static_cast<std::uint32_t>(copy) * routes_apart_;
    copies_[copy]->advance();
    push(copy);
    return row;
  }

 private:
  using Head = std::pair<TimePoint, std::size_t>;

  void push(std::size_t copy) {
    if (!copies_[copy]->done()) heads_.emplace(copies_[copy]->row().arrival, copy);
  }

  std::uint32_t routes_apart_;
  std::vector<std::unique_ptr<ShiftedCopy>> copies_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
};

/// The input's routes, once or for each copy.
void add_routes(const ScaleOptions& options, const TraceInfo& info, Writer& writer) {
  const std::uint32_t times = options.own_routes ? options.copies : 1;
  if (info.routes.size() * times > kMaxRoutes) {
    throw InputError(fmt::format("--own-routes: {} copies of {} routes are more than {}",
                                 grouped(times), grouped(info.routes.size()), grouped(kMaxRoutes)));
  }
  for (std::uint32_t copy = 1; copy <= times; ++copy) {
    for (Route route : info.routes) {
      if (copy > 1) route.name += "#" + std::to_string(copy);
      writer.add_route(route);
    }
  }
}

}  // namespace

TraceWritten scale_trace(const ScaleOptions& options) {
  check(options);
  const Reader input(options.input);
  const TraceInfo& info = input.info();
  const Stretch stretch(info, options.stretch);
  const std::vector<Duration> shifts = offsets(options, info.end - info.start);
  Writer writer(options.output, info.origin, info.durations);
  add_routes(options, info, writer);
  TimePoint end = stretch(info.end);
  const auto routes = static_cast<std::uint32_t>(options.own_routes ? info.routes.size() : 0);
  for (Merge merge(options, shifts, routes); !merge.done();) {
    Row row = merge.take();
    row.arrival = stretch(row.arrival);
    // Rounding may put the last arrivals of a shrunk trace on its end.
    end = std::max(end, row.arrival + Duration{1});
    writer.add(row);
  }
  writer.set_span(info.start, end);
  const std::uint64_t thinned = info.rows * options.copies - writer.rows();
  copy_provenance(info, provenance(options, shifts, thinned), writer);
  const TraceInfo written = writer.commit();
  return {
      .rows = written.rows, .start = written.start, .end = written.end, .digest = written.digest};
}

}  // namespace skyreplay
