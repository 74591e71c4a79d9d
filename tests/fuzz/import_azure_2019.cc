// The tables of Azure Functions 2019, up to four in one input, parted by lines of "===".
#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  ImportOptions options;
  options.format = "azure-functions-2019";
  options.max_routes = 3;
  std::vector<std::unique_ptr<MemoryFile>> files;
  while (!rest.empty() && files.size() < 4) {
    files.push_back(std::make_unique<MemoryFile>(take_part(rest, "===")));
    options.inputs.push_back(files.back()->path());
  }
  if (files.size() == 1) options.service_time = "20ms";
  import_and_read(options);
  return 0;
}
