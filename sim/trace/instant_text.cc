#include "trace/instant_text.h"

#include <fmt/format.h>

#include <array>

namespace skyreplay::trace {

void append_integer(std::uint64_t value, std::string& out) {
  const fmt::format_int text(value);
  out.append(text.data(), text.size());
}

void append_digits(std::uint64_t value, int digits, std::string& out) {
  std::array<char, 9> text{};
  for (int i = digits; i-- > 0; value /= 10) {
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(text.data(), static_cast<std::size_t>(digits));
}

std::uint64_t InstantText::append_second(TimePoint time, std::string& out) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_ || text_.empty()) {
    second_ = second;
    text_ = to_rfc3339(TimePoint{second});
    text_.pop_back();  // the zone
  }
  out += text_;
  return static_cast<std::uint64_t>((time - second).count());
}

void InstantText::append(TimePoint time, std::string& out) {
  const std::uint64_t rest = append_second(time, out);
  if (rest != 0) {
    out += '.';
    append_digits(rest, 9, out);
    out.erase(out.find_last_not_of('0') + 1);
  }
  out += 'Z';
}

void InstantText::append(TimePoint time, int decimals, std::string& out) {
  std::uint64_t rest = append_second(time, out);
  for (int i = decimals; i < 9; ++i) rest /= 10;
  out += '.';
  append_digits(rest, decimals, out);
  out += 'Z';
}

}  // namespace skyreplay::trace
