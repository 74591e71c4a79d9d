#pragma once

#include <cstdint>
#include <string_view>

#include "report/text_buffer.h"

namespace skyreplay::report {

/// Indented JSON, written as it is said. Our own, because Protobuf's prints 64-bit integers as
/// strings. Integers are exact; whoever reads them into doubles loses digits above 2^53.
class JsonWriter {
 public:
  explicit JsonWriter(AtomicFile& file) : out_(file) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// REQUIRES an object in hand; a value follows.
  void key(std::string_view name);

  /// Quotes, backslashes and control characters are escaped; a byte that is not UTF-8 becomes
  /// U+FFFD.
  void string(std::string_view text);
  /// key() and string().
  void field(std::string_view name, std::string_view text) {
    key(name);
    string(text);
  }
  void integer(std::uint64_t value);
  void boolean(bool value) { literal(value ? "true" : "false"); }
  void null() { literal("null"); }
  void milliseconds(std::int64_t nanoseconds);
  void usd(std::int64_t nano_usd);
  /// numerator / denominator to six decimals; null if the denominator is 0.
  void ratio(std::uint64_t numerator, std::uint64_t denominator);
  /// In percent, as ratio().
  void percent(std::uint64_t numerator, std::uint64_t denominator);
  /// REQUIRES `text` to be a number as JSON spells it.
  void number(std::string_view text) { literal(text); }

  /// Ends the document and hands everything to the file.
  void finish();

 private:
  void open(char bracket);
  void close(char bracket);
  void literal(std::string_view text);
  /// Comma, line break and indentation before a value or key, as its place demands.
  void separate();
  void quoted(std::string_view text);
  void new_line();

  TextBuffer out_;
  std::size_t depth_ = 0;
  bool empty_ = true;       ///< nothing yet in the object or array in hand
  bool after_key_ = false;  ///< the next value belongs behind a key
};

}  // namespace skyreplay::report
