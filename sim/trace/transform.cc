#include "trace/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

#include "core/digest.h"
#include "core/error.h"
#include "core/random.h"
#include "trace/built_source.h"

namespace skyreplay::trace {
namespace {

constexpr double kMaxCopies = 1'000;  // each holds one block

std::int64_t ns(TimePoint time) { return time.time_since_epoch().count(); }

/// Whether a row is among those that a share of the trace keeps.
class Thinning {
 public:
  Thinning(double keep, std::uint64_t seed) : keep_(keep), stream_(seed, "trace", "keep") {}
  bool keeps(std::uint64_t row) const { return keep_ >= 1 || stream_.at(row).uniform() < keep_; }

 private:
  double keep_;
  RandomStream stream_;
};

/// The info of what a transformation makes of a trace.
TraceInfo changed(TraceInfo info, const Transformation& by, const std::string& more = "") {
  info.digest = hex_digest(info.digest + " " + by.text() + more);
  const std::string text = by.text();
  ProvenanceStep step{.tool = text.substr(0, text.find(' '))};
  for (std::size_t at = text.find(' '); at != std::string::npos;) {
    const std::size_t end = text.find(' ', at + 1);
    const std::string word = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    step.arguments.emplace_back(word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
    at = end;
  }
  info.provenance.push_back(std::move(step));
  info.rows = 0;  // not known beforehand
  for (Route& route : info.routes) route.rows = 0;
  return info;
}

class Thinned final : public BuiltSource {
 public:
  Thinned(std::unique_ptr<Source> source, TraceInfo info, Thinning thinning)
      : BuiltSource(std::move(info)),
        source_(std::move(source)),
        cursor_(*source_),
        thinning_(thinning) {}

 private:
  bool make(BuiltRow& row) override {
    while (!cursor_.done() && !thinning_.keeps(cursor_.number())) cursor_.advance();
    if (cursor_.done()) return false;
    row = cursor_.row();
    cursor_.advance();
    return true;
  }

  std::unique_ptr<Source> source_;
  RowCursor cursor_;
  Thinning thinning_;
};

/// Rows that arrive in a span, or outside of it, each moved by so much.
class Windowed final : public BuiltSource {
 public:
  struct Span {
    std::int64_t from_ns = 0;
    std::int64_t to_ns = 0;
    bool inside = true;
    std::int64_t move_ns = 0;
  };

  Windowed(std::unique_ptr<Source> source, TraceInfo info, const Span& span)
      : BuiltSource(std::move(info)), source_(std::move(source)), cursor_(*source_), span_(span) {}

 private:
  bool make(BuiltRow& row) override {
    while (!cursor_.done() && !is_kept(cursor_.arrival_ns())) {
      if (span_.inside && cursor_.arrival_ns() >= span_.to_ns) return false;
      cursor_.advance();
    }
    if (cursor_.done()) return false;
    row = cursor_.row();
    row.arrival_ns += span_.move_ns;
    cursor_.advance();
    return true;
  }
  bool is_kept(std::int64_t at) const {
    return (at >= span_.from_ns && at < span_.to_ns) == span_.inside;
  }

  std::unique_ptr<Source> source_;
  RowCursor cursor_;
  Span span_;
};

/// A trace shifted cyclically within its span: first what leaves it at its end, then the rest.
class Rotated final : public BuiltSource {
 public:
  Rotated(Opener opener, TraceInfo info, std::int64_t offset_ns, Thinning thinning)
      : BuiltSource(std::move(info)),
        opener_(std::move(opener)),
        offset_ns_(offset_ns),
        thinning_(thinning) {
    source_ = opener_();
    start_ns_ = ns(source_->info().start);
    turn_ns_ = ns(source_->info().end) - offset_ns_;
    cursor_ = std::make_unique<RowCursor>(*source_);
    is_wrapped_ = offset_ns_ > 0;
    while (is_wrapped_ && !cursor_->done() && cursor_->arrival_ns() < turn_ns_) cursor_->advance();
  }

 private:
  bool make(BuiltRow& row) override {
    if (is_wrapped_) {
      if (next_kept(row)) {
        row.arrival_ns += start_ns_ - turn_ns_;
        return true;
      }
      is_wrapped_ = false;
      cursor_.reset();
      source_ = opener_();
      cursor_ = std::make_unique<RowCursor>(*source_);
    }
    if (!next_kept(row) || row.arrival_ns >= turn_ns_) return false;
    row.arrival_ns += offset_ns_;
    return true;
  }

  bool next_kept(BuiltRow& row) {
    while (!cursor_->done() && !thinning_.keeps(cursor_->number())) cursor_->advance();
    if (cursor_->done()) return false;
    row = cursor_->row();
    cursor_->advance();
    return true;
  }

  Opener opener_;
  std::int64_t offset_ns_;
  Thinning thinning_;
  std::int64_t start_ns_ = 0;
  std::int64_t turn_ns_ = 0;
  bool is_wrapped_ = false;
  std::unique_ptr<Source> source_;
  std::unique_ptr<RowCursor> cursor_;
};

/// Blocks of a trace one after another.
class Sampled final : public BuiltSource {
 public:
  struct Block {
    std::int64_t from_ns = 0;
    std::int64_t move_ns = 0;  ///< to where it goes
  };

  Sampled(std::unique_ptr<Source> source, TraceInfo info, std::vector<Block> blocks,
          std::int64_t length_ns)
      : BuiltSource(std::move(info)),
        source_(std::move(source)),
        cursor_(*source_),
        blocks_(std::move(blocks)),
        length_ns_(length_ns) {}

 private:
  bool make(BuiltRow& row) override {
    for (; !cursor_.done() && at_ < blocks_.size(); cursor_.advance()) {
      while (at_ < blocks_.size() && cursor_.arrival_ns() >= blocks_[at_].from_ns + length_ns_) {
        ++at_;
      }
      if (at_ == blocks_.size()) return false;
      if (cursor_.arrival_ns() < blocks_[at_].from_ns) continue;
      row = cursor_.row();
      row.arrival_ns += blocks_[at_].move_ns;
      cursor_.advance();
      return true;
    }
    return false;
  }

  std::unique_ptr<Source> source_;
  RowCursor cursor_;
  std::vector<Block> blocks_;
  std::int64_t length_ns_;
  std::size_t at_ = 0;
};

/// Several sources in order of arrival, then of their numbers.
class Merged final : public BuiltSource {
 public:
  /// `routes` by input: what its routes are called in `info`.
  Merged(std::vector<std::unique_ptr<Source>> inputs,
         std::vector<std::vector<std::uint32_t>> routes, TraceInfo info)
      : BuiltSource(std::move(info)), inputs_(std::move(inputs)), routes_(std::move(routes)) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      cursors_.emplace_back(*inputs_[i]);
      push(i);
    }
  }

