#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "trace/text_input.h"

namespace skyreplay::trace {

/// The lines of a text (LF or CRLF; a byte order mark and empty lines are passed over). Memory: one
/// line, which may be at most 1 MiB long, and a buffer.
class LineReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 1 << 20;

  enum class Outcome : std::uint8_t {
    kLine,
    kBad,  ///< too long, or with a NUL byte: see bad_reason(); reading goes on behind it
    kEnd,
  };

  /// Takes over `input`.
  explicit LineReader(TextInput input) : input_(std::move(input)) {}

  Outcome next();
  /// The line without its end, valid until the next call of next().
  std::string_view line() const { return line_; }
  /// In few words that do not depend on the line.
  const std::string& bad_reason() const { return bad_reason_; }
  const std::string& name() const { return input_.name(); }
  std::uint32_t number() const { return number_; }
  /// Line numbers count from 1, columns count bytes from 1.
  SourcePosition position(std::uint32_t column) const { return {input_.name(), number_, column}; }

 private:
  /// Takes the next raw line into line_; false at the end of the text.
  bool take();
  /// Where the line in hand ends, from begin_ on: its line feed, the end of the text, or kTooLong.
  std::size_t find_end();
  bool refill();
  void skip_long_line();

  static constexpr std::size_t kTooLong = static_cast<std::size_t>(-1);

  TextInput input_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of the next line in buffer_
  bool ended_ = false;
  bool too_long_ = false;  ///< the line in hand
  std::uint32_t number_ = 0;
  std::string_view line_;
  std::string bad_reason_;
};

}  // namespace skyreplay::trace
