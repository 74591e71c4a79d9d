// A scenario in Protobuf's text format.
#include "fuzz/scenarios.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  skyreplay::fuzz::load_and_show(skyreplay::fuzz::text_of(data, size), "shop.textproto");
  return 0;
}
