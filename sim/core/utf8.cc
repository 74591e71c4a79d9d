#include "core/utf8.h"

namespace skyreplay {
namespace {

struct Form {
  unsigned char first_low, first_high;    ///< lead bytes of this form
  unsigned char second_low, second_high;  ///< the first continuation byte, narrower where overlong
  std::size_t length;
};

constexpr Form kForms[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

unsigned char byte(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  for (const Form& form : kForms) {
    if (byte(text, 0) < form.first_low || byte(text, 0) > form.first_high) continue;
    if (text.size() < form.length) return 0;
    if (form.length > 1 && (byte(text, 1) < form.second_low || byte(text, 1) > form.second_high))
      return 0;
    for (std::size_t i = 2; i < form.length; ++i) {
      if (byte(text, i) < 0x80 || byte(text, i) > 0xbf) return 0;
    }
    return form.length;
  }
  return 0;
}

bool is_control(std::string_view character) {
  if (character.size() == 1) return byte(character, 0) < 0x20 || byte(character, 0) == 0x7f;
  return byte(character, 0) == 0xc2 && byte(character, 1) < 0xa0;
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0 || is_control(text.substr(0, length))) {
      shown += '?';
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

}  // namespace skyreplay
