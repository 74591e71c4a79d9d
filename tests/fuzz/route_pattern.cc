// Patterns of routes: lines up to an empty one, then what they are held against.
#include "trace/route_pattern.h"

#include <algorithm>
#include <vector>

#include "fuzz/support.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  std::vector<std::string> patterns;
  while (!rest.empty() && rest.front() != '\n') {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    patterns.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!rest.empty()) rest.remove_prefix(1);
  if (patterns.size() > 20) return -1;
  accepted([&] {
    const trace::RoutePatterns all(patterns);
    std::string name, alone;
    const bool found = all.first_match(rest, name);
    // What all say together is what the first says that matches by itself.
    bool expected = false;
    for (std::size_t i = 0; i < patterns.size() && !expected; ++i) {
      expected = trace::RoutePatterns({patterns[i]}).first_match(rest, alone);
    }
    if (found) SKY_CHECK(expected && name == alone && !name.empty());
  });
  return 0;
}
