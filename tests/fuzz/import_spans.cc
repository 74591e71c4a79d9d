// Spans. The first line names the format; every other length has its calls written as well.
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
  options.max_routes = 5;
  options.memory = "32KiB";
  const MemoryFile file(rest);
  options.inputs = {file.path()};
  const std::filesystem::path calls = scratch_folder() / "calls.yaml";
  if (rest.size() % 2 == 0) options.calls = calls;
  import_and_read(options);
  std::filesystem::remove(calls);
  return 0;
}
