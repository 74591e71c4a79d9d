#include "trace/text_time.h"

#include <algorithm>
#include <string>

namespace skyreplay::trace {
namespace {

bool has_digits(std::string_view text, std::size_t from, std::size_t count) {
  return text.size() >= from + count &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                     text.begin() + static_cast<std::ptrdiff_t>(from + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_a_date(std::string_view text) {
  return has_digits(text, 0, 4) && has_digits(text, 5, 2) && has_digits(text, 8, 2) &&
         text[4] == '-' && text[7] == '-';
}

}  // namespace

TextTime parse_text_time(std::string_view text, TimePoint& time) {
  if (!looks_like_a_date(text)) return TextTime::kNotATime;
  if (parse_rfc3339(text, time)) return TextTime::kRead;
  std::string usual(text);
  if (usual.size() > 10 && usual[10] == ' ') usual[10] = 'T';
  const bool has_zone = usual.size() > 10 && usual.find_first_of("Zz+-", 10) != std::string::npos;
  if (usual.size() > 10 && !has_zone) usual += 'Z';
  if (parse_rfc3339(usual, time)) return TextTime::kRead;
  // The same date in a year that is certainly in range tells a bad date from an old one.
  const bool old = usual.compare(0, 4, "1970") < 0;
  TimePoint ignored;
  usual.replace(0, 4, "2000");
  return old && parse_rfc3339(usual, ignored) ? TextTime::kBefore1970 : TextTime::kNotATime;
}

TextTime parse_common_log_time(std::string_view text, TimePoint& time) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr std::string_view kShape = "dd/Mon/yyyy:hh:mm:ss +hhmm";
  if (text.size() == kShape.size() + 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, kShape.size());
  }
  if (text.size() != kShape.size() || text[2] != '/' || text[6] != '/' || text[11] != ':' ||
      text[20] != ' ') {
    return TextTime::kNotATime;
  }
  const std::size_t month = kMonths.find(text.substr(3, 3));
  if (month == std::string_view::npos || month % 3 != 0) return TextTime::kNotATime;
  // The same in RFC 3339, which knows every rule about dates.
  std::string usual = "yyyy-mm-ddThh:mm:ss+hh:mm";
  usual.replace(0, 4, text.substr(7, 4));
  usual[5] = month / 3 < 9 ? '0' : '1';
  usual[6] = static_cast<char>('0' + (month / 3 + 1) % 10);
  usual.replace(8, 2, text.substr(0, 2));
  usual.replace(11, 8, text.substr(12, 8));
  usual.replace(19, 3, text.substr(21, 3));
  usual.replace(23, 2, text.substr(24, 2));
  return parse_text_time(usual, time);
}

}  // namespace skyreplay::trace
