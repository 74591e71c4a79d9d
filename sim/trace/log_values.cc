#include "trace/log_values.h"

#include "trace/decimal.h"
#include "trace/import.h"
#include "trace/text_time.h"

namespace skyreplay::trace {

namespace {

const char* error_of(TextTime outcome, TimePoint time) {
  switch (outcome) {
    case TextTime::kRead:
      return time < kLastArrival ? nullptr : "lies beyond the year 2261";
    case TextTime::kBefore1970:
      return "lies before 1970";
    case TextTime::kNotATime:
      break;
  }
  return "is not a time";
}

}  // namespace

const char* read_log_time(std::string_view text, TimePoint& time) {
  const TextTime outcome = parse_text_time(text, time);
  return error_of(outcome, time);
}

const char* read_unix_time(std::string_view text, std::int64_t unit, TimePoint& time) {
  std::int64_t nanoseconds = 0;
  const NumberError error = parse_scaled(text, unit, nanoseconds);
  if (error == NumberError::kNegative) return "lies before 1970";
  if (error == NumberError::kNotANumber) return "is not a time";
  if (error == NumberError::kTooLarge || TimePoint{Duration{nanoseconds}} >= kLastArrival) {
    return "lies beyond the year 2261";
  }
  time = TimePoint{Duration{nanoseconds}};
  return nullptr;
}

const char* read_log_duration(std::string_view text, std::int64_t unit, Duration& duration) {
  std::int64_t nanoseconds = 0;
  const NumberError error = parse_scaled(text, unit, nanoseconds);
  if (error == NumberError::kNotANumber || error == NumberError::kNegative) {
    return to_string(error);
  }
  if (error == NumberError::kTooLarge || Duration{nanoseconds} > kLongestDuration) {
    return "is longer than 100 days";
  }
  duration = Duration{nanoseconds};
  return nullptr;
}

const char* read_log_count(std::string_view text, std::uint64_t limit, std::uint64_t& count) {
  if (is_absent(text)) return nullptr;
  NumberError error = parse_count(text, count);
  if (error == NumberError::kNone && count > limit) error = NumberError::kTooLarge;
  return error == NumberError::kNone ? nullptr : to_string(error);
}

const char* go_back(TimePoint& time, Duration by) {
  if (by > time.time_since_epoch()) return "less the duration is before 1970";
  time -= by;
  return nullptr;
}

const char* LocalTimes::read(std::string_view text, TimePoint& time) {
  if (last_ == text) {
    time = last_time_;
    return nullptr;
  }
  const TextTime outcome = parse_common_log_time(text, time);
  if (const char* error = error_of(outcome, time)) return error;
  last_ = text;
  last_time_ = time;
  return nullptr;
}

}  // namespace skyreplay::trace
