// The spec of a made-up trace, and the first requests of it.
#include <cmath>

#include "fuzz/support.h"
#include "trace/synth_source.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

/// Beyond that a second alone takes longer than the fuzzer waits.
constexpr double kMostPerSecond = 10'000;

void read_some(const trace::SynthSpec& spec) {
  trace::SynthSource source(spec);
  std::int64_t before = spec.start.time_since_epoch().count();
  for (int i = 0; i < 2; ++i) {
    const trace::Batch batch = source.next();
    for (std::size_t k = 0; k < batch.size; ++k) {
      SKY_CHECK(batch.arrival_ns[k] >= before && batch.work_ns[k] >= 0);
      SKY_CHECK(batch.route[k] < source.info().routes.size());
      before = batch.arrival_ns[k];
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  accepted([&] {
    const trace::SynthSpec spec =
        trace::parse_synth_spec(std::string(text_of(data, size)), "workload.yaml");
    const double rate = spec.mean_rate();
    SKY_CHECK(std::isfinite(rate) && rate >= 0 && spec.duration > Duration{0});
    if (rate < kMostPerSecond && spec.duration < std::chrono::minutes(10)) read_some(spec);
  });
  return 0;
}
