#include "report/summary_table.h"

#include <doctest/doctest.h>

#include <sstream>

#include "report/human.h"
#include "support/small_result.h"
#include "support/temp_folder.h"

namespace skyreplay::report {
namespace {

constexpr const char* kSmallTable =
    R"(small: 2 services (ec2, lambda), 102.5 s from 2026-01-05T00:00:30Z, seed 7
verdict overloaded: 40 % of arrivals were refused, throttled or cut by a server timeout

Requests                                       count       share
  arrivals                                        15    100.00 %
  completed                                        4     26.67 %
  errors (the service failed)                      3     20.00 %
  throttles                                        1      6.67 %
  client gave up                                   1      6.67 %
  cut by the service's own timeout                 2     13.33 %
  refused (no place, no queue)                     3     20.00 %
  in flight at the end                             1      6.67 %

Completed requests, ms            mean         p50         p90         p99       p99.9         max
  latency                        1.500       1.004       2.998       2.998       2.998       3.000
  overhead                       0.725       0.000       2.007       2.007       2.007
  overhead is latency beyond a request's own work and wait; a faster CPU makes it negative

Why p99 is what it is: mean parts                all completed     slowest 25.00 % (from 2.097 ms)
                                                  ms     share                        ms     share
  queue                                        0.250    16.7 %                     0.000     0.0 %
  init (cold start)                            0.500    33.3 %                     2.000    66.7 %
  work (CPU)                                   0.500    33.3 %                     0.600    20.0 %
  CPU stretch (slower or shared CPU)          -0.025    -1.7 %                     0.000     0.0 %
  wait (I/O)                                   0.275    18.3 %                     0.400    13.3 %
  downstream calls                             0.000     0.0 %                     0.000     0.0 %
  retry (earlier attempts, backoff)            0.000     0.0 %                     0.000     0.0 %

Cold starts                                        2     33.33 % of attempts
Largest capacity of one service                    3 environments (fn/a)

Cost                                             USD
  of this trace, 102.5 s                    0.001237
  of a month like it, 730 h                  31.7100  free tier applied

Services by cost               platform    requests    p50 ms    p99 ms  cold %    peak          USD
fn/a                             lambda           6     1.004     2.998   33.33       3     0.001236
=web,"b"                            ec2          17     1.999     1.999               2     0.000001

Notes
  - 5 asynchronous calls were replayed as synchronous ones
)";

TEST_CASE("the printed table of the small result is this one") {
  const testing::SmallResult small;
  CHECK(summary_table(small.header, small.summary) == kSmallTable);
}

TEST_CASE("the table read from the file is the one of the summary written") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  CHECK(summary_table(folder.path()) == kSmallTable);
}

TEST_CASE("ten services are listed by cost, the others as one sum") {
  testing::SmallResult small;
  small.header.services.assign(25, small.header.services[0]);
  small.summary.services.assign(25, small.summary.services[0]);
  for (std::size_t i = 0; i < 25; ++i) {
    small.header.services[i].name = "fn/" + std::to_string(i);
    small.summary.services[i].cost = static_cast<std::int64_t>(i * i) * 1'000'000'000;
  }
  small.summary.services[24].cost = small.summary.services[23].cost;  // a tie stays in order
  const std::string table = summary_table(small.header, small.summary);
  const std::size_t first = table.find("\nfn/23 ");
  REQUIRE(first != std::string::npos);
  CHECK(table.find("\nfn/24 ") > first);
  CHECK(table.find("\nfn/15 ") != std::string::npos);
  CHECK(table.find("\nfn/14 ") == std::string::npos);
  const std::size_t more = table.find("and 15 more ");
  REQUIRE(more != std::string::npos);
  // 0 + 1 + 4 + ... + 14^2
  CHECK(table.substr(more, table.find('\n', more) - more).ends_with(" 1,015.00"));
}

TEST_CASE("no line is wider than 100 columns, and no name can steer the terminal") {
  testing::SmallResult small;
  small.header.services[0].name = std::string(40, 'a') + "\x1b[2Jhidden" + std::string(40, 'b');
  small.header.services[1].name = "\xff\xc2\x9b\xc3\xa9";
  small.header.scenario_name = "\x1b]0;title\x07";
  small.summary.verdict_reason =
      std::string(30, 'w') + " and " + std::string(60, 'x') + " and so on";
  small.summary.notes = {
      "word word word word word word word word word word word word word word word word word "
      "word word word word word word \x1b[31mred"};
  const std::string table = summary_table(small.header, small.summary);
  CHECK(table.find('\x1b') == std::string::npos);
  CHECK(table.find("\xc2\x9b") == std::string::npos);
  CHECK(table.find("??\xc3\xa9 ") != std::string::npos);
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);)
    CHECK(line.size() <= 101);  // one two-byte character
}

TEST_CASE("a run without a completed request has a table without percentiles") {
  testing::SmallResult small;
  small.summary.overall = {};
  small.summary.services[0].requests = {};
  small.summary.services[1].requests = {};
  const std::string table = summary_table(small.header, small.summary);
  CHECK(table.find("  latency                         none\n") != std::string::npos);
  CHECK(table.find("Why p99") == std::string::npos);
}

TEST_CASE("lost requests are called a bug in the table") {
  testing::SmallResult small;
  small.summary.conservation.outcomes[0] -= 1;
  CHECK(summary_table(small.header, small.summary)
            .find("NOT CONSERVED: they add up to 14 of 15 arrivals") != std::string::npos);
}

TEST_CASE("numbers for people keep about four digits") {
  CHECK(human_ms(0) == "0.000");
  CHECK(human_ms(9'999'499) == "9.999");
  CHECK(human_ms(12'404'999) == "12.40");
  CHECK(human_ms(431'049'999) == "431.0");
  CHECK(human_ms(29'410'123'456) == "29,410");
  CHECK(human_ms(-25'000) == "-0.025");
  CHECK(human_share(1, 1'000'000) == "<0.01 %");
  CHECK(human_share(0, 5) == "0.00 %");
  CHECK(human_share(0, 0) == "");
  CHECK(human_usd(1'234'567'891'234) == "1,234.57");
  CHECK(human_usd(12'345'678'912) == "12.3457");
  CHECK(human_usd(999) == "0.000000999");
  CHECK(human_usd(-1'500'000'000) == "-1.5000");
  CHECK(human_span(std::chrono::hours(8)) == "8.00 h");
  CHECK(human_span(std::chrono::minutes(90)) == "90.00 min");
}

TEST_CASE("a long name loses its middle, not its ends") {
  CHECK(printable("abcdefghijklmnopqrstuvwxyz", 12) == "abcdef...xyz");
  CHECK(printable("abcdefghijkl", 12) == "abcdefghijkl");
}

}  // namespace
}  // namespace skyreplay::report
