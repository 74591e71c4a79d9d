// Standard logs of CloudFront.
#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(text_of(data, size));
  ImportOptions options;
  options.format = "cloudfront";
  options.cache_hits = "keep";
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
