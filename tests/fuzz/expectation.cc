// What a scenario expects: the elements of `expectations:`, as YAML.
#include "fuzz/scenarios.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = std::string(
                               "version: 1\n"
                               "services: {fn: {lambda: {}}, db: {external: {latency: 2ms}}}\n"
                               "expectations:\n") +
                           std::string(text_of(data, size));
  load_and_show(text, "shop.yaml");
  accepted([&] {
    for (const auto& expected : scenario::Scenario::parse(text, "shop.yaml").expectations()) {
      SKY_CHECK(!expected.name.empty() && !expected.text.empty());
      SKY_CHECK(!expected.requirement.between ||
                expected.requirement.between->from.kind == expected.requirement.between->to.kind);
      SKY_CHECK(!expected.requirement.each || *expected.requirement.each > Duration{0});
    }
  });
  return 0;
}
