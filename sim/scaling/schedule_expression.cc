#include "scaling/schedule_expression.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>
#include <string_view>
#include <vector>

namespace skyreplay::scaling {
namespace {

constexpr std::size_t kCronFields = 6;

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

/// A day of the week of AWS, which counts from 1, as crons have it; else as it is.
std::string weekday(const std::string& day) {
  const bool is_number = day.size() == 1 && day[0] >= '1' && day[0] <= '7';
  return is_number ? std::string(1, static_cast<char>(day[0] - 1)) : day;
}

/// One item of the list of days of the week. An open one ends with Saturday: crons count on to 7,
/// which is Sunday again.
std::string weekdays(const std::string& item) {
  const std::size_t slash = item.find('/');
  std::string days = item.substr(0, slash);
  const std::size_t dash = days.find('-');
  if (dash != std::string::npos) {
    days = weekday(days.substr(0, dash)) + "-" + weekday(days.substr(dash + 1));
  } else {
    days = weekday(days);
    if (slash != std::string::npos) days = days == "*" ? "0-6" : days + "-6";
  }
  return slash == std::string::npos ? days : days + item.substr(slash);
}

std::string all_weekdays(const std::string& list) {
  std::istringstream stream(list);
  std::string all;
  for (std::string item; std::getline(stream, item, ',');) {
    all += (all.empty() ? "" : ",") + weekdays(item);
  }
  return all;
}

std::optional<Schedule> read_cron(const std::string& inside, const std::string& zone,
                                  std::string& mistake) {
  std::vector<std::string> fields = words(inside);
  if (fields.size() != kCronFields) {
    mistake =
        "cron must have six fields: minutes, hours, day of the month, month, day of the week, year";
    return std::nullopt;
  }
  std::string& day = fields[2];
  std::string& day_of_week = fields[4];
  if ((day == "?") == (day_of_week == "?")) {
    mistake = "one of cron's day of the month and day of the week must be ?";
  } else if (fields[5] != "*") {
    mistake = "years in cron are not built yet; write *";
  } else if (day.find_first_of("LW") != std::string::npos ||
             day_of_week.find_first_of("L#") != std::string::npos) {
    mistake = "cron's wildcards L, W and # are not built yet";
  }
  if (!mistake.empty()) return std::nullopt;
  day = day == "?" ? "*" : day;
  day_of_week = day_of_week == "?" ? "*" : all_weekdays(day_of_week);
  fields.pop_back();
  Schedule schedule;
  schedule.recurrence = Recurrence::parse(fmt::format("{}", fmt::join(fields, " ")), zone, mistake);
  if (!schedule.recurrence) return std::nullopt;
  return schedule;
}

std::optional<Schedule> read_rate(const std::string& inside, std::string& mistake) {
  const std::vector<std::string> parts = words(inside);
  std::uint32_t value = 0;
  if (parts.size() == 2) {
    const std::string& number = parts[0];
    const char* const end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, value);
    if (error != std::errc() || stop != end || value > 1'000'000) value = 0;
  }
  Schedule schedule;
  if (value > 0) {
    std::string unit = parts[1];
    if (unit.ends_with('s')) unit.pop_back();
    if (unit == "minute") schedule.every = std::chrono::minutes{value};
    if (unit == "hour") schedule.every = std::chrono::hours{value};
    if (unit == "day") schedule.every = std::chrono::hours{24} * value;
  }
  if (schedule.every) return schedule;
  mistake = "rate must be a number and minutes, hours or days, such as rate(15 minutes)";
  return std::nullopt;
}

std::optional<Schedule> read_at(const std::string& inside, const std::string& zone,
                                std::string& mistake) {
  TimePoint shown;
  if (inside.size() != 19 || !parse_rfc3339(inside + "Z", shown)) {
    mistake = "at must be a time without a zone, such as at(2026-01-05T09:00:00)";
    return std::nullopt;
  }
  Schedule schedule;
  schedule.start_time = instant_shown(shown, zone, mistake);
  if (!schedule.start_time) return std::nullopt;
  return schedule;
}

}  // namespace

std::optional<Schedule> parse_schedule(const std::string& text, const std::string& zone,
                                       std::string& mistake) {
  const std::size_t open = text.find('(');
  if (open != std::string::npos && text.ends_with(')')) {
    const std::string kind = text.substr(0, open);
    const std::string inside = text.substr(open + 1, text.size() - open - 2);
    if (kind == "cron") return read_cron(inside, zone, mistake);
    if (kind == "rate") return read_rate(inside, mistake);
    if (kind == "at") return read_at(inside, zone, mistake);
  }
  mistake = "must be cron(...), rate(...) or at(...)";
  return std::nullopt;
}

}  // namespace skyreplay::scaling
