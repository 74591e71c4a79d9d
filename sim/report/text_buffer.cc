#include "report/text_buffer.h"

#include <array>
#include <bit>

namespace skyreplay::report {
namespace {

constexpr std::array<std::uint64_t, 10> kPowersOfTen = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

void TextBuffer::fraction(std::uint64_t value, int digits, bool trim) {
  if (trim && value == 0) return;
  while (trim && value % 10 == 0) {
    value /= 10;
    --digits;
  }
  put('.');
  char* begin = bytes_.data() + used_;
  for (int i = digits; i-- > 0; value /= 10) begin[i] = static_cast<char>('0' + value % 10);
  used_ += static_cast<std::size_t>(digits);
}

void TextBuffer::scaled(std::int64_t value, int decimals) {
  const std::uint64_t power = kPowersOfTen[static_cast<std::size_t>(decimals)];
  const std::uint64_t size = magnitude(value);
  if (value < 0) put('-');
  integer(size / power);
  fraction(size % power, decimals, true);
}

void TextBuffer::usd(std::int64_t nano_usd) {
  const std::uint64_t size = magnitude(nano_usd);
  if (nano_usd < 0) put('-');
  integer(size / 1'000'000'000);
  fraction(size % 1'000'000'000, 9, false);
}

void TextBuffer::ratio(std::uint64_t numerator, std::uint64_t denominator) {
  // The remainder times 10^6 has to fit: at most 43 bits, else drop the lowest ones of both.
  const int excess = static_cast<int>(std::bit_width(denominator)) - 43;
  if (excess > 0) {
    numerator >>= excess;
    denominator >>= excess;
  }
  std::uint64_t whole = numerator / denominator;
  const std::uint64_t rest = numerator % denominator;
  std::uint64_t millionths = (rest * 1'000'000 + denominator / 2) / denominator;
  if (millionths == 1'000'000) {
    ++whole;
    millionths = 0;
  }
  integer(whole);
  fraction(millionths, 6, true);
}

void TextBuffer::percent(std::uint64_t numerator, std::uint64_t denominator) {
  const int excess = static_cast<int>(std::bit_width(numerator)) - 57;  // 100 is below 2^7
  if (excess > 0) {
    numerator >>= excess;
    denominator >>= excess;
  }
  ratio(numerator * 100, denominator);
}

}  // namespace skyreplay::report
