// Jobs and calls with a format of their own. The first line names it.
#include <algorithm>

#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  ImportOptions options;
  options.format = rest.substr(0, line);
  rest.remove_prefix(std::min(line + 1, rest.size()));
  if (options.format == "swim") options.mapping = {"duration=1s+map_input_bytes:1ns"};
  if (options.format == "ecs-events" && rest.size() % 2 == 0) options.service_time = "1m";
  options.max_routes = 5;
  options.memory = "16KiB";
  const MemoryFile file(rest);
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
