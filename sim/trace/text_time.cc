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

}  // namespace skyreplay::trace
