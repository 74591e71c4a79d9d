#include "check/judge.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "check/evaluate.h"
#include "check/subject.h"
#include "check/window_sum.h"

namespace skyreplay::check {
namespace {

constexpr std::int64_t kNano = 1'000'000'000;
constexpr Duration kHour = std::chrono::hours(1);

/// A metric over the whole span: the summary has it.
class SpanJudge final : public Judge {
 public:
  SpanJudge(const Requirement& requirement, const Span& whole, TimePoint start, TimePoint end)
      : measured_(evaluate(requirement, whole)), start_(start), end_(end) {}

  Judgement finish() override {
    Judgement judgement;
    judgement.holds = measured_.holds;
    judgement.known = measured_.known;
    judgement.value = judgement.worst = measured_.value;
    judgement.buckets = 1;
    judgement.failed = measured_.holds ? 0 : 1;
    judgement.from = start_;
    judgement.to = end_;
    return judgement;
  }

 private:
  Measurement measured_;
  TimePoint start_;
  TimePoint end_;
};

/// A metric bucket by bucket, or over a part of the span.
class BucketJudge final : public Judge {
 public:
  BucketJudge(const Requirement& requirement, const Span& whole, TimePoint start, TimePoint end)
      : requirement_(requirement), start_(start), end_(end), sum_(requirement.of, whole, end) {
    // What the result cannot answer is refused even if no window is looked at.
    sum_.evaluate(requirement);
  }

  void window(const metrics::Window& window) override {
    looks_ = window.start < end_ &&
             (!requirement_.between || requirement_.between->contains(window.start, start_));
    if (!looks_) return;
    const std::int64_t key = bucket_of(window.start);
    if (!open_ || key != key_) {
      close_bucket();
      open_ = true;
      key_ = key;
      from_ = window.start;
      sum_.clear();
    }
    to_ = window.end;
    sum_.add(window);
  }
  void row(const metrics::WindowRow& row) override {
    if (looks_) sum_.add(row);
  }
  Judgement finish() override {
    close_bucket();
    judgement_.known = judgement_.buckets > 0;
    judgement_.holds = judgement_.known && judgement_.failed == 0;
    return judgement_;
  }

 private:
  std::int64_t bucket_of(TimePoint time) const {
    return requirement_.each ? time.time_since_epoch() / *requirement_.each : 0;
  }
  void close_bucket() {
    if (!std::exchange(open_, false)) return;
    const Measurement measured = sum_.evaluate(requirement_);
    if (!measured.known) return;
    ++judgement_.buckets;
    if (!measured.holds) ++judgement_.failed;
    const auto off = [&](std::int64_t value) { return wrongness(requirement_, value); };
    if (judgement_.buckets == 1 || off(measured.value) > off(judgement_.worst)) {
      judgement_.worst = measured.value;
    }
    const bool is_first_failure = !measured.holds && judgement_.failed == 1;
    const bool is_nearest = judgement_.failed == 0 && (judgement_.buckets == 1 ||
                                                       off(measured.value) > off(judgement_.value));
    if (!is_first_failure && !is_nearest) return;
    judgement_.value = measured.value;
    judgement_.from = from_;
    judgement_.to = to_;
  }

  const Requirement& requirement_;
  TimePoint start_;
  TimePoint end_;
  WindowSum sum_;
  bool looks_ = false;
  bool open_ = false;
  std::int64_t key_ = 0;
  TimePoint from_;
  TimePoint to_;
  Judgement judgement_;
};

/// An activity that must come in time.
class ActivityJudge final : public Judge {
 public:
  ActivityJudge(const Expectation& expectation, const Span& whole, TimePoint start)
      : kind_(expectation.activity), is_meant_(services_of(expectation.of, whole)) {
    judgement_.from = start;
    if (const auto& after = expectation.first_after) {
      judgement_.from =
          after->kind == Bound::Kind::kOffset ? start + after->since : TimePoint{after->since};
    }
    judgement_.to = judgement_.from + expectation.within;
  }

  void activity(const ActivitySeen& seen) override {
    const bool is_first = !judgement_.came && seen.time >= judgement_.from;
    if (is_first && is_meant_[seen.service] && seen.kind == kind_) judgement_.came = seen.time;
  }
  Judgement finish() override {
    judgement_.known = true;
    judgement_.holds = judgement_.came && *judgement_.came <= judgement_.to;
    return judgement_;
  }

 private:
  std::string kind_;
  std::vector<bool> is_meant_;
  Judgement judgement_;
};

/// How often capacity turns from growing to shrinking or back. Services are counted apart.
class DirectionJudge final : public Judge {
 public:
  DirectionJudge(const Expectation& expectation, const Span& whole, TimePoint start, TimePoint end)
      : expectation_(expectation),
        start_(start),
        is_meant_(services_of(expectation.of, whole)),
        last_(whole.services.size(), Direction::kNone) {
    judgement_.from = start;
    judgement_.to = end;
  }

  void window(const metrics::Window& window) override {
    if (window.start < judgement_.to && is_looked_at(window.start)) {
      looked_at_ += std::min(window.end, judgement_.to) - window.start;
    }
  }
  void activity(const ActivitySeen& seen) override {
    if (!is_meant_[seen.service] || !is_looked_at(seen.time)) return;
    Direction direction = Direction::kNone;
    if (seen.kind == "scale_out") direction = Direction::kOut;
    if (seen.kind == "scale_in") direction = Direction::kIn;
    if (direction == Direction::kNone) return;
    Direction& last = last_[seen.service];
    judgement_.changes += last != Direction::kNone && last != direction;
    last = direction;
  }
  Judgement finish() override {
    if (looked_at_ <= Duration{}) return judgement_;
    judgement_.known = true;
    judgement_.value = static_cast<std::int64_t>(static_cast<__int128>(judgement_.changes) * kNano *
                                                 kHour.count() / looked_at_.count());
    judgement_.holds = holds(expectation_.requirement, judgement_.value);
    return judgement_;
  }

 private:
  enum class Direction : std::uint8_t { kNone, kOut, kIn };

  bool is_looked_at(TimePoint time) const {
    const std::optional<Between>& between = expectation_.requirement.between;
    return !between || between->contains(time, start_);
  }

  const Expectation& expectation_;
  TimePoint start_;
  std::vector<bool> is_meant_;
  std::vector<Direction> last_;  ///< by service
  Duration looked_at_{};
  Judgement judgement_;
};

}  // namespace

std::unique_ptr<Judge> judge_of(const Expectation& expectation, const Span& whole, TimePoint start,
                                TimePoint end) {
  switch (expectation.about) {
    case Expectation::About::kActivity:
      return std::make_unique<ActivityJudge>(expectation, whole, start);
    case Expectation::About::kDirectionChanges:
      return std::make_unique<DirectionJudge>(expectation, whole, start, end);
    case Expectation::About::kMetric:
      break;
  }
  return judge_of(expectation.requirement, whole, start, end);
}

std::unique_ptr<Judge> judge_of(const Requirement& requirement, const Span& whole, TimePoint start,
                                TimePoint end) {
  if (requirement.is_timed()) return std::make_unique<BucketJudge>(requirement, whole, start, end);
  return std::make_unique<SpanJudge>(requirement, whole, start, end);
}

}  // namespace skyreplay::check
