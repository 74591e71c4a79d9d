// Logs of Lambda functions, in whatever an export wraps them.
#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(text_of(data, size));
  ImportOptions options;
  options.format = "lambda";
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
