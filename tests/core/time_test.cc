#include "core/time.h"

#include <doctest/doctest.h>

using namespace skyreplay;
using namespace std::chrono_literals;

namespace {

TimePoint time_of(std::string_view text) {
  TimePoint time{Duration{-1}};
  CHECK_MESSAGE(parse_rfc3339(text, time), text);
  return time;
}

Duration duration_of(std::string_view text) {
  Duration duration{-1};
  CHECK_MESSAGE(parse_duration(text, duration), text);
  return duration;
}

}  // namespace

TEST_CASE("an instant is written in UTC with only the digits it needs") {
  CHECK(to_rfc3339(kDefaultOrigin) == "2026-01-05T00:00:00Z");
  CHECK(to_rfc3339(kDefaultOrigin + 12h + 34min + 56s) == "2026-01-05T12:34:56Z");
  CHECK(to_rfc3339(kDefaultOrigin + 250ms) == "2026-01-05T00:00:00.25Z");
  CHECK(to_rfc3339(kDefaultOrigin + 1ns) == "2026-01-05T00:00:00.000000001Z");
  CHECK(to_rfc3339(TimePoint{}) == "1970-01-01T00:00:00Z");
}

TEST_CASE("RFC 3339 is read with fraction, zone, or as a bare date") {
  CHECK(time_of("2026-01-05") == kDefaultOrigin);
  CHECK(time_of("2026-01-05T00:00:00Z") == kDefaultOrigin);
  CHECK(time_of("2026-01-05T01:30:00+01:30") == kDefaultOrigin);
  CHECK(time_of("2026-01-04T19:00:00-05:00") == kDefaultOrigin);
  CHECK(time_of("2026-01-05t00:00:00.000000001z") == kDefaultOrigin + 1ns);
  CHECK(time_of("2024-02-29T00:00:00Z").time_since_epoch() == 1709164800s);
  CHECK(time_of("2262-04-11T00:00:00Z").time_since_epoch() == 9223286400s);
}

TEST_CASE("what is not an instant, or is out of range, is refused and changes nothing") {
  for (const char* text : {"",
                           "2026",
                           "2026-01-05T",
                           "2026-01-05T12:00",
                           "2026-01-05T12:00:00",
                           "2026-13-01",
                           "2026-02-29",
                           "2026-01-05T24:00:00Z",
                           "2026-01-05T12:60:00Z",
                           "2026-01-05T12:00:60Z",
                           "2026-01-05T12:00:00.Z",
                           "2026-01-05T12:00:00.1234567890Z",
                           "2026-01-05T12:00:00Zx",
                           "2026-01-05 12:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+01:00",
                           "2263-01-01",
                           "9999-12-31T23:59:59Z",
                           "2026-1-05",
                           "2026-01-05T12:00:00+0100"}) {
    TimePoint time{Duration{7}};
    CHECK_MESSAGE(!parse_rfc3339(text, time), text);
    CHECK(time == TimePoint{Duration{7}});
  }
}

TEST_CASE("every unit of duration is read, alone, with a fraction, and combined") {
  CHECK(duration_of("1.5s") == 1500ms);
  CHECK(duration_of("300ms") == 300ms);
  CHECK(duration_of("90s") == 90s);
  CHECK(duration_of("5m") == 5min);
  CHECK(duration_of("2h") == 2h);
  CHECK(duration_of("1d") == 24h);
  CHECK(duration_of("250us") == 250us);
  CHECK(duration_of("10ns") == 10ns);
  CHECK(duration_of("1h30m") == 90min);
  CHECK(duration_of("1d2h3m4s5ms6us7ns") == 26h + 3min + 4s + 5ms + 6us + 7ns);
  CHECK(duration_of("0s") == 0s);
  CHECK(duration_of("0.0000000014s") == 1ns);
  CHECK(duration_of("0.0000000015s") == 2ns);
  CHECK(duration_of("9223372036854775807ns") == Duration::max());
}

TEST_CASE("a duration without a unit, negative, overflowing or out of order is refused") {
  for (const char* text :
       {"", "5", "-5s", "+5s", "s", "5 s", "1.s", ".5s", "1.2.3s", "5sec", "5M", "30m1h", "1s1s",
        "1h30", "9223372036854775808ns", "9300000000s", "99999999999999999999d", "1e3s"}) {
    Duration duration{7};
    CHECK_MESSAGE(!parse_duration(text, duration), text);
    CHECK(duration == 7ns);
  }
}

TEST_CASE("a written duration is short and is read back exactly") {
  CHECK(format_duration(0s) == "0s");
  CHECK(format_duration(250ms) == "250ms");
  CHECK(format_duration(90min) == "1h30m");
  CHECK(format_duration(15min) == "15m");
  CHECK(format_duration(36h) == "1d12h");
  CHECK(format_duration(90s) == "1m30s");
  CHECK(format_duration(1500us) == "1.5ms");
  CHECK(format_duration(61s + 1ns) == "1m1.000000001s");
  CHECK(format_duration(-90s) == "-1m30s");
  CHECK(format_duration(-1500us) == "-1.5ms");
  for (std::int64_t ns = 1; ns < std::int64_t{1} << 61; ns = ns * 3 + 1) {
    CHECK(duration_of(format_duration(Duration(ns))) == Duration(ns));
  }
  CHECK(duration_of(format_duration(Duration::max())) == Duration::max());
}
