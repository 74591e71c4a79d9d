#include "core/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace skyreplay {
namespace {

using std::chrono::days;
using std::chrono::seconds;

/// Room for a product of two 64-bit numbers.
__extension__ using Wide = __int128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A reader of fixed-width fields: every take_* returns false once something did not fit.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }

  bool take(char expected) {
    if (peek() != expected || done()) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool take_number(std::size_t digits, int& value) {
    if (text_.size() < digits) return false;
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(text_[i])) return false;
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    value = number;
    return true;
  }

  /// One to nine digits after a point, as nanoseconds.
  bool take_fraction(std::int64_t& nanoseconds) {
    std::int64_t scale = 1'000'000'000;
    nanoseconds = 0;
    while (is_digit(peek())) {
      if (scale == 1) return false;
      scale /= 10;
      nanoseconds += scale * (peek() - '0');
      text_.remove_prefix(1);
    }
    return scale < 1'000'000'000;
  }

 private:
  std::string_view text_;
};

bool take_date(Scanner& scan, std::chrono::sys_days& date) {
  int year = 0, month = 0, day = 0;
  if (!scan.take_number(4, year) || !scan.take('-') || !scan.take_number(2, month) ||
      !scan.take('-') || !scan.take_number(2, day)) {
    return false;
  }
  const std::chrono::year_month_day ymd{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return false;
  date = ymd;
  return true;
}

bool take_clock(Scanner& scan, seconds& clock, std::int64_t& fraction) {
  int hour = 0, minute = 0, second = 0;
  if (!scan.take_number(2, hour) || !scan.take(':') || !scan.take_number(2, minute) ||
      !scan.take(':') || !scan.take_number(2, second)) {
    return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  clock = std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
  return !scan.take('.') || scan.take_fraction(fraction);
}

bool take_zone(Scanner& scan, seconds& offset) {
  if (scan.take('Z') || scan.take('z')) return true;
  const char sign = scan.peek();
  int hours = 0, minutes = 0;
  if (!scan.take('+') && !scan.take('-')) return false;
  if (!scan.take_number(2, hours) || !scan.take(':') || !scan.take_number(2, minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  if (sign == '-') offset = -offset;
  return true;
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

/// From the longest to the shortest: a spelling names each at most once and in this order.
constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

/// Index into kUnits of the letters at the front of `text`, which are removed; 7 if they are none.
std::size_t take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && !is_digit(text[length]) && text[length] != '.') ++length;
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  std::size_t unit = 0;
  while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
  return unit;
}

/// A decimal number split at its point: whole.fraction with `scale` = 10^digits of the fraction.
struct Decimal {
  Wide whole = 0;
  std::int64_t fraction = 0;
  std::int64_t scale = 1;
};

bool take_decimal(std::string_view& text, Decimal& number) {
  constexpr std::int64_t kLimit = std::numeric_limits<std::int64_t>::max();
  std::size_t digits = 0;
  bool point = false;
  for (; !text.empty() && (is_digit(text.front()) || text.front() == '.'); text.remove_prefix(1)) {
    if (text.front() == '.') {
      if (point || digits == 0) return false;
      point = true;
      digits = 0;
      continue;
    }
    ++digits;
    const int digit = text.front() - '0';
    if (!point) {
      number.whole = number.whole * 10 + digit;
      if (number.whole > kLimit) return false;
    } else if (number.scale < 1'000'000'000'000'000'000) {
      // Digits beyond the eighteenth cannot move the nearest nanosecond of any unit.
      number.fraction = number.fraction * 10 + digit;
      number.scale *= 10;
    }
  }
  return digits > 0;
}

}  // namespace

Duration multiplied(Duration duration, double factor) {
  if (factor == 1) return duration;
  constexpr double kLongest = 0x1p61;
  const double product = static_cast<double>(duration.count()) * factor;
  return Duration{static_cast<std::int64_t>(std::min(product, kLongest) + 0.5)};
}

std::string to_rfc3339(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    text += fmt::format(".{:09d}", clock.subseconds().count());
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + 'Z';
}

bool parse_rfc3339(std::string_view text, TimePoint& time) {
  Scanner scan(text);
  std::chrono::sys_days date;
  seconds clock{0}, offset{0};
  std::int64_t fraction = 0;
  if (!take_date(scan, date)) return false;
  if (!scan.done()) {
    if (!scan.take('T') && !scan.take('t')) return false;
    if (!take_clock(scan, clock, fraction) || !take_zone(scan, offset) || !scan.done()) {
      return false;
    }
  }
  const std::chrono::sys_seconds whole = date + clock - offset;
  constexpr auto kLast = std::chrono::floor<seconds>(kEndOfTime) - seconds{1};
  if (whole < std::chrono::sys_seconds{} || whole > kLast) return false;
  time = TimePoint(whole) + Duration(fraction);
  return true;
}

bool parse_duration(std::string_view text, Duration& duration) {
  Wide total = 0;
  std::size_t last_unit = 0;
  if (text.empty()) return false;
  for (bool first = true; !text.empty(); first = false) {
    Decimal number;
    if (!take_decimal(text, number)) return false;
    const std::size_t unit = take_unit(text);
    if (unit == kUnits.size() || (!first && unit <= last_unit)) return false;
    last_unit = unit;
    const std::int64_t ns = kUnits[unit].nanoseconds;
    total += number.whole * ns +
             (2 * Wide{number.fraction} * ns + number.scale) / (2 * Wide{number.scale});
    if (total > std::numeric_limits<std::int64_t>::max()) return false;
  }
  duration = Duration(static_cast<std::int64_t>(total));
  return true;
}

std::string format_duration(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text;
  if (rest < 0) text = "-";
  // Negated piece by piece: the most negative value has no positive twin.
  for (const Unit& unit : kUnits) {
    if (unit.nanoseconds < 1'000'000'000) break;
    if (unit.name == "s") break;
    const std::int64_t count = rest / unit.nanoseconds;
    rest %= unit.nanoseconds;
    if (count != 0) text += fmt::format("{}{}", count < 0 ? -count : count, unit.name);
  }
  if (rest < 0) rest = -rest;
  if (rest == 0) return text;
  const bool alone = text.empty() || text == "-";
  std::size_t unit = 3;
  while (alone && rest < kUnits[unit].nanoseconds) ++unit;
  text += std::to_string(rest / kUnits[unit].nanoseconds);
  if (const std::int64_t fraction = rest % kUnits[unit].nanoseconds; fraction != 0) {
    const auto digits = std::to_string(kUnits[unit].nanoseconds).size() - 1;
    text += fmt::format(".{:0{}d}", fraction, digits);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + std::string(kUnits[unit].name);
}

}  // namespace skyreplay
