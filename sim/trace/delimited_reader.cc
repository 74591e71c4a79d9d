#include "trace/delimited_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace skyreplay::trace {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_carriage_return(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::uint32_t column_of(std::size_t offset) { return static_cast<std::uint32_t>(offset + 1); }

}  // namespace

DelimitedReader::DelimitedReader(TextInput input) : input_(std::move(input)), name_(input_.name()) {
  while (buffer_.size() < kByteOrderMark.size() && refill()) {
  }
  if (buffer_.starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
}

bool DelimitedReader::refill() {
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

std::size_t DelimitedReader::find_line_end(std::size_t from) {
  while (true) {
    const std::size_t length = buffer_.size() - begin_;
    const char* base = buffer_.data() + begin_;
    const void* found = from < length ? std::memchr(base + from, '\n', length - from) : nullptr;
    const std::size_t end = found != nullptr
                                ? static_cast<std::size_t>(static_cast<const char*>(found) - base)
                                : length;
    if (end > kMaxRecordBytes) return kTooLong;
    if (found != nullptr) return end;
    from = length;
    if (!refill()) return length;
  }
}

std::size_t DelimitedReader::find_record_end(std::size_t line_end) {
  std::size_t from = 0;
  bool open = false;
  while (true) {
    const char* base = buffer_.data() + begin_;
    open ^= std::count(base + from, base + line_end, '"') % 2 != 0;
    if (!open) return line_end;
    if (begin_ + line_end >= buffer_.size()) return kTooLong;  // the input ends inside quotes
    from = line_end + 1;
    line_end = find_line_end(from);
    if (line_end == kTooLong) return kTooLong;
  }
}

DelimitedReader::Outcome DelimitedReader::next() {
  while (true) {
    line_ = next_line_;
    const std::size_t line_end = find_line_end(0);
    if (line_end == kTooLong) return skip_long_line();
    const std::string_view line(buffer_.data() + begin_, line_end);
    if (line.empty() && begin_ + line_end >= buffer_.size()) return Outcome::kEnd;
    if (!without_carriage_return(line).empty()) return take_record(line_end);
    consume(line_end);
  }
}

void DelimitedReader::consume(std::size_t length) {
  const char* base = buffer_.data() + begin_;
  next_line_ += 1 + static_cast<std::uint32_t>(std::count(base, base + length, '\n'));
  begin_ = std::min(begin_ + length + 1, buffer_.size());
}

DelimitedReader::Outcome DelimitedReader::bad(const char* reason, std::size_t at,
                                              std::size_t line_end) {
  bad_reason_ = reason;
  bad_column_ = column_of(at);
  consume(line_end);
  return Outcome::kBad;
}

DelimitedReader::Outcome DelimitedReader::skip_long_line() {
  bad_reason_ = "the line is longer than 1 MiB";
  bad_column_ = column_of(kMaxRecordBytes);
  ++next_line_;
  while (true) {
    const std::size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos) {
      begin_ = end + 1;
      return Outcome::kBad;
    }
    begin_ = buffer_.size();
    if (!refill()) return Outcome::kBad;
  }
}

DelimitedReader::Outcome DelimitedReader::take_record(std::size_t line_end) {
  std::string_view record(buffer_.data() + begin_, line_end);
  if (const std::size_t nul = record.find('\0'); nul != std::string_view::npos) {
    return bad("the line holds a NUL byte", nul, line_end);
  }
  fields_.clear();
  field_line_ = line_;
  field_line_start_ = 0;
  if (record.find('"') == std::string_view::npos) {
    split(without_carriage_return(record));
    consume(line_end);
    return Outcome::kRecord;
  }
  const std::size_t record_end = find_record_end(line_end);
  if (record_end == kTooLong) {
    const std::size_t quote = std::string_view(buffer_).substr(begin_).find('"');
    return bad("a quote is opened and not closed within 1 MiB", quote, line_end);
  }
  record = std::string_view(buffer_.data() + begin_, record_end);
  std::size_t mistake = 0;
  if (!split_quoted(without_carriage_return(record), mistake)) {
    return bad("a quote stands inside a field or is followed by more than a comma",
               mistake - std::min(mistake, field_line_start_), line_end);
  }
  consume(record_end);
  halve_doubled_quotes();
  return Outcome::kRecord;
}

void DelimitedReader::add_field(std::string_view record, std::size_t from, std::size_t to) {
  fields_.push_back(
      {record.substr(from, to - from), field_line_, column_of(from - field_line_start_)});
}

void DelimitedReader::split(std::string_view record) {
  std::size_t from = 0;
  while (true) {
    const std::size_t comma = record.find(',', from);
    if (comma == std::string_view::npos) break;
    add_field(record, from, comma);
    from = comma + 1;
  }
  add_field(record, from, record.size());
}

bool DelimitedReader::take_quoted(std::string_view record, std::size_t& at) {
  const std::size_t from = at + 1;
  const std::uint32_t line = field_line_;
  const std::size_t line_start = field_line_start_;
  bool doubled = false;
  for (std::size_t to = from; to < record.size(); ++to) {
    if (record[to] == '\n') {
      ++field_line_;
      field_line_start_ = to + 1;
    } else if (record[to] == '"' && to + 1 < record.size() && record[to + 1] == '"') {
      doubled = true;
      ++to;
    } else if (record[to] == '"') {
      fields_.push_back({record.substr(from, to - from), line, column_of(from - line_start)});
      if (doubled) doubled_.push_back(fields_.size() - 1);
      at = to + 1;
      return true;
    }
  }
  return false;
}

bool DelimitedReader::split_quoted(std::string_view record, std::size_t& at) {
  doubled_.clear();
  while (true) {
    if (at < record.size() && record[at] == '"') {
      if (!take_quoted(record, at)) return false;
    } else {
      const std::size_t end = std::min(record.find(',', at), record.size());
      const std::size_t quote = std::min(record.find('"', at), end);
      if (quote < end) return at = quote, false;
      add_field(record, at, end);
      at = end;
    }
    if (at >= record.size()) return true;
    if (record[at] != ',') return false;
    ++at;
  }
}

void DelimitedReader::halve_doubled_quotes() {
  for (const std::size_t index : doubled_) {
    // The text lies in our own buffer and only shrinks.
    char* const start = buffer_.data() + (fields_[index].text.data() - buffer_.data());
    const std::string_view text = fields_[index].text;
    char* out = start;
    for (std::size_t i = 0; i < text.size(); ++i) {
      *out++ = text[i];
      if (text[i] == '"') ++i;
    }
    fields_[index].text = std::string_view(start, static_cast<std::size_t>(out - start));
  }
}

}  // namespace skyreplay::trace
