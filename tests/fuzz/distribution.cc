// A law of durations: what is read is spelled so that it is read again, and its draws are sane.
#include <cmath>

#include "fuzz/support.h"
#include "trace/spec_yaml.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

Distribution read_law(std::string_view text) {
  return trace::SpecNode::parse(std::string(text), "law").distribution();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  accepted([&] {
    const Distribution law = read_law(text_of(data, size));
    SKY_CHECK(to_string(read_law(to_string(law))) == to_string(law));
    SKY_CHECK(std::isfinite(law.mean_s()) && law.mean_s() >= 0);
    SKY_CHECK(law.quantile_s(0.5) >= 0 && law.quantile_s(0.5) <= law.quantile_s(0.99));
    for (std::uint64_t i = 0; i < 8; ++i) {
      RandomEngine random = RandomStream(1, "law", "draw").at(i);
      SKY_CHECK(law.sample(random) >= Duration{0});
    }
  });
  return 0;
}