 private:
  using Head = std::pair<std::int64_t, std::size_t>;

  bool make(BuiltRow& row) override {
    if (heads_.empty()) return false;
    const std::size_t input = heads_.top().second;
    heads_.pop();
    row = cursors_[input].row();
    if (!routes_.empty()) row.route = routes_[input][row.route];
    cursors_[input].advance();
    push(input);
    return true;
  }
  void push(std::size_t input) {
    if (!cursors_[input].done()) heads_.emplace(cursors_[input].arrival_ns(), input);
  }

  std::vector<std::unique_ptr<Source>> inputs_;
  std::vector<std::vector<std::uint32_t>> routes_;
  std::vector<RowCursor> cursors_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
};

[[noreturn]] void refuse(const Transformation& what, const std::string& why) {
  throw InputError(fmt::format("{}: {}", what.text(), why));
}

/// [from, to) after the trace's start as instants, to() at most its end.
Windowed::Span span_of(const TraceInfo& info, Duration from, Duration to,
                       const Transformation& what) {
  const Duration length = info.end - info.start;
  if (from < Duration{} || from >= to || from >= length) {
    refuse(what, fmt::format("must be a span within the trace's {}", format_duration(length)));
  }
  return {.from_ns = ns(info.start + from), .to_ns = ns(info.start + std::min(to, length))};
}

std::unique_ptr<Source> scaled(const Opener& opener, const Transformation& what, double by,
                               std::uint64_t seed) {
  if (!(by > 0 && by <= kMaxCopies)) refuse(what, "must be above 0 and at most 1000");
  const TraceInfo info = changed(opener()->info(), what);
  if (by <= 1) return std::make_unique<Thinned>(opener(), info, Thinning(by, seed));
  const RandomStream shifts(seed, "trace", "copy");
  const double span = static_cast<double>((info.end - info.start).count());
  std::vector<std::unique_ptr<Source>> copies;
  for (std::uint64_t copy = 0; static_cast<double>(copy) < by; ++copy) {
    const auto offset = static_cast<std::int64_t>(shifts.at(copy).uniform() * span);
    const Thinning thinning(std::min(1.0, by - static_cast<double>(copy)), seed);
    copies.push_back(std::make_unique<Rotated>(opener, info, copy == 0 ? 0 : offset, thinning));
  }
  return std::make_unique<Merged>(std::move(copies), std::vector<std::vector<std::uint32_t>>{},
                                  info);
}

/// Does one transformation; opens what it needs.
class Maker {
 public:
  Maker(const Opener& opener, const Transformation& what) : opener_(opener), what_(what) {}

