// Durations, instants, bounds of time: what is read is spelled so that it is read again.
#include "core/time.h"

#include "check/expectation.h"
#include "fuzz/support.h"
#include "trace/text_time.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  if (Duration read{}; parse_duration(text, read)) {
    Duration again{};
    SKY_CHECK(read >= Duration{0});
    SKY_CHECK(parse_duration(format_duration(read), again) && again == read);
  }
  if (TimePoint read{}; parse_rfc3339(text, read)) {
    TimePoint again{};
    SKY_CHECK(read >= TimePoint{});
    SKY_CHECK(parse_rfc3339(to_rfc3339(read), again) && again == read);
    SKY_CHECK(trace::parse_text_time(text, again) == trace::TextTime::kRead && again == read);
  }
  if (TimePoint read{}; trace::parse_text_time(text, read) == trace::TextTime::kRead) {
    SKY_CHECK(read >= TimePoint{});
  }
  if (check::Bound bound; check::parse_bound(text, bound)) {
    SKY_CHECK(bound.since >= Duration{0});
    SKY_CHECK(bound.kind != check::Bound::Kind::kTimeOfDay ||
              bound.since <= std::chrono::hours(24));
  }
  return 0;
}
