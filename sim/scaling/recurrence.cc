#include "scaling/recurrence.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace skyreplay::scaling {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Part {
  const char* name;
  unsigned low;
  unsigned high;
  std::string_view names;  ///< three letters each, from `low` on
};
constexpr std::array<Part, 5> kParts = {{
    {"minute", 0, 59, ""},
    {"hour", 0, 23, ""},
    {"day of the month", 1, 31, ""},
    {"month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
    {"day of the week", 0, 7, "SUNMONTUEWEDTHUFRISAT"},
}};
constexpr int kLongestWait = 8 * 366;  // days: February 29 may be eight years away

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t cut = text.find(at);
    parts.push_back(text.substr(0, cut));
    if (cut == std::string_view::npos) return parts;
    text.remove_prefix(cut + 1);
  }
}

bool read_number(std::string_view text, const Part& part, unsigned& value) {
  for (std::size_t i = 0; text.size() == 3 && i < part.names.size(); i += 3) {
    const bool same = std::equal(text.begin(), text.end(), part.names.begin() + i,
                                 [](char a, char b) { return (a & ~0x20) == b; });
    if (!same) continue;
    value = part.low + static_cast<unsigned>(i / 3);
    return true;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && value >= part.low && value <= part.high;
}

}  // namespace

struct Recurrence::Zone {
  const date::time_zone* zone;

  static date::local_seconds to_local(const Zone* zone, date::sys_seconds time) {
    if (zone == nullptr) return date::local_seconds{time.time_since_epoch()};
    return zone->zone->to_local(time);
  }
  static TimePoint to_instant(const Zone* zone, date::local_seconds time) {
    if (zone == nullptr) return TimePoint{time.time_since_epoch()};
    return zone->zone->to_sys(time, date::choose::earliest);
  }
};

bool Recurrence::read(std::string_view text, int index, Field& field) {
  const Part& part = kParts[static_cast<std::size_t>(index)];
  for (const std::string_view item : split(text, ',')) {
    const std::vector<std::string_view> stepped = split(item, '/');
    unsigned step = 1;
    const Part steps{"", 1, 59, ""};
    if (stepped.size() > 2) return false;
    if (stepped.size() == 2 && !read_number(stepped[1], steps, step)) return false;
    unsigned from = part.low;
    unsigned to = part.high;
    if (stepped[0] != "*") {
      const std::vector<std::string_view> ends = split(stepped[0], '-');
      if (ends.size() > 2 || !read_number(ends[0], part, from)) return false;
      if (stepped.size() == 1) to = from;  // `5/10` goes on to the end, as in most crons
      if (ends.size() == 2 && !read_number(ends[1], part, to)) return false;
      if (to < from) return false;
    }
    for (unsigned value = from; value <= to; value += step) field.set(value);
  }
  return true;
}

std::optional<Recurrence> Recurrence::parse(const std::string& text, const std::string& zone,
                                            std::string& mistake) {
  std::vector<std::string_view> fields = split(text, ' ');
  std::erase(fields, "");
  if (fields.size() != kParts.size()) {
    mistake = "must have five fields: minute, hour, day of the month, month, day of the week";
    return std::nullopt;
  }
  Recurrence made;
  Field* const all[] = {&made.minutes_, &made.hours_, &made.days_, &made.months_, &made.weekdays_};
  for (int i = 0; i < 5; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (read(fields[at], i, *all[i])) continue;
    mistake = fmt::format("'{}' is no {} from {} to {}", fields[at], kParts[at].name,
                          kParts[at].low, kParts[at].high);
    return std::nullopt;
  }
  if (made.weekdays_[7]) made.weekdays_.set(0);
  made.any_day_ = fields[2] == "*";
  made.any_weekday_ = fields[4] == "*";
  if (zone == kUtc) return made;
  try {
    made.zone_ = std::make_shared<const Zone>(Zone{date::locate_zone(zone)});
  } catch (const std::runtime_error&) {
    mistake = fmt::format("there is no time zone '{}'", zone);
    return std::nullopt;
  }
  return made;
}

bool Recurrence::has_day(unsigned day, unsigned month, unsigned weekday) const {
  if (!months_[month]) return false;
  if (any_day_ || any_weekday_) return days_[day] && weekdays_[weekday];
  return days_[day] || weekdays_[weekday];
}

/// `day` counts from 1970 in local time.
std::optional<TimePoint> Recurrence::next_in_day(std::int64_t day, TimePoint after) const {
  const date::local_days midnight{date::days{day}};
  const date::year_month_day date{midnight};
  const date::weekday weekday{midnight};
  if (!has_day(unsigned{date.day()}, unsigned{date.month()}, weekday.c_encoding())) {
    return std::nullopt;
  }
  for (unsigned hour = 0; hour < 24; ++hour) {
    if (!hours_[hour]) continue;
    for (unsigned minute = 0; minute < 60; ++minute) {
      if (!minutes_[minute]) continue;
      const auto local = midnight + hours{hour} + minutes{minute};
      const TimePoint at = Zone::to_instant(zone_.get(), local);
      if (at > after) return at;
    }
  }
  return std::nullopt;
}

TimePoint Recurrence::next(TimePoint time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto local = Zone::to_local(zone_.get(), seconds);
  const std::int64_t today = std::chrono::floor<date::days>(local).time_since_epoch().count();
  for (std::int64_t day = today; day < today + kLongestWait; ++day) {
    if (const auto found = next_in_day(day, time)) return *found;
  }
  return kEndOfTime;
}

std::optional<TimePoint> instant_shown(TimePoint utc, const std::string& zone,
                                       std::string& mistake) {
  if (zone == kUtc) return utc;
  try {
    const auto shown = std::chrono::floor<std::chrono::seconds>(utc);
    return date::locate_zone(zone)->to_sys(date::local_seconds{shown.time_since_epoch()},
                                           date::choose::earliest);
  } catch (const std::runtime_error&) {
    mistake = fmt::format("there is no time zone '{}'", zone);
    return std::nullopt;
  }
}

std::string time_zone_version() {
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");  // "# version 2025b"
  std::string hash;
  std::string word;
  std::string version;
  return file >> hash >> word >> version && word == "version" ? version : "";
}

}  // namespace skyreplay::scaling
