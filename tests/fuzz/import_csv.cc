// A CSV log. The first line names the unit of a plain arrival, and with it how the rest is read.
#include <algorithm>

#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  ImportOptions options;
  options.format = "csv";
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  const std::string_view first = rest.substr(0, line);
  rest.remove_prefix(std::min(line + 1, rest.size()));
  if (first == "law") {
    options.service_time = "{uniform: [1ms, 2s]}";
  } else if (first == "route") {
    options.route = "GET /";
  } else if (first == "ignore") {
    options.ignored_columns = {"a", "b"};
  } else {
    options.time_unit = first;
    options.max_routes = 5;
  }
  const MemoryFile file(rest);
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
