#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/atomic_file.h"

namespace skyreplay::report {

/// Bytes on their way to a file: numbers are written in place, whole chunks go out. No number
/// passes through floating point, so the text is the same everywhere.
///
/// **Cost** 3-10 ns a number. A caller reserves room for what it is about to write and then appends
/// without a check; text of unknown length reserves by itself.
class TextBuffer {
 public:
  explicit TextBuffer(AtomicFile& file) : file_(file), bytes_(kChunk + kSlack, '\0') {}

  /// Makes room for `n` more bytes; hands full chunks to the file. Throws MachineError.
  void reserve(std::size_t n) {
    if (used_ + n <= bytes_.size()) return;
    flush();
    if (n > bytes_.size()) bytes_.resize(n);
  }
  void flush() {
    file_.write({bytes_.data(), used_});
    used_ = 0;
  }

  /// Reserves by itself.
  void text(std::string_view bytes) {
    reserve(bytes.size());
    put(bytes);
  }

  // All below REQUIRE reserved room: the text's length, 21 bytes a number.
  void put(char c) { bytes_[used_++] = c; }
  void put(std::string_view bytes) {
    std::memcpy(bytes_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void integer(std::uint64_t value) { to_chars(value); }
  void integer(std::int64_t value) { to_chars(value); }

  /// Nanoseconds as milliseconds, exact, without trailing zeros: 1500000 as "1.5".
  void milliseconds(std::int64_t nanoseconds);
  /// With all nine decimals, so that amounts add up as printed.
  void usd(std::int64_t nano_usd);
  /// numerator / denominator to six decimals, half up, without trailing zeros; exact up to a
  /// denominator of 2^43 (2.4 hours in nanoseconds), above to 2^-42 of the value. REQUIRES
  /// denominator > 0.
  void ratio(std::uint64_t numerator, std::uint64_t denominator);
  /// 100 x numerator / denominator, as ratio().
  void percent(std::uint64_t numerator, std::uint64_t denominator);

 private:
  static constexpr std::size_t kChunk = 1u << 18;
  static constexpr std::size_t kSlack = 1u << 14;

  template <typename Integer>
  void to_chars(Integer value) {
    char* begin = bytes_.data() + used_;
    used_ += static_cast<std::size_t>(std::to_chars(begin, begin + 20, value).ptr - begin);
  }
  /// ".ddddddddd" with exactly Digits digits, less trailing zeros if `trim`. REQUIRES room for all.
  template <int Digits>
  void fraction(std::uint64_t value, bool trim);

  AtomicFile& file_;
  std::string bytes_;
  std::size_t used_ = 0;
};

}  // namespace skyreplay::report
