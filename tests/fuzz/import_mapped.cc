// A log read by a mapping. The first line names the format, the second what is mapped, parted by
// blanks.
#include <algorithm>

#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  ImportOptions options;
  options.format = take_line(rest);
  for (std::string_view words = take_line(rest); !words.empty();) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const std::string word(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
    if (word == "law") {
      options.service_time = "{uniform: [1ms, 2s]}";
    } else {
      options.mapping.push_back(word);
    }
  }
  options.max_routes = 5;
  options.memory = "16KiB";
  const MemoryFile file(rest);
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
