#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "report/human.h"

namespace skyreplay::sweep {

/// Lines of a printed report, none wider than a terminal is taken to be.
class TextLines {
 public:
  static constexpr std::size_t kWidth = 100;

  /// One line; blanks at its end are left off.
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_.erase(text_.find_last_not_of(' ') + 1);
    text_ += '\n';
  }
  /// Broken at blanks; further lines are indented by `indent`, the first begins with `head`.
  void paragraph(std::string_view text, std::string_view head, std::size_t indent) {
    text_ += report::wrapped(text, head, indent, kWidth);
  }
  void blank() { text_ += '\n'; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace skyreplay::sweep
