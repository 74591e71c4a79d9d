#include "trace/line_reader.h"

#include <algorithm>

namespace skyreplay::trace {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

LineReader::Outcome LineReader::next() {
  while (take()) {
    if (too_long_) {
      bad_reason_ = "the line is longer than 1 MiB";
      return Outcome::kBad;
    }
    if (line_.find('\0') != std::string_view::npos) {
      bad_reason_ = "the line holds a NUL byte";
      return Outcome::kBad;
    }
    if (!line_.empty()) return Outcome::kLine;
  }
  return Outcome::kEnd;
}

bool LineReader::take() {
  const std::size_t end = find_end();
  too_long_ = end == kTooLong;
  if (too_long_) {
    ++number_;
    skip_long_line();
    return true;
  }
  if (end == begin_ && end == buffer_.size()) return false;
  ++number_;
  line_ = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = std::min(end + 1, buffer_.size());
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  if (number_ == 1 && line_.starts_with(kByteOrderMark)) {
    line_.remove_prefix(kByteOrderMark.size());
  }
  return true;
}

std::size_t LineReader::find_end() {
  for (std::size_t looked = 0;;) {
    const std::size_t found = buffer_.find('\n', begin_ + looked);
    const std::size_t length = std::min(found, buffer_.size()) - begin_;
    if (length > kMaxLineBytes) return kTooLong;
    if (found != std::string::npos) return found;
    looked = length;
    if (!refill()) return buffer_.size();
  }
}

bool LineReader::refill() {
  if (ended_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kReadBytes);
  const std::size_t got = input_.read(buffer_.data() + size, kReadBytes);
  buffer_.resize(size + got);
  ended_ = got == 0;
  return !ended_;
}

void LineReader::skip_long_line() {
  for (;;) {
    const std::size_t found = buffer_.find('\n', begin_);
    begin_ = std::min(found, buffer_.size() - 1) + 1;
    if (found != std::string::npos || !refill()) return;
  }
}

}  // namespace skyreplay::trace
