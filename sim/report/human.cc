#include "report/human.h"

#include <fmt/format.h>

#include <vector>

#include "core/text.h"
#include "report/utf8.h"

namespace skyreplay::report {
namespace {

constexpr std::uint64_t kNano = 1'000'000'000;

std::uint64_t magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

/// |value| / 10^from to `to` decimals, half up, thousands apart.
std::string decimal(std::int64_t value, int from, int to) {
  std::uint64_t unit = 1;
  for (int i = to; i < from; ++i) unit *= 10;
  std::uint64_t power = 1;
  for (int i = 0; i < to; ++i) power *= 10;
  const std::uint64_t rounded = (magnitude(value) + unit / 2) / unit;
  if (to == 0) return grouped(rounded);
  return fmt::format("{}.{:0{}}", grouped(rounded / power), rounded % power, to);
}

std::size_t characters(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return n;
}

}  // namespace

std::string human_ms(std::int64_t nanoseconds) {
  constexpr std::uint64_t kMillisecond = 1'000'000;
  const std::uint64_t size = magnitude(nanoseconds);
  const int decimals = size < 10 * kMillisecond     ? 3
                       : size < 100 * kMillisecond  ? 2
                       : size < 1000 * kMillisecond ? 1
                                                    : 0;
  return (nanoseconds < 0 ? "-" : "") + decimal(nanoseconds, 6, decimals);
}

std::string human_share(std::uint64_t count, std::uint64_t of) {
  if (of == 0) return "";
  const double percent = 100.0 * static_cast<double>(count) / static_cast<double>(of);
  if (count > 0 && percent < 0.005) return "<0.01 %";
  return fmt::format("{:.2f} %", percent);
}

std::string human_usd(std::int64_t nano_usd) { return human_usd(nano_usd, nano_usd); }

std::string human_usd(std::int64_t nano_usd, std::int64_t largest) {
  const std::uint64_t size = magnitude(largest);
  const int decimals = size >= 100 * kNano          ? 2
                       : size >= kNano              ? 4
                       : size >= 1'000 || size == 0 ? 6
                                                    : 9;
  return (nano_usd < 0 ? "-" : "") + decimal(nano_usd, 9, decimals);
}

std::string human_span(Duration span) {
  const double seconds = static_cast<double>(span.count()) / 1e9;
  if (seconds < 120) return fmt::format("{:.4g} s", seconds);
  if (seconds < 7'200) return fmt::format("{:.2f} min", seconds / 60);
  if (seconds < 172'800) return fmt::format("{:.2f} h", seconds / 3'600);
  return fmt::format("{:.2f} d", seconds / 86'400);
}

std::string printable(std::string_view name, std::size_t width) {
  std::vector<std::string_view> shown;
  while (!name.empty()) {
    const std::size_t length = utf8_length(name);
    const bool safe = length > 0 && !is_control(name.substr(0, length));
    shown.push_back(safe ? name.substr(0, length) : std::string_view("?"));
    name.remove_prefix(length == 0 ? 1 : length);
  }
  std::string text;
  const std::size_t tail = (width - 3) / 3;
  const std::size_t head = width - 3 - tail;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown.size() > width && i == head) {
      text += "...";
      i = shown.size() - tail;
    }
    text += shown[i];
  }
  return text;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = characters(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string wrapped(std::string_view text, std::string_view head, std::size_t indent,
                    std::size_t width) {
  std::string lines = padded(head, indent);
  std::size_t used = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!first && used + 1 + characters(word) > width) {
      lines += "\n" + std::string(indent, ' ');
      used = indent;
      first = true;
    }
    if (!first) lines += ' ';
    lines += word;
    used += characters(word) + (first ? 0 : 1);
    first = false;
  }
  return lines + "\n";
}

}  // namespace skyreplay::report
