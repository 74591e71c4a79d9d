// Two timeline.csv that are compared, parted by a line of "===".
#include "fuzz/support.h"
#include "verify/timeline_diff.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const MemoryFile a(take_part(rest, "==="));
  const MemoryFile b(rest);
  accepted([&] {
    const auto same = verify::compare_timelines(a.path(), a.path(), verify::Tolerances({}));
    SKY_CHECK(!same.first && same.columns.empty() && same.windows == 0);
    const auto there = verify::compare_timelines(a.path(), b.path(), verify::Tolerances({}));
    const auto back = verify::compare_timelines(b.path(), a.path(), verify::Tolerances({}));
    SKY_CHECK(there.windows == back.windows && there.all_windows == back.all_windows);
    SKY_CHECK(there.first.has_value() == (there.windows > 0));
    verify::compare_timelines(a.path(), b.path(), verify::Tolerances({"*=5%", "p99_ms=0.1"}));
  });
  return 0;
}
