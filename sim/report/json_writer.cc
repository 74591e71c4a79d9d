#include "report/json_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/utf8.h"

namespace skyreplay::report {
namespace {

constexpr std::size_t kNumberBytes = 40;

}  // namespace

void JsonWriter::new_line() {
  out_.reserve(1 + 2 * depth_);
  out_.put('\n');
  for (std::size_t i = 0; i < 2 * depth_; ++i) out_.put(' ');
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!empty_) out_.text(",");
  if (depth_ > 0) new_line();
  empty_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  out_.text({&bracket, 1});
  ++depth_;
  empty_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!empty_) new_line();
  out_.text({&bracket, 1});
  empty_ = false;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quoted(name);
  out_.text(": ");
  after_key_ = true;
}

void JsonWriter::literal(std::string_view text) {
  separate();
  out_.text(text);
}

void JsonWriter::string(std::string_view text) {
  separate();
  quoted(text);
}

void JsonWriter::quoted(std::string_view text) {
  out_.text("\"");
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  while (!text.empty()) {
    // Nearly all text is plain ASCII: whole stretches of it go out at once.
    const auto end = std::find_if_not(text.begin(), text.end(), plain);
    if (end != text.begin()) {
      const auto stretch = static_cast<std::size_t>(end - text.begin());
      out_.text(text.substr(0, stretch));
      text.remove_prefix(stretch);
      continue;
    }
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      out_.text("\xef\xbf\xbd");
    } else if (c == '"' || c == '\\') {
      out_.text(c == '"' ? "\\\"" : "\\\\");
    } else if (is_control(text.substr(0, length))) {
      // Of two bytes the second is the number: U+0080 to U+009F are 0xC2 0x80 to 0xC2 0x9F.
      out_.text(fmt::format("\\u{:04x}", static_cast<unsigned char>(text[length - 1])));
    } else {
      out_.text(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_.text("\"");
}

void JsonWriter::integer(std::uint64_t value) {
  separate();
  out_.reserve(kNumberBytes);
  out_.integer(value);
}

void JsonWriter::milliseconds(std::int64_t nanoseconds) {
  separate();
  out_.reserve(kNumberBytes);
  out_.milliseconds(nanoseconds);
}

void JsonWriter::usd(std::int64_t nano_usd) {
  separate();
  out_.reserve(kNumberBytes);
  out_.usd(nano_usd);
}

void JsonWriter::ratio(std::uint64_t numerator, std::uint64_t denominator) {
  if (denominator == 0) return null();
  separate();
  out_.reserve(kNumberBytes);
  out_.ratio(numerator, denominator);
}

void JsonWriter::percent(std::uint64_t numerator, std::uint64_t denominator) {
  if (denominator == 0) return null();
  separate();
  out_.reserve(kNumberBytes);
  out_.percent(numerator, denominator);
}

void JsonWriter::finish() {
  out_.text("\n");
  out_.flush();
}

}  // namespace skyreplay::report
