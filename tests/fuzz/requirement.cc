// "p99(latency of web) < 300ms" and "<= 2".
#include "check/requirement.h"

#include "fuzz/support.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  accepted([&] {
    const check::Requirement read = check::parse_requirement(text);
    const check::Requirement again = check::parse_requirement(read.text);
    SKY_CHECK(again.text == read.text && again.of == read.of);
    SKY_CHECK(again.statistic == read.statistic && again.percent_e4 == read.percent_e4);
    SKY_CHECK(again.metric == read.metric && again.form == read.form && again.unit == read.unit);
    SKY_CHECK(again.comparison == read.comparison && again.limit == read.limit);
    SKY_CHECK(!read.of.empty() && read.percent_e4 <= 1'000'000);
  });
  accepted([&] { check::parse_count_condition(text); });
  return 0;
}
