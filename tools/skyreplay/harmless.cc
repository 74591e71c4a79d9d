#include "harmless.h"

#include <fmt/format.h>

namespace skyreplay::tool {

std::string harmless(std::string_view line) {
  std::string shown;
  unsigned char before = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    const bool in_c1 = byte >= 0x80 && byte < 0xa0;
    // Behind another byte of a character it is one of its letters, but for the lead of U+0080.
    if (byte < 0x20 || byte == 0x7f || (in_c1 && (before < 0x80 || before == 0xc2))) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += line[i];
    }
    before = byte;
  }
  return shown;
}

}  // namespace skyreplay::tool
