#include "trace/json_items.h"

#include <algorithm>

namespace skyreplay::trace {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

}  // namespace

JsonItems::JsonItems(TextInput input, std::vector<std::string_view> lists,
                     std::size_t max_item_bytes)
    : input_(std::move(input)), lists_(std::move(lists)), max_item_bytes_(max_item_bytes) {
  if (at_hand(2) && std::string_view(buffer_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
  }
}

bool JsonItems::at_hand(std::size_t at) {
  while (at >= buffer_.size() && !ended_) {
    const std::size_t size = buffer_.size();
    buffer_.resize(size + kReadBytes);
    const std::size_t got = input_.read(buffer_.data() + size, kReadBytes);
    buffer_.resize(size + got);
    ended_ = got == 0;
  }
  return at < buffer_.size();
}

void JsonItems::consume(std::size_t to) {
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(to);
  const auto lines = static_cast<std::uint32_t>(std::count(from, end, '\n'));
  next_line_ += lines;
  const std::size_t line_begin = lines > 0 ? buffer_.rfind('\n', to - 1) + 1 : begin_;
  next_column_ = static_cast<std::uint32_t>(to - line_begin) + (lines > 0 ? 1 : next_column_);
  begin_ = to;
}

bool JsonItems::skip_blanks() {
  // What was handed out is not needed any more.
  if (begin_ >= kReadBytes) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  std::size_t at = begin_;
  while (at_hand(at) && (is_blank(buffer_[at]) || (buffer_[at] == ',' && place_ != Place::kTop))) {
    ++at;
    if (at - begin_ < kReadBytes) continue;
    consume(at);
    buffer_.erase(0, begin_);
    begin_ = at = 0;
  }
  consume(at);
  return at_hand(at);
}

JsonItems::Outcome JsonItems::bad(const char* reason) {
  bad_reason_ = reason;
  return Outcome::kBad;
}

JsonItems::Outcome JsonItems::bad_line() {
  place_ = Place::kTop;
  std::size_t at = begin_;
  while (at_hand(at) && buffer_[at] != '\n') {
    if (++at - begin_ < kReadBytes) continue;
    consume(at);
    buffer_.erase(0, begin_);
    begin_ = at = 0;
  }
  consume(at);
  return bad("is no JSON object");
}

JsonItems::Outcome JsonItems::next() {
  for (;;) {
    const bool more = skip_blanks();
    line_ = next_line_;
    column_ = next_column_;
    if (!more && place_ == Place::kTop) return Outcome::kEnd;
    if (!more) {
      place_ = Place::kTop;
      return bad("the JSON text is cut short");
    }
    const char c = buffer_[begin_];
    if (place_ == Place::kTop && c == '[') {
      place_ = Place::kArray;
      enclosing_.clear();
      consume(begin_ + 1);
    } else if (place_ == Place::kArray && c == ']') {
      place_ = Place::kTop;
      consume(begin_ + 1);
    } else if (place_ == Place::kList && c == ']') {
      place_ = Place::kObject;
      consume(begin_ + 1);
    } else if (c == '{' || place_ == Place::kObject) {
      const bool was_list = place_ == Place::kList || place_ == Place::kArray;
      const Outcome outcome = take_object();
      // Of an object with a list in it only the list's items are handed out.
      if (outcome != Outcome::kItem || was_list || length_ > 0) return outcome;
    } else {
      return bad_line();
    }
  }
}

JsonItems::Outcome JsonItems::take_object() {
  const bool is_rest = place_ == Place::kObject;
  const bool is_top = is_rest || place_ == Place::kTop;
  const Found found = scan(is_rest ? 1 : 0, is_top);
  item_ = begin_;
  length_ = is_rest || found == Found::kList ? 0 : scanned_ - begin_;
  if (found == Found::kList && !is_rest) enclosing_ = buffer_.substr(begin_, scanned_ - begin_);
  if (found == Found::kEnd && is_top) {
    place_ = Place::kTop;
    enclosing_.clear();
  }
  if (found == Found::kList) place_ = Place::kList;
  consume(scanned_);
  if (found == Found::kTooLong) {
    return bad(max_item_bytes_ == kMaxItemBytes ? "the JSON object is longer than 1 MiB"
                                                : "the JSON object is longer than 64 MiB");
  }
  if (found == Found::kCutShort) {
    place_ = Place::kTop;
    return bad("the JSON text is cut short");
  }
  return Outcome::kItem;
}

bool JsonItems::is_list(std::size_t string_begin, std::size_t& at) {
  const std::string_view name =
      std::string_view(buffer_).substr(string_begin, at - 1 - string_begin);
  if (std::find(lists_.begin(), lists_.end(), name) == lists_.end()) return false;
  std::size_t ahead = at;
  for (const char expected : {':', '['}) {
    while (at_hand(ahead) && ahead - at < kReadBytes && is_blank(buffer_[ahead])) ++ahead;
    if (!at_hand(ahead) || buffer_[ahead] != expected) return false;
    ++ahead;
  }
  at = ahead;
  return true;
}

JsonItems::Found JsonItems::scan(int depth, bool look_for_lists) {
  std::size_t string_begin = 0;
  bool in_string = false;
  bool too_long = false;
  for (std::size_t at = begin_; at_hand(at);) {
    if (at - begin_ > max_item_bytes_) {
      too_long = true;
      consume(at);
      buffer_.erase(0, begin_);
      string_begin = 0;
      begin_ = at = 0;
      continue;
    }
    const char c = buffer_[at++];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
      if (in_string || !look_for_lists || depth != 1 || too_long) continue;
      scanned_ = at;
      if (!is_list(string_begin, scanned_)) continue;
      return Found::kList;
    } else if (c == '"') {
      in_string = true;
      string_begin = at;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth <= 0) {
      scanned_ = at;
      return too_long ? Found::kTooLong : Found::kEnd;
    }
  }
  scanned_ = buffer_.size();
  return Found::kCutShort;
}

}  // namespace skyreplay::trace
