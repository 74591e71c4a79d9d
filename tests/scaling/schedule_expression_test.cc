#include "scaling/schedule_expression.h"

#include <doctest/doctest.h>

#include <vector>

namespace skyreplay::scaling {
namespace {

TimePoint at(const std::string& text) {
  TimePoint time;
  REQUIRE(parse_rfc3339(text, time));
  return time;
}

/// The first times after January 4 of 2026, a Sunday, noon.
std::string first(const std::string& text, int count, const std::string& zone = kUtc) {
  std::string mistake;
  auto schedule = parse_schedule(text, zone, mistake);
  REQUIRE_MESSAGE(schedule, mistake);
  if (schedule->every) schedule->start_time = at("2026-01-04T13:30:00Z");
  std::string times;
  TimePoint time = at("2026-01-04T12:00:00Z");
  for (int i = 0; i < count; ++i) {
    time = schedule->next(time);
    if (time == kEndOfTime) return times + "end";
    times += to_rfc3339(time).substr(5, 11) + " ";
  }
  return times;
}

std::string mistake_of(const std::string& text, const std::string& zone = kUtc) {
  std::string mistake;
  return parse_schedule(text, zone, mistake) ? "" : mistake;
}

TEST_CASE("C110: days of the week count from 1, Sunday") {
  CHECK(first("cron(0 8 ? * 2 *)", 2) == "01-05T08:00 01-12T08:00 ");
  CHECK(first("cron(0 8 ? * MON-FRI *)", 2) == "01-05T08:00 01-06T08:00 ");
  CHECK(first("cron(0 8 ? * 2-3,7 *)", 4) == "01-05T08:00 01-06T08:00 01-10T08:00 01-12T08:00 ");
  CHECK(first("cron(0 8 ? * 2/2 *)", 4) == "01-05T08:00 01-07T08:00 01-09T08:00 01-12T08:00 ");
  CHECK(first("cron(0 8 ? * 1 *)", 1) == "01-11T08:00 ");
}

TEST_CASE("C110: the days of the month are the other choice") {
  CHECK(first("cron(0/30 8 1,15 * ? *)", 3) == "01-15T08:00 01-15T08:30 02-01T08:00 ");
  CHECK(first("cron(15 * * * ? *)", 2) == "01-04T12:15 01-04T13:15 ");
}

TEST_CASE("C110: a rate counts from its start, at happens once") {
  CHECK(first("rate(45 minutes)", 3) == "01-04T13:30 01-04T14:15 01-04T15:00 ");
  CHECK(first("rate(1 day)", 2) == "01-04T13:30 01-05T13:30 ");
  CHECK(first("at(2026-01-05T09:00:00)", 2) == "01-05T09:00 end");
}

TEST_CASE("C110: cron and at are in a zone, with its daylight saving") {
  CHECK(first("at(2026-01-05T09:00:00)", 1, "America/New_York") == "01-05T14:00 ");
  CHECK(first("at(2026-07-05T09:00:00)", 1, "America/New_York") == "07-05T13:00 ");
  CHECK(first("cron(0 9 ? * MON *)", 1, "America/New_York") == "01-05T14:00 ");
}

TEST_CASE("C110: a recurrence begins with its start, and ends before its end") {
  std::string mistake;
  auto schedule = parse_schedule("cron(0 8 * * ? *)", kUtc, mistake);
  REQUIRE(schedule);
  schedule->not_before = at("2026-01-06T08:00:00Z");
  schedule->end_time = at("2026-01-07T08:00:00Z");
  CHECK(to_rfc3339(schedule->next(at("2026-01-04T12:00:00Z"))) == "2026-01-06T08:00:00Z");
  CHECK(schedule->next(at("2026-01-06T08:00:00Z")) == kEndOfTime);
}

TEST_CASE("what is no schedule, or not built, is refused by name") {
  CHECK(mistake_of("every day") == "must be cron(...), rate(...) or at(...)");
  CHECK(mistake_of("cron(0 8 * * MON)").starts_with("cron must have six fields"));
  CHECK(mistake_of("cron(0 8 * * MON *)").find("must be ?") != std::string::npos);
  CHECK(mistake_of("cron(0 8 ? * ? *)").find("must be ?") != std::string::npos);
  CHECK(mistake_of("cron(0 8 ? * MON 2027)").find("not built yet") != std::string::npos);
  CHECK(mistake_of("cron(0 8 L * ? *)").find("not built yet") != std::string::npos);
  CHECK(mistake_of("cron(0 8 ? * 2#1 *)").find("not built yet") != std::string::npos);
  CHECK(mistake_of("cron(0 25 ? * 2 *)") == "'25' is no hour from 0 to 23");
  CHECK(mistake_of("rate(0 minutes)").starts_with("rate must be"));
  CHECK(mistake_of("rate(5 weeks)").starts_with("rate must be"));
  CHECK(mistake_of("at(2026-01-05)").starts_with("at must be"));
  CHECK(mistake_of("at(2026-01-05T09:00:00)", "Moon/Sea") == "there is no time zone 'Moon/Sea'");
}

}  // namespace
}  // namespace skyreplay::scaling
