#include "check/between.h"

#include <fmt/format.h>

namespace skyreplay::check {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

/// Two digits below `limit` at `at`; advances beyond them.
bool two_digits(std::string_view text, std::size_t& at, int limit, int& value) {
  if (at + 2 > text.size()) return false;
  for (std::size_t i = at; i < at + 2; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  value = (text[at] - '0') * 10 + (text[at + 1] - '0');
  at += 2;
  return value < limit;
}

/// HH:MM or HH:MM:SS; 24:00 is the end of the day.
bool parse_time_of_day(std::string_view text, Duration& since_midnight) {
  std::size_t at = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!two_digits(text, at, 25, hour) || at == text.size() || text[at++] != ':') return false;
  if (!two_digits(text, at, 60, minute)) return false;
  if (at < text.size() && (text[at++] != ':' || !two_digits(text, at, 60, second))) return false;
  since_midnight =
      std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  return at == text.size() && since_midnight <= kDay;
}

}  // namespace

bool parse_bound(std::string_view text, Bound& bound) {
  TimePoint instant;
  if (parse_time_of_day(text, bound.since)) {
    bound.kind = Bound::Kind::kTimeOfDay;
    return true;
  }
  if (text.starts_with('+') && parse_duration(text.substr(1), bound.since)) {
    bound.kind = Bound::Kind::kOffset;
    return true;
  }
  if (!parse_rfc3339(text, instant)) return false;
  bound.kind = Bound::Kind::kInstant;
  bound.since = instant.time_since_epoch();
  return true;
}

std::string to_string(const Bound& bound) {
  switch (bound.kind) {
    case Bound::Kind::kOffset:
      return "+" + format_duration(bound.since);
    case Bound::Kind::kInstant:
      return to_rfc3339(TimePoint{bound.since});
    case Bound::Kind::kTimeOfDay:
      break;
  }
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(bound.since).count();
  const std::string text = fmt::format("{:02}:{:02}", s / 3600, s / 60 % 60);
  return s % 60 == 0 ? text : text + fmt::format(":{:02}", s % 60);
}

std::optional<std::string> mistake_of(const Between& between) {
  const auto& [from, to] = between;
  if (from.kind != to.kind) {
    return "both ends must be of one kind: times of day, instants or offsets";
  }
  const bool may_wrap = from.kind == Bound::Kind::kTimeOfDay;
  if (from.since == to.since || (!may_wrap && from.since > to.since)) {
    return "the second must come after the first";
  }
  return std::nullopt;
}

bool Between::contains(TimePoint time, TimePoint trace_start) const {
  Duration at = time.time_since_epoch();
  if (from.kind == Bound::Kind::kOffset) at = time - trace_start;
  if (from.kind == Bound::Kind::kTimeOfDay) at %= kDay;
  if (from.since < to.since) return from.since <= at && at < to.since;
  return from.since <= at || at < to.since;  // over midnight
}

}  // namespace skyreplay::check
