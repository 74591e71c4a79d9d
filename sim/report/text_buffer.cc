#include "report/text_buffer.h"

#include <bit>

namespace skyreplay::report {
namespace {

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

template <int Digits>
void TextBuffer::fraction(std::uint64_t value, bool trim) {
  if (trim && value == 0) return;
  char* begin = bytes_.data() + used_;
  *begin = '.';
  for (int i = Digits; i > 0; value /= 10) begin[i--] = static_cast<char>('0' + value % 10);
  std::size_t length = Digits + 1;
  while (trim && begin[length - 1] == '0') --length;
  used_ += length;
}

void TextBuffer::milliseconds(std::int64_t nanoseconds) {
  const std::uint64_t size = magnitude(nanoseconds);
  if (nanoseconds < 0) put('-');
  integer(size / 1'000'000);
  fraction<6>(size % 1'000'000, true);
}

void TextBuffer::usd(std::int64_t nano_usd) {
  const std::uint64_t size = magnitude(nano_usd);
  if (nano_usd < 0) put('-');
  integer(size / 1'000'000'000);
  fraction<9>(size % 1'000'000'000, false);
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
  fraction<6>(millionths, true);
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
