#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace skyreplay {

/// One line of tab-separated text: its fields, and where it stands. A view: the text outlives it.
struct TabSeparatedLine {
  std::uint32_t number = 0;  ///< in the file, from 1
  std::vector<std::string_view> fields;

  /// Where field `i` starts, in bytes from 1; 1 where the line has no such field.
  std::uint32_t column(std::size_t i) const;
};

/// Reads tab-separated text line by line; empty lines and those that start with '#' are passed
/// over.
class TabSeparatedText {
 public:
  explicit TabSeparatedText(std::string_view text) : rest_(text) {}

  /// Reads the next line into `line`, whose memory it reuses. False at the end; `line.number` is
  /// then the number of lines.
  bool next(TabSeparatedLine& line);

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

}  // namespace skyreplay
