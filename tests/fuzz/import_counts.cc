// Counts per period. The first line is the period's length, the second how calls lie in it.
#include <algorithm>

#include "fuzz/importing.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

std::string line_of(std::string_view& rest) {
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  std::string text(rest.substr(0, line));
  rest.remove_prefix(std::min(line + 1, rest.size()));
  return text;
}

/// A count of 100,000 is as many rows: no mistake, but no use in a fuzzer either.
bool is_large(std::string_view text) {
  std::size_t digits = 0;
  std::size_t numbers = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    numbers += digits == 4 ? 1 : 0;
    if (digits > 5 || c == 'e' || c == 'E') return true;
  }
  return numbers > 20 || text.size() > 2048;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  ImportOptions options;
  options.format = "counts";
  options.step = line_of(rest);
  options.arrivals = line_of(rest);
  if (is_large(rest)) return -1;
  options.service_time = "{lognormal: {p50: 10ms, p99: 1s}}";
  const MemoryFile file(rest);
  options.inputs = {file.path()};
  import_and_read(options);
  return 0;
}
