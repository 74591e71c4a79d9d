// Access logs of Application and Classic Load Balancers, told from each other by their content.
#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  for (const char* format : {"alb", "elb-classic"}) {
    ImportOptions options;
    options.format = format;
    options.websockets = text.size() % 2 == 0 ? "cap=30s" : "drop";
    options.max_routes = 5;
    const MemoryFile file(text);
    options.inputs = {file.path()};
    import_and_read(options);
  }
  return 0;
}
