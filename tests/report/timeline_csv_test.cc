#include "report/timeline_csv.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "report/render.h"
#include "support/small_result.h"
#include "support/temp_folder.h"

namespace skyreplay::report {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::istringstream in(testing::read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// "1.234567890" in 1e-9 USD.
std::int64_t nano(const std::string& usd) {
  std::string digits = usd;
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  return std::stoll(digits);
}

// Worked by hand. Buckets above 128 ns are 1/64 of their octave wide:
//   1,000,000 ns: bucket 954, [  999,424, 1,007,616), midpoint 1,003,519
//   3,000,000 ns: bucket 1051, [2,981,888, 3,014,656), midpoint 2,998,271
//   2,000,000 ns: bucket 1018, [1,998,848, 2,015,232), midpoint 2,007,039
//     999,000 ns: bucket 953, [  991,232,   999,424), midpoint   995,327
TEST_CASE("every cell of a small timeline is the number worked out by hand") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  render(folder.path());
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] + "\n" == TimelineCsv::kHeader);
  // Three completed: 100 ns, 1 ms, 3 ms; median of rank 2, p90 and p99 of rank 3. Parts are thirds:
  // 2/3 init, 1.5/3 work, -0.1/3 stretch, 0.6/3 wait, 100 ns/3 retry. 45 request-seconds in 30 s.
  CHECK(
      lines[1] ==
      "2026-01-05T00:00:30Z,30,fn/a,5,0,3,0,1,0,0,5,2,1.003519,2.998271,2.998271,3,0,2.007039,"
      ",0.666667,0.5,-0.033333,0.2,0,0.000033,,,1.5,3,environments,,2,3,,,,,,,,,,,,,,,,,,,,,,,,,,0."
      "001234567");
  // No request: no latency; 0 of 90 vCPU-seconds busy is a true 0.
  CHECK(lines[2] ==
        "2026-01-05T00:00:30Z,30,\"'=web,\"\"b\"\"\",0,0,0,0,0,0,0,0,,,,,,,,,,,,,,,0,0,0,0,"
        "instances,2,1.5,2,0.5,0,,,,,,,,,,,,,,,,,,,,,,,,0.000001000");
  // One completed of 1,999,000 ns: its bucket's midpoint is above it, so it is clipped.
  CHECK(lines[3] ==
        "2026-01-05T00:01:00Z,60,\"'=web,\"\"b\"\"\",10,7,1,2,0,3,3,12,,1.999,1.999,1.999,1.999,"
        "0.995327,0.995327,0.999,,0.5,0,0.5,0,0,2.25,9,0.333333,1,instances,3,2,2,1,50,"
        ",,,,,,,,,,,,,,,,,,,,,,,-0.000000001");
  CHECK(lines[4] ==
        "2026-01-05T00:02:00Z,12.5,fn/a,0,0,0,1,0,0,0,1,0,,,,,,,,,,,,,,,,0.4,1,environments,,1,1,,,"
        ",,,,,,,,,,,,,,,,,,,,,,,0.000000999");
}

TEST_CASE("services without lines of their own have one together, of sums and merged percentiles") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  render(folder.path(), 0);
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == 4);
  // As fn/a's above, with the idle group's queue, capacity, CPU and cost: 2 desired, 2 + 1.5
  // running.
  CHECK(lines[1] ==
        "2026-01-05T00:00:30Z,30,*rest,5,0,3,0,1,0,0,5,2,1.003519,2.998271,2.998271,3,0,2.007039,"
        "0,0.666667,0.5,-0.033333,0.2,0,0.000033,0,,1.5,,,2,3.5,,0.5,0,,,,,,,,,,,,,,,,,,,,,,,,0."
        "001235567");
}

TEST_CASE("the busiest services keep their lines, in the others' company") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  render(folder.path());
  const std::vector<std::string> all = lines_of(folder / "timeline.csv");
  render(folder.path(), 1);
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == all.size());
  std::size_t same = 0;
  std::size_t rest = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    same += std::find(all.begin(), all.end(), lines[i]) != all.end() ? 1 : 0;
    rest += lines[i].find(",*rest,") != std::string::npos ? 1 : 0;
  }
  CHECK(same == 2);
  CHECK(rest == 2);
}

TEST_CASE("every line has the header's columns") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  render(folder.path());
  for (const std::string& line : lines_of(folder / "timeline.csv")) {
    std::size_t columns = 1;
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) ++columns;
    }
    CHECK(columns == 59);
  }
}

TEST_CASE("a function that is fed events has their counts and ages, of none handed over no age") {
  const testing::TempFolder folder;
  testing::SmallResult small;
  small.header.services[0].event_source = "async";
  replay::ResultWriter writer(folder / "result.binpb", small.header);
  writer.begin_window({small.at(30), small.at(60)});
  metrics::WindowRow row;
  row.events = {.received = 5,
                .invoked = 4,
                .dropped = 2,
                .dead_letters = 1,
                .age_us = 10'002,
                .age_max_us = 7'000};
  writer.row(row);
  row = {};
  row.service = 1;
  writer.row(row);
  writer.end_window();
  writer.begin_window({small.at(60), small.at(120)});
  writer.row({});
  writer.end_window();
  writer.bill({});
  writer.summary(small.summary);
  writer.commit();
  render(folder.path());
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].ends_with(
      ",5,2,1,2.501,7,,,,,,,,,,,,,,,,,,,0.000000000"));  // 10,002 us / 4, half up
  CHECK(lines[2].ends_with(",,,,,,,,,,,,,,,,,,,,,,,,0.000000000"));
  CHECK(lines[3].ends_with(",0,0,0,,,,,,,,,,,,,,,,,,,,,0.000000000"));
}

