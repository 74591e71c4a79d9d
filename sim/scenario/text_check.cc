#include "scenario/text_check.h"

#include <fmt/format.h>

namespace skyreplay::scenario {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

/// Bytes of the UTF-8 sequence at `i`, 0 if it is not one (also overlong, surrogate, > U+10FFFF).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const unsigned char first = byte_at(text, i);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte_at(text, i + k) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte_at(text, i + 1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

}  // namespace

void check_text(std::string_view text, std::uint32_t source, Mistakes& mistakes) {
  Place place{source, 1, 1};
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text, i);
    const unsigned char byte = byte_at(text, i);
    if (length == 0) {
      mistakes.fatal(place, "", fmt::format("byte 0x{:02x} is not UTF-8", byte));
    }
    if (is_control(byte)) {
      mistakes.fatal(place, "",
                     fmt::format("control character 0x{:02x}: a scenario is plain text", byte));
    }
    place.line += byte == '\n' ? 1 : 0;
    place.column = byte == '\n' ? 1 : place.column + static_cast<std::uint32_t>(length);
    i += length;
  }
}

}  // namespace skyreplay::scenario
