#include "check/requirement.h"

#include <doctest/doctest.h>

#include <string>

#include "core/error.h"
#include "support/temp_folder.h"

namespace skyreplay::check {
namespace {

std::string mistake(const std::string& text) {
  return testing::message_of<InputError>([&] { parse_requirement(text); });
}

TEST_CASE("the one-line form is read into its parts") {
  const Requirement r = parse_requirement("  p99(latency of web) < 300ms ");
  CHECK(r.text == "p99(latency of web) < 300ms");
  CHECK(r.statistic == Statistic::kPercentile);
  CHECK(r.percent_e4 == 990'000);
  CHECK(r.metric == Metric::kLatency);
  CHECK(r.of == "web");
  CHECK(r.comparison == Comparison::kLess);
  CHECK(r.limit == 300'000'000);
  CHECK(r.unit == Unit::kSeconds);
}

TEST_CASE("blanks are free, and percentiles may have four decimals") {
  const Requirement r = parse_requirement("p99.9( overhead  of  * )>=1.5 s");
  CHECK(r.percent_e4 == 999'000);
  CHECK(r.of == "*");
  CHECK(r.comparison == Comparison::kGreaterOrEqual);
  CHECK(r.limit == 1'500'000'000);
  CHECK(parse_requirement("p0.0001(latency of *)<1s").percent_e4 == 1);
  CHECK(parse_requirement("p100(latency of *)<1s").percent_e4 == 1'000'000);
}

TEST_CASE("a name runs to the last parenthesis, whatever is in it") {
  CHECK(parse_requirement("max(latency of fn/GET /a(b) < c) < 1s").of == "fn/GET /a(b) < c");
}

TEST_CASE("a requirement may be of every bucket, and of a part of the run") {
  const Requirement r =
      parse_requirement("p99(latency of web) < 300 ms  between 12:00 and 13:00 in every 5m");
  CHECK(r.limit == 300'000'000);
  CHECK(r.each == std::chrono::minutes(5));
  REQUIRE(r.between);
  CHECK(r.between->from.since == std::chrono::hours(12));
  CHECK(timing_of(r) == " in every 5m between 12:00 and 13:00");
  CHECK_FALSE(parse_requirement("max(latency of a in every b) < 1s").is_timed());
  CHECK(parse_requirement("sum(errors of *) == 0 between +1h and +2h").between->to.since ==
        std::chrono::hours(2));
}

TEST_CASE("what is measured of buckets is the one that decides, whatever the limit") {
  const auto quantity = [](const char* text) { return quantity_of(parse_requirement(text)); };
  CHECK(quantity("p99( latency of web)<1s") == "p99(latency of web)");
  CHECK(quantity("p99(latency of web) < 1s in every 5m") ==
        "p99(latency of web), most of every 5m");
  CHECK(quantity("avg(capacity_running of web) >= 2 in every 300s between 08:00 and 09:00:00") ==
        "avg(capacity_running of web), least of every 5m between 08:00 and 09:00");
  CHECK(quantity("sum(errors of *) == 0 in every 1h") ==
        "sum(errors of *), furthest from 0 of every 1h");
}

TEST_CASE("what follows the value is told where it is wrong") {
  CHECK(mistake("max(latency of *) < 1s in every 5") ==
        "requirement 'max(latency of *) < 1s in every 5', column 33: expected a duration such as "
        "5m, not '5'");
  CHECK(mistake("max(latency of *) < 1s between 12:00 and noon")
            .find("column 42: expected a time of day such as 12:00") != std::string::npos);
  CHECK(mistake("max(latency of *) < 1s between 12:00 until 13:00").ends_with("expected 'and'"));
  CHECK(mistake("max(latency of *) < 1s between 12:00 and +5m").find("of one kind") !=
        std::string::npos);
  CHECK(mistake("max(latency of *) < 1s in every 5m in every 6m").find("or nothing more") !=
        std::string::npos);
  CHECK(mistake("max(latency of *) < 1 in every 5m").find("not '1'") != std::string::npos);
}

TEST_CASE("each unit has its own spelling") {
  CHECK(parse_requirement("avg(errors of *) <= 0.1 %").limit == 1'000'000);  // 0.001 in 1e-9
  CHECK(parse_requirement("avg(cpu_utilization of web) < 70%").limit == 700'000'000);
  CHECK(parse_requirement("sum(cost of *) < 12.50 USD").limit == 12'500'000'000);
  CHECK(parse_requirement("count(errors of *) == 0").limit == 0);
  CHECK(parse_requirement("avg(capacity_running of web) > 2.5").limit == 2'500'000'000);
}

TEST_CASE("a value without its unit, or with another's, is refused") {
  CHECK(mistake("p99(latency of web) < 300") ==
        "requirement 'p99(latency of web) < 300', column 23: expected a duration with its unit, "
        "such as 300ms or 1.5s, not '300'");
  CHECK(mistake("avg(errors of web) < 0.01") ==
        "requirement 'avg(errors of web) < 0.01', column 22: the average of a count is its share: "
        "expected a percentage such as 0.1 %, not '0.01'");
  CHECK(mistake("sum(cost of *) < 5").ends_with("expected an amount such as 12.50 USD, not '5'"));
  CHECK(mistake("sum(errors of *) < 5 %").ends_with("expected a bare number, not '5 %'"));
  CHECK(mistake("sum(errors of *) < ").ends_with("expected a bare number, not ''"));
  for (const char* value :
       {"1e3", "-1", "1.", ".", "1.0000000001", "9999999999999", "1 2", "0x1"}) {
    CHECK_MESSAGE(mistake(std::string("sum(errors of *) < ") + value) != "(nothing was thrown)",
                  value);
  }
}

TEST_CASE("a slip is answered with its column and the nearest spelling") {
  CHECK(mistake("p99(latncy of web) < 1s") ==
        "requirement 'p99(latncy of web) < 1s', column 5: unknown metric 'latncy', did you mean "
        "'latency'?");
  CHECK(mistake("avgg(latency of web) < 1s")
            .find("column 1: unknown statistic 'avgg', did you mean 'avg'?") != std::string::npos);
  CHECK(mistake("p101(latency of web) < 1s").find("'p101' is no percentile") != std::string::npos);
  CHECK(mistake("p0(latency of web) < 1s").find("'p0' is no percentile") != std::string::npos);
  CHECK(mistake("latency of web < 1s").find("unknown statistic 'latency'") != std::string::npos);
  CHECK(mistake("").find("column 1: is empty") != std::string::npos);
  CHECK(mistake("p99 latency").find("column 5: expected '('") != std::string::npos);
  CHECK(mistake("p99(latency web) < 1s").find("column 13: expected 'of NAME'") !=
        std::string::npos);
  CHECK(mistake("p99(latency of web < 1s").find("expected ')'") != std::string::npos);
  CHECK(mistake("p99(latency of ) < 1s").find("column 16: expected a service") !=
        std::string::npos);
  CHECK(mistake("p99(latency of web) = 1s").find("column 21: expected <, <=, >, >= or ==") !=
        std::string::npos);
}

TEST_CASE("a metric has only the statistics that a whole span knows") {
  CHECK(mistake("p99(queue of web) < 1s")
            .ends_with("queue over a whole span has only avg, sum and count"));
  CHECK(mistake("max(errors of web) < 1")
            .ends_with("errors over a whole span has only avg (its share), sum and count"));
  CHECK(mistake("min(capacity_running of web) < 1")
            .ends_with("capacity_running over a whole span has only avg and max"));
  CHECK(mistake("max(capacity_desired of web) < 1")
            .ends_with("capacity_desired over a whole span has only avg"));
}

}  // namespace
}  // namespace skyreplay::check
