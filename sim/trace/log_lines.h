#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trace/import.h"
#include "trace/line_reader.h"

namespace skyreplay::trace {

/// The lines of all inputs of an import, one after the other, and complaints about the one in hand.
class LogLines {
 public:
  explicit LogLines(ImportJob& job) : job_(job) {}

  /// Hands each line to `take`, after `begin` at the start of each input; a line that cannot be
  /// read is a bad row.
  template <typename Begin, typename Take>
  void each(Begin begin, Take take) {
    for (TextInput& input : job_.inputs) {
      LineReader reader(std::move(input));
      reader_ = &reader;
      begin();
      for (auto outcome = reader.next(); outcome != LineReader::Outcome::kEnd;
           outcome = reader.next()) {
        if (outcome == LineReader::Outcome::kBad) {
          job_.bad.add(reader.position(0), reader.bad_reason());
        } else {
          take(reader.line());
        }
      }
    }
  }
  template <typename Take>
  void each(Take take) {
    each([] {}, take);
  }

  /// REQUIRES that a line is in hand. Column 0 is the line as a whole.
  SourcePosition position(std::uint32_t column) const { return reader_->position(column); }
  /// The line in hand is a bad row: what `name` calls "is not a number". Always false.
  bool wrong(std::uint32_t column, std::string_view name, std::string_view what,
             std::string_view text) const;

 private:
  ImportJob& job_;
  LineReader* reader_ = nullptr;  ///< of the input in hand
};

}  // namespace skyreplay::trace
