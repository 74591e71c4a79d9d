// Access logs of nginx and Apache. The first line is the log format, empty for combined.
#include <algorithm>

#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  ImportOptions options;
  options.format = "combined";
  options.log_format = rest.substr(0, line);
  options.service_time = "20ms";
  options.websockets = "cap=30s";
  rest.remove_prefix(std::min(line + 1, rest.size()));
  const MemoryFile file(rest);
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
