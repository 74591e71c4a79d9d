// A scenario in YAML or JSON: what loads is shown in a form that loads to the same scenario.
#include "fuzz/scenarios.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  skyreplay::fuzz::load_and_show(skyreplay::fuzz::text_of(data, size), "shop.yaml");
  return 0;
}
