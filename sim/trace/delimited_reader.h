#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "trace/text_input.h"

namespace skyreplay::trace {

/// Comma-separated records of a text (RFC 4180: quoted fields may hold commas, line ends and
/// doubled quotes; LF or CRLF; a byte order mark and empty lines are passed over). Memory: one
/// record, which may be at most 1 MiB long.
class DelimitedReader {
 public:
  static constexpr std::size_t kMaxRecordBytes = 1 << 20;

  /// A field's bytes, quotes removed, valid until the next call of next(); columns count bytes
  /// from 1.
  struct Field {
    std::string_view text;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };
  enum class Outcome {
    kRecord,
    kBad,  ///< the line is no record: see bad_reason(); reading goes on behind its line end
    kEnd,
  };

  /// Takes over `input`. Line numbers count from 1.
  explicit DelimitedReader(TextInput input);

  Outcome next();
  const std::vector<Field>& fields() const { return fields_; }
  /// The first line of the record or bad line last returned.
  std::uint32_t line() const { return line_; }
  /// Why the line was bad, in few words that do not depend on the line, and where.
  const std::string& bad_reason() const { return bad_reason_; }
  SourcePosition bad_position() const { return {name_, line_, bad_column_}; }
  SourcePosition position(const Field& field) const { return {name_, field.line, field.column}; }
  const std::string& name() const { return name_; }

 private:
  /// Where a line ends, counted from begin_: its line feed, the end of the input, or kTooLong.
  std::size_t find_line_end(std::size_t from);
  /// The same for a record whose quotes may span lines.
  std::size_t find_record_end(std::size_t line_end);
  bool refill();
  Outcome take_record(std::size_t line_end);
  Outcome skip_long_line();
  Outcome bad(const char* reason, std::size_t at, std::size_t line_end);
  void split(std::string_view record);
  /// Both false where quoting is wrong: `at` is then the offset of the mistake.
  bool take_quoted(std::string_view record, std::size_t& at);
  bool split_quoted(std::string_view record, std::size_t& at);
  void add_field(std::string_view record, std::size_t from, std::size_t to);
  void halve_doubled_quotes();
  void consume(std::size_t length);

  static constexpr std::size_t kTooLong = static_cast<std::size_t>(-1);

  TextInput input_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of the next record in buffer_
  bool ended_ = false;
  std::uint32_t next_line_ = 1;
  std::uint32_t line_ = 0;
  std::uint32_t field_line_ = 0;      ///< while splitting: the line in hand
  std::size_t field_line_start_ = 0;  ///< and its offset in the record
  std::vector<Field> fields_;
  std::vector<std::size_t> doubled_;  ///< fields with doubled quotes, still to be halved
  std::string bad_reason_;
  std::uint32_t bad_column_ = 0;
};

}  // namespace skyreplay::trace
