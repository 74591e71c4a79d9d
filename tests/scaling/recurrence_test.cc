#include "scaling/recurrence.h"

#include <doctest/doctest.h>

namespace skyreplay::scaling {
namespace {

TimePoint instant(const std::string& text) {
  TimePoint time;
  REQUIRE(parse_rfc3339(text, time));
  return time;
}

/// The next time after `from`.
std::string next(const std::string& text, const std::string& from,
                 const std::string& zone = "Etc/UTC") {
  std::string mistake;
  const auto recurrence = Recurrence::parse(text, zone, mistake);
  REQUIRE(mistake == "");
  return to_rfc3339(recurrence->next(instant(from)));
}

std::string mistake_of(const std::string& text, const std::string& zone = "Etc/UTC") {
  std::string mistake;
  CHECK_FALSE(Recurrence::parse(text, zone, mistake));
  return mistake;
}

TEST_CASE("E77: fields are numbers, ranges, steps, lists and names") {
  // 2026-01-05 is a Monday.
  CHECK(next("30 12 * * *", "2026-01-05T00:00:00Z") == "2026-01-05T12:30:00Z");
  CHECK(next("30 12 * * *", "2026-01-05T12:30:00Z") == "2026-01-06T12:30:00Z");
  CHECK(next("*/20 * * * *", "2026-01-05T10:40:00Z") == "2026-01-05T11:00:00Z");
  CHECK(next("0 8-10,18 * * *", "2026-01-05T10:30:00Z") == "2026-01-05T18:00:00Z");
  CHECK(next("0 9 * * MON-FRI", "2026-01-09T10:00:00Z") == "2026-01-12T09:00:00Z");
  CHECK(next("0 9 * * 7", "2026-01-05T00:00:00Z") == "2026-01-11T09:00:00Z");
  CHECK(next("0 0 29 feb *", "2026-01-05T00:00:00Z") == "2028-02-29T00:00:00Z");
}

TEST_CASE("E77: where both fields of days are given, a day of either is meant") {
  CHECK(next("0 0 13 * FRI", "2026-01-05T00:00:00Z") == "2026-01-09T00:00:00Z");
  CHECK(next("0 0 13 * FRI", "2026-01-09T00:00:00Z") == "2026-01-13T00:00:00Z");
}

TEST_CASE("E77: local time follows daylight saving") {
  // Berlin goes to summer time on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00.
  CHECK(next("0 9 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin") == "2026-03-29T07:00:00Z");
  CHECK(next("0 9 * * *", "2026-10-25T12:00:00Z", "Europe/Berlin") == "2026-10-26T08:00:00Z");
  // 02:30 does not exist that day: when the clocks change. It exists twice: the first.
  CHECK(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin") == "2026-03-29T01:00:00Z");
  CHECK(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin") == "2026-10-25T00:30:00Z");
  CHECK(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin") == "2026-10-26T01:30:00Z");
}

TEST_CASE("E77: what is no recurrence is refused, and why is said") {
  CHECK(mistake_of("0 9 * *") ==
        "must have five fields: minute, hour, day of the month, month, day of the week");
  CHECK(mistake_of("60 9 * * *") == "'60' is no minute from 0 to 59");
  CHECK(mistake_of("0 9 * * MOO") == "'MOO' is no day of the week from 0 to 7");
  CHECK(mistake_of("0 5-3 * * *") == "'5-3' is no hour from 0 to 23");
  CHECK(mistake_of("0 9 * * *", "Europe/Atlantis") == "there is no time zone 'Europe/Atlantis'");
}

TEST_CASE("E77: what never comes has no next time") {
  std::string mistake;
  const auto never = Recurrence::parse("0 0 31 2 *", "Etc/UTC", mistake);
  CHECK(never->next(instant("2026-01-05T00:00:00Z")) == kEndOfTime);
}

}  // namespace
}  // namespace skyreplay::scaling
