#include "trace/decimal.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace skyreplay::trace {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kMaxDigits = 19;  // what fits 64 bits for certain
constexpr int kMaxExponent = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// mantissa × 10^exponent; digits beyond the 19th significant one are dropped.
struct Decimal {
  std::uint64_t mantissa = 0;
  int exponent = 0;
};

bool take_digits(std::string_view& text, Decimal& number) {
  int digits = 0;
  int seen = 0;
  bool point = false;
  while (!text.empty() && (is_digit(text.front()) || (text.front() == '.' && !point))) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '.') {
      point = true;
      continue;
    }
    ++seen;
    const bool kept = digits < kMaxDigits;
    if (kept) {
      number.mantissa = number.mantissa * 10 + static_cast<std::uint64_t>(c - '0');
      if (number.mantissa > 0) ++digits;
    }
    if (point && kept) --number.exponent;
    if (!point && !kept) number.exponent = std::min(number.exponent + 1, kMaxExponent);
  }
  return seen > 0;
}

bool take_exponent(std::string_view& text, Decimal& number) {
  if (text.empty() || (text.front() != 'e' && text.front() != 'E')) return true;
  text.remove_prefix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  number.exponent += std::clamp(exponent, -kMaxExponent, kMaxExponent);
  return true;
}

NumberError parse_decimal(std::string_view text, Decimal& number) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
  if (!take_digits(text, number) || !take_exponent(text, number) || !text.empty()) {
    return NumberError::kNotANumber;
  }
  return negative && number.mantissa > 0 ? NumberError::kNegative : NumberError::kNone;
}

}  // namespace

NumberError parse_scaled(std::string_view text, std::int64_t scale, std::int64_t& value) {
  Decimal number;
  if (const NumberError error = parse_decimal(text, number); error != NumberError::kNone) {
    return error;
  }
  constexpr Wide kLimit = std::numeric_limits<std::int64_t>::max();
  Wide product = static_cast<Wide>(number.mantissa) * static_cast<Wide>(scale);
  for (; number.exponent > 0 && product > 0; --number.exponent) {
    product *= 10;
    if (product > kLimit) return NumberError::kTooLarge;
  }
  Wide divisor = 1;
  for (; number.exponent < 0 && divisor <= 2 * product; ++number.exponent) divisor *= 10;
  if (number.exponent < 0) product = 0;  // below one half
  product = (product + divisor / 2) / divisor;
  if (product > kLimit) return NumberError::kTooLarge;
  value = static_cast<std::int64_t>(product);
  return NumberError::kNone;
}

NumberError parse_count(std::string_view text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return NumberError::kNone;
  Decimal number;
  if (const NumberError problem = parse_decimal(text, number); problem != NumberError::kNone) {
    return problem;
  }
  for (; number.exponent < 0 && number.mantissa % 10 == 0 && number.mantissa > 0; ++number.exponent)
    number.mantissa /= 10;
  if (number.mantissa > 0 && number.exponent < 0) return NumberError::kNotANumber;
  Wide whole = number.mantissa;
  for (; number.exponent > 0 && whole > 0; --number.exponent) {
    whole *= 10;
    if (whole > std::numeric_limits<std::uint64_t>::max()) return NumberError::kTooLarge;
  }
  value = static_cast<std::uint64_t>(whole);
  return NumberError::kNone;
}

const char* to_string(NumberError error) {
  switch (error) {
    case NumberError::kNone:
      return "is a number";
    case NumberError::kNotANumber:
      return "is not a number";
    case NumberError::kNegative:
      return "is negative";
    case NumberError::kTooLarge:
      return "is too large";
  }
  return "";
}

}  // namespace skyreplay::trace