  std::unique_ptr<Source> operator()(const Transformation::Thin& thin) const {
    if (!(thin.keep > 0 && thin.keep <= 1)) refuse(what_, "must be above 0 and at most 1");
    std::unique_ptr<Source> source = opener_();
    TraceInfo info = changed(source->info(), what_);
    return std::make_unique<Thinned>(std::move(source), std::move(info),
                                     Thinning(thin.keep, thin.seed));
  }

  std::unique_ptr<Source> operator()(const Transformation::Scale& scale) const {
    return scaled(opener_, what_, scale.by, scale.seed);
  }

  std::unique_ptr<Source> operator()(const Transformation::Shift& shift) const {
    std::unique_ptr<Source> source = opener_();
    TraceInfo info = changed(source->info(), what_);
    if (shift.by < TimePoint{} - info.start || shift.by >= kEndOfTime - info.end) {
      refuse(what_, "leads before 1970 or beyond the year 2262");
    }
    info.start += shift.by;
    info.end += shift.by;
    const Windowed::Span all{
        .from_ns = 0, .to_ns = ns(kEndOfTime), .inside = true, .move_ns = shift.by.count()};
    return std::make_unique<Windowed>(std::move(source), std::move(info), all);
  }

  std::unique_ptr<Source> operator()(const Transformation::Cut& cut) const {
    std::unique_ptr<Source> source = opener_();
    const Windowed::Span span = span_of(source->info(), cut.from, cut.to, what_);
    TraceInfo info = changed(source->info(), what_);
    info.start = TimePoint{Duration{span.from_ns}};
    info.end = TimePoint{Duration{span.to_ns}};
    return std::make_unique<Windowed>(std::move(source), std::move(info), span);
  }

  std::unique_ptr<Source> operator()(const Transformation::Amplify& amplify) const {
    std::unique_ptr<Source> source = opener_();
    Windowed::Span span = span_of(source->info(), amplify.from, amplify.to, what_);
    TraceInfo info = changed(source->info(), what_);
    span.inside = false;
    std::vector<std::unique_ptr<Source>> parts;
    parts.push_back(std::make_unique<Windowed>(std::move(source), info, span));
    const Transformation cut{Transformation::Cut{.from = amplify.from, .to = amplify.to}};
    parts.push_back(scaled(transformed(opener_, cut), what_, amplify.by, amplify.seed));
    return std::make_unique<Merged>(std::move(parts), std::vector<std::vector<std::uint32_t>>{},
                                    std::move(info));
  }