TEST_CASE(
    "a function that has something provisioned has who used it, and how much of it was used") {
  const testing::TempFolder folder;
  testing::SmallResult small;
  small.header.services[0].has_provisioned = true;
  replay::ResultWriter writer(folder / "result.binpb", small.header);
  writer.begin_window({small.at(30), small.at(60)});
  metrics::WindowRow row;
  row.provisioned = {.invocations = 9,
                     .spillovers = 2,
                     .busy = 30'000'000'000,
                     .ready = 120'000'000'000,
                     .busy_max = 3,
                     .utilization_max_ppm = 750'000};
  writer.row(row);
  row = {};
  row.service = 1;
  writer.row(row);
  writer.end_window();
  writer.bill({});
  writer.summary(small.summary);
  writer.commit();
  render(folder.path());
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].ends_with(",9,2,25,75,,,,,,,,,,,,,,,0.000000000"));
  CHECK(lines[2].ends_with(",,,,,,,,,,,,,,,,,,,,,,,,0.000000000"));
}

TEST_CASE("a function that is counted as CloudWatch does has its metrics, and the account's") {
  const testing::TempFolder folder;
  testing::SmallResult small;
  small.header.services[0].has_lambda_metrics = true;
  small.header.services[0].is_in_loop = true;
  replay::ResultWriter writer(folder / "result.binpb", small.header);
  writer.begin_window({small.at(30), small.at(60)});
  metrics::WindowRow row;
  row.function = {.invocations = 9,
                  .ended = 4,
                  .duration_us = 10'002,
                  .duration_max_us = 7'000,
                  .errors = 1,
                  .throttles = 2,
                  .concurrent_executions_max = 3,
                  .account_concurrent_executions_max = 5,
                  .unreserved_concurrent_executions_max = 4,
                  .claimed_account_concurrency_max = 24,
                  .recursive_invocations_dropped = 6};
  writer.row(row);
  row = {};
  row.service = 1;
  writer.row(row);
  writer.end_window();
  writer.bill({});
  writer.summary(small.summary);
  writer.commit();
  render(folder.path());
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].ends_with(",9,1,2,2.501,7,3,5,4,24,6,,,,,0.000000000"));
  CHECK(lines[2].ends_with(",,,,,,,,,,,,,,,0.000000000"));
  // Of the others together what is of the account is the same, and a maximum of a sum is unknown.
  render(folder.path(), 0);
  CHECK(lines_of(folder / "timeline.csv")[1].ends_with(",9,1,2,2.501,7,,5,4,24,6,,,,,0.000000000"));
}

TEST_CASE("a service that says what its tasks use has their memory, and who was killed for it") {
  const testing::TempFolder folder;
  testing::SmallResult small;
  small.header.services[0].has_memory = true;
  replay::ResultWriter writer(folder / "result.binpb", small.header);
  writer.begin_window({small.at(30), small.at(60)});
  metrics::WindowRow row;
  row.memory = {.used = 30'000'000'000, .available = 120'000'000'000, .kills = 2};
  writer.row(row);
  row = {};
  row.service = 1;
  writer.row(row);
  writer.end_window();
  writer.bill({});
  writer.summary(small.summary);
  writer.commit();
  render(folder.path());
  const std::vector<std::string> lines = lines_of(folder / "timeline.csv");
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].ends_with(",25,2,,,0.000000000"));
  CHECK(lines[2].ends_with(",,,,,0.000000000"));
}

TEST_CASE("the timeline's cost adds up to the bill, service by service") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  render(folder.path());
  const auto sum = [&](const std::string& file, const std::string& service) {
    std::int64_t total = 0;
    for (const std::string& line : lines_of(folder / file)) {
      if (line.find(service) != std::string::npos) total += nano(line.substr(line.rfind(',') + 1));
    }
    return total;
  };
  CHECK(sum("timeline.csv", "fn/a") == 1'235'566);
  CHECK(sum("bill.csv", "fn/a") == 1'235'566);
  CHECK(sum("timeline.csv", "=web") == 999);
  CHECK(sum("bill.csv", "=web") == 999);
}

TEST_CASE("activities and bill carry their text quoted and their empty numbers empty") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  render(folder.path());
  const std::vector<std::string> activities = lines_of(folder / "activities.csv");
  REQUIRE(activities.size() == 4);
  CHECK(activities[0] == "time,service,kind,cause,from,to");
  CHECK(activities[1] == "2026-01-05T00:01:00Z,fn/a,limit,concurrency 10 reached,,");
  CHECK(activities[2] ==
        "2026-01-05T00:01:00Z,\"'=web,\"\"b\"\"\",scale_out,\"CPUUtilization 71.3 > 50, "
        "\"\"High\"\"\",2,3");
  CHECK(activities[3] == "2026-01-05T00:01:01.5Z,\"'=web,\"\"b\"\"\",launch,desired 3,,");
  const std::vector<std::string> bill = lines_of(folder / "bill.csv");
  REQUIRE(bill.size() == 4);
  CHECK(bill[0] == "service,line_item,unit,quantity,unit_price_usd,usd");
  CHECK(bill[1] == "fn/a,lambda.duration_x86,GB-second,0.07411,0.0000166667,0.001235166");
}

TEST_CASE("a damaged result renders nothing at all") {
  const testing::TempFolder folder;
  testing::SmallResult().write(folder.path());
  std::string bytes = testing::read_file(folder / "result.binpb");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  testing::write_file(folder / "result.binpb", bytes);
  CHECK_THROWS(render(folder.path()));
  CHECK(folder.entries() == 1);
}

}  // namespace
}  // namespace skyreplay::report
