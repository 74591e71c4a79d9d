// Metrics of CloudWatch as JSON.
#include <algorithm>

#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

/// A count of 100,000 is as many rows, and so are as many periods: no use in a fuzzer.
bool is_large(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 4 || c == 'e' || c == 'E') return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  if (is_large(text)) return -1;
  const MemoryFile file(text);
  ImportOptions options;
  options.format = "cloudwatch-metric";
  options.service_time = "20ms";
  // So that a series of centuries is not as many periods.
  options.step = "90d";
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