  std::unique_ptr<Source> operator()(const Transformation::Sample& sample) const {
    if (!(sample.share > 0 && sample.share <= 1) || sample.blocks == 0) {
      refuse(what_, "needs a share above 0 and at most 1, and a block at least");
    }
    std::unique_ptr<Source> source = opener_();
    TraceInfo info = changed(source->info(), what_);
    const std::int64_t part = (info.end - info.start).count() / sample.blocks;
    const auto length = static_cast<std::int64_t>(static_cast<double>(part) * sample.share);
    const RandomStream places(sample.seed, "trace", "sample");
    std::vector<Sampled::Block> blocks;
    for (std::uint32_t i = 0; i < sample.blocks; ++i) {
      const auto offset =
          static_cast<std::int64_t>(places.at(i).uniform() * static_cast<double>(part - length));
      const std::int64_t from = ns(info.start) + i * part + offset;
      blocks.push_back({.from_ns = from, .move_ns = ns(info.start) + i * length - from});
    }
    info.end = info.start + Duration{length * sample.blocks};
    return std::make_unique<Sampled>(std::move(source), std::move(info), std::move(blocks), length);
  }

  std::unique_ptr<Source> operator()(const Transformation::Splice& splice) const {
    std::unique_ptr<Source> source = opener_();
    std::unique_ptr<Source> other = splice.other();
    const TraceInfo guest = other->info();
    TraceInfo info = changed(source->info(), what_, " " + guest.digest);
    const Duration length = info.end - info.start;
    if (splice.at < Duration{} || splice.at >= length) {
      refuse(what_, fmt::format("must be within the trace's {}", format_duration(length)));
    }
    if (guest.durations != info.durations) {
      refuse(what_, "one of the two traces has work and wait apart, the other one duration");
    }
    const std::vector<std::vector<std::uint32_t>> routes = united(guest, info);
    const std::int64_t move = (info.start + splice.at - guest.start).count();
    const Windowed::Span span{
        .from_ns = 0, .to_ns = ns(info.end) - move, .inside = true, .move_ns = move};
    std::vector<std::unique_ptr<Source>> parts;
    parts.push_back(std::move(source));
    parts.push_back(std::make_unique<Windowed>(std::move(other), guest, span));
    return std::make_unique<Merged>(std::move(parts), routes, std::move(info));
  }

 private:
  /// Adds the guest's routes to those of `info`; how each of the two traces' is numbered then.
  static std::vector<std::vector<std::uint32_t>> united(const TraceInfo& guest, TraceInfo& info) {
    std::vector<std::vector<std::uint32_t>> numbers(2);
    for (std::uint32_t i = 0; i < info.routes.size(); ++i) numbers[0].push_back(i);
    for (const Route& route : guest.routes) {
      auto found = std::ranges::find(info.routes, route.name, &Route::name);
      if (found == info.routes.end()) found = info.routes.insert(found, route);
      numbers[1].push_back(static_cast<std::uint32_t>(found - info.routes.begin()));
    }
    info.has_bytes = info.has_bytes || guest.has_bytes;
    return numbers;
  }

  const Opener& opener_;
  const Transformation& what_;
};

struct Text {
  std::string operator()(const Transformation::Thin& t) const {
    return fmt::format("thin keep={} seed={}", t.keep, t.seed);
  }
  std::string operator()(const Transformation::Scale& t) const {
    return fmt::format("scale by={} seed={}", t.by, t.seed);
  }
  std::string operator()(const Transformation::Shift& t) const {
    const bool back = t.by < Duration{};
    return fmt::format("shift by={}{}", back ? "-" : "", format_duration(back ? -t.by : t.by));
  }
  std::string operator()(const Transformation::Cut& t) const {
    return fmt::format("cut from=+{} to=+{}", format_duration(t.from), format_duration(t.to));
  }
  std::string operator()(const Transformation::Amplify& t) const {
    return fmt::format("amplify from=+{} to=+{} by={} seed={}", format_duration(t.from),
                       format_duration(t.to), t.by, t.seed);
  }
  std::string operator()(const Transformation::Sample& t) const {
    return fmt::format("sample share={} blocks={} seed={}", t.share, t.blocks, t.seed);
  }
  std::string operator()(const Transformation::Splice& t) const {
    return fmt::format("splice at=+{}", format_duration(t.at));
  }
};

}  // namespace

std::string Transformation::text() const { return std::visit(Text{}, what); }

Opener transformed(Opener opener, const Transformation& transformation) {
  return [opener = std::move(opener), transformation] {
    return std::visit(Maker(opener, transformation), transformation.what);
  };
}

}  // namespace skyreplay::trace
