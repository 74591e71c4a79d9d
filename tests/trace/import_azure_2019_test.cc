#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "support/traces.h"
#include "trace/delimited_reader.h"
#include "trace/import_support.h"

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::contents;
using testing::error_of;
using testing::Folder;

constexpr const char* kHash = "0123456789abcdef";

std::string hash(char first) { return first + std::string(kHash); }

/// "owner,app,function" in the published order.
std::string key(char function, char app = 'a') {
  return hash('0') + "," + hash(app) + "," + hash(function);
}

const std::string kDurationHeader =
    "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,"
    "percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,"
    "percentile_Average_99,percentile_Average_100\n";
const std::string kMemoryHeader =
    "HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,"
    "AverageAllocatedMb_pct5,AverageAllocatedMb_pct25,AverageAllocatedMb_pct50,"
    "AverageAllocatedMb_pct75,AverageAllocatedMb_pct95,AverageAllocatedMb_pct99,"
    "AverageAllocatedMb_pct100\n";

/// Every percentile at `value`, so that the duration is the average.
std::string durations(const std::string& of, int average, int value) {
  std::string row = of + "," + std::to_string(average) + ",10,0,99";
  for (int i = 0; i < 7; ++i) row += "," + std::to_string(value);
  return row + "\n";
}

std::string memory(const std::string& of) { return of + ",10,100,1,2,3,128,200,250,260,300\n"; }

/// Two functions over three minutes, the usual header.
struct Small {
  Folder folder;
  ImportOptions options;
  std::string header = "HashOwner,HashApp,HashFunction,Trigger,1,2,3\n";
  std::string rows = key('b') + ",http,2,0,1\n" + key('c') + ",timer,0,1,1\n";
  std::string duration_rows = durations(key('b'), 20, 20) + durations(key('c'), 7, 7);
  std::string memory_header = kMemoryHeader;
  std::string memory_rows = memory(hash('0') + "," + hash('a'));

  TraceInfo run() {
    options.inputs = {folder.write("invocations.csv", header + rows),
                      folder.write("durations.csv", kDurationHeader + duration_rows)};
    if (!memory_rows.empty()) {
      options.inputs.push_back(folder.write("memory.csv", memory_header + memory_rows));
    }
    options.out = folder.path() / "out.skytrace";
    report = import_trace(options);
    trace = contents(options.out);
    return trace.info;
  }
  std::string error() {
    return error_of([&] { run(); });
  }
  std::string dropped(const std::string& what) const {
    for (const auto& [name, count] : report.dropped) {
      if (name == what) return std::to_string(count);
    }
    return "none";
  }

  ImportReport report;
  testing::Contents trace;
};

std::int64_t minute_of(const Row& row, TimePoint origin) { return (row.arrival - origin) / 1min; }

TEST_CASE("columns 1..n start at origin + n - 1 minutes and the span covers them all") {
  Small small;
  const TraceInfo info = small.run();
  CHECK(small.report.format == "azure-functions-2019");
  CHECK(info.start == kDefaultOrigin);
  CHECK(info.end == kDefaultOrigin + 3min);
  REQUIRE(small.trace.rows.size() == 5);
  std::map<std::pair<std::string, std::int64_t>, int> counts;
  for (const Row& row : small.trace.rows) {
    ++counts[{info.routes[row.route].name, minute_of(row, kDefaultOrigin)}];
  }
  CHECK(counts == std::map<std::pair<std::string, std::int64_t>, int>{{{"b0123456", 0}, 2},
                                                                      {{"b0123456", 2}, 1},
                                                                      {{"c0123456", 1}, 1},
                                                                      {{"c0123456", 2}, 1}});
}

TEST_CASE("columns that begin elsewhere name the minute of the day") {
  Small small;
  small.header = "HashOwner,HashApp,HashFunction,Trigger,480,481,482\n";
  const TraceInfo info = small.run();
  CHECK(info.start == kDefaultOrigin + 8h);
  CHECK(info.end == kDefaultOrigin + 8h + 3min);
  CHECK(minute_of(small.trace.rows.front(), kDefaultOrigin) == 480);
}

TEST_CASE("the header variants of the wild give the same rows as the published header") {
  Small usual;
  usual.run();
  const auto same = [&](Small& other) {
    other.run();
    return other.trace.rows_text() == usual.trace.rows_text();
  };
  SUBCASE("minute_1") {
    Small small;
    small.header = "HashOwner,HashApp,HashFunction,Trigger,minute_1,minute_2,minute_3\n";
    CHECK(same(small));
  }
  SUBCASE("1_minute") {
    Small small;
    small.header = "HashOwner,HashApp,HashFunction,Trigger,1_minute,2_minute,3_minute\n";
    CHECK(same(small));
  }
  SUBCASE("no header at all, in any of the three files") {
    Small small;
    small.header.clear();
    small.memory_header.clear();
    CHECK(same(small));
    CHECK(small.trace.info.routes[0].kind == InvocationKind::kSync);
    CHECK(small.trace.info.routes[0].memory_used_p50_mib == 128);
  }
  SUBCASE("HashFunction first") {
    Small small;
    small.header = "HashFunction,HashOwner,HashApp,Trigger,1,2,3\n";
    small.rows = hash('b') + "," + hash('0') + "," + hash('a') + ",http,2,0,1\n" + hash('c') + "," +
                 hash('0') + "," + hash('a') + ",timer,0,1,1\n";
    CHECK(same(small));
  }
  SUBCASE("CRLF, quotes and no final line feed") {
    Small small;
    small.header = "\"HashOwner\",HashApp,HashFunction,Trigger,1,2,3\r\n";
    small.rows = key('b') + ",\"http\",2,0,1\r\n" + key('c') + ",timer,0,1,1";
    CHECK(same(small));
  }
}

TEST_CASE("without a column Trigger every route is sync, and the report says so") {
  Small small;
  small.header = "HashOwner,HashApp,HashFunction,1,2,3\n";
  small.rows = key('b') + ",2,0,1\n" + key('c') + ",0,1,1\n";
  const TraceInfo info = small.run();
  CHECK(info.routes[1].kind == InvocationKind::kSync);
  CHECK(small.report.notes == std::vector<std::string>{"no column Trigger: every route is sync"});
}

TEST_CASE("http is sync, timer is a schedule, queue a queue and any other trigger async") {
  Small small;
  small.header = "HashOwner,HashApp,HashFunction,Trigger,1\n";
  small.rows.clear();
  small.duration_rows.clear();
  const std::vector<std::pair<std::string, InvocationKind>> expected{
      {"http", InvocationKind::kSync},     {"timer", InvocationKind::kSchedule},
      {"queue", InvocationKind::kQueue},   {"event", InvocationKind::kAsync},
      {"storage", InvocationKind::kAsync}, {"orchestration", InvocationKind::kAsync},
      {"others", InvocationKind::kAsync}};
  std::map<std::string, InvocationKind> kinds;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const char c = static_cast<char>('1' + i);
    small.rows += key(c) + "," + expected[i].first + ",1\n";
    small.duration_rows += durations(key(c), 5, 5);
    kinds[hash(c).substr(0, 8)] = expected[i].second;
  }
  for (const Route& route : small.run().routes) CHECK(route.kind == kinds[route.name]);
}

TEST_CASE("a name is the shortest prefix of eight or more digits that no other function has") {
  Small small;
  const std::string owner_app = hash('0') + "," + hash('a') + ",";
  small.rows = owner_app + "1111111122,http,1,1,1\n" + owner_app + "1111111133,http,1,1,1\n" +
               owner_app + "2222222222,http,1,1,1\n" + hash('0') + ",ffff,2222222222,http,1,0,0\n";
  small.duration_rows =
      durations(owner_app + "1111111122", 5, 5) + durations(owner_app + "1111111133", 5, 5) +
      durations(owner_app + "2222222222", 5, 5) + durations(hash('0') + ",ffff,2222222222", 5, 5);
  std::map<std::string, std::uint64_t> rows;
  for (const Route& route : small.run().routes) rows[route.name] = route.rows;
  CHECK(rows == std::map<std::string, std::uint64_t>{{"111111112", 3},
                                                     {"111111113", 3},
                                                     {"2222222222/" + hash('a'), 3},
                                                     {"2222222222/ffff", 1}});
}

TEST_CASE("functions in one file only are left out and counted") {
  Small small;
  small.rows += key('d') + ",http,3,3,3\n" + key('e') + ",http,0,0,0\n";
  small.duration_rows += durations(key('e'), 5, 5) + durations(key('f'), 5, 5);
  CHECK(small.run().rows == 5);
  CHECK(small.dropped("functions without a row of durations") == "1");
  CHECK(small.dropped("calls of functions without a row of durations") == "9");
  CHECK(small.dropped("functions without a row of invocations") == "1");
  CHECK(small.dropped("functions without a call") == "1");
}

TEST_CASE("memory of the application or of the function is kept per route") {
  Small small;
  CHECK(small.run().routes[0].memory_used_max_mib == 300);
  const auto& attributes = small.trace.info.routes[0].attributes;
  const std::map<std::string, std::string> map(attributes.begin(), attributes.end());
  CHECK(map.at("memory_scope") == "application");
  CHECK(map.at("memory_used_p99_mib") == "260");
  CHECK(map.at("duration_average_ms") == "20");
  CHECK(map.at("trigger") == "http");

  Small each;
  each.memory_header = "HashFunction," + kMemoryHeader;
  each.memory_rows = memory(hash('c') + "," + hash('0') + "," + hash('a'));
  const TraceInfo info = each.run();
  CHECK(info.routes[0].memory_used_p50_mib == std::nullopt);
  CHECK(info.routes[1].memory_used_p50_mib == 128);

  Small none;
  none.memory_rows.clear();
  CHECK(none.run().routes[0].memory_used_max_mib == std::nullopt);
}

TEST_CASE("durations are the percentiles times the factor that makes their mean the average") {
  Small small;
  // Linear from 0 to 100 ms: mean 50; an average of 25 halves it, so draws lie in [0, 50 ms].
  small.rows = key('b') + ",http,20000,0,0\n" + key('c') + ",http,2,0,0\n";
  small.duration_rows = key('b') + ",25,1,0,1,0,1,25,50,75,99,100\n" + durations(key('c'), 8, 0);
  const TraceInfo info = small.run();
  double sum = 0;
  Duration longest{0};
  for (const Row& row : small.trace.rows) {
    if (info.routes[row.route].name == "c0123456") {
      CHECK(row.work == 8ms);  // the percentiles' mean is 0: the average itself
      continue;
    }
    sum += std::chrono::duration<double, std::milli>(row.work).count();
    longest = std::max(longest, row.work);
  }
  // Standard deviation 50/sqrt(12) = 14.4 ms over 20,000 draws: four errors are 0.41 ms.
  CHECK(std::abs(sum / 20000 - 25) < 0.41);
  CHECK(longest <= 50ms);
  CHECK(longest > 49ms);
}

TEST_CASE("an average of 0 ms stands for half the resolution, and the report counts it") {
  Small small;
  small.duration_rows = durations(key('b'), 0, 0) + durations(key('c'), 7, 7);
  small.run();
  CHECK(small.trace.rows.front().work == 500us);
  CHECK(small.report.notes ==
        std::vector<std::string>{"1 functions (3 calls) have a recorded average of 0 ms; 0.5 ms is "
                                 "taken"});
}

TEST_CASE("one function's calls do not depend on which others are imported") {
  Small both, alone;
  alone.rows = key('c') + ",timer,0,1,1\n";
  both.run();
  alone.run();
  std::vector<std::string> left, right;
  for (const Row& row : both.trace.rows) {
    if (both.trace.info.routes[row.route].name == "c0123456")
      left.push_back(to_rfc3339(row.arrival));
  }
  for (const Row& row : alone.trace.rows) right.push_back(to_rfc3339(row.arrival));
  CHECK(left == right);
  CHECK(left.size() == 2);
}

TEST_CASE("the laws within a minute: uniform moves with the seed, start and equidistant do not") {
  Small one, two;
  one.options.seed = 1;
  two.options.seed = 2;
  one.run();
  two.run();
  CHECK(one.trace.rows_text() != two.trace.rows_text());

  Small timers;
  timers.options.timer_arrivals = "start";
  timers.run();
  for (const Row& row : timers.trace.rows) {
    if (timers.trace.info.routes[row.route].name != "c0123456") continue;
    CHECK((row.arrival - kDefaultOrigin) % 1min == 0ns);
  }
  Small even;
  even.options.arrivals = "equidistant";
  even.run();
  CHECK(even.trace.rows[1].arrival - even.trace.rows[0].arrival == 30s);
}

TEST_CASE("routes beyond max_routes are counted as 'other'") {
  Small small;
  small.options.max_routes = 1;
  const TraceInfo info = small.run();
  REQUIRE(info.routes.size() == 2);
  CHECK(info.routes[0].name == "b0123456");
  CHECK(info.routes[1].name == "other");
  CHECK(info.routes[1].rows == 2);
  CHECK(small.dropped("rows of routes beyond max_routes, counted as route 'other'") == "2");
}

TEST_CASE("without durations a law by --service-time takes their place") {
  Small small;
  small.options.service_time = "3ms";
  small.options.inputs = {small.folder.write("invocations.csv", small.header + small.rows)};
  small.options.out = small.folder.path() / "out.skytrace";
  import_trace(small.options);
  CHECK(contents(small.options.out).rows.front().work == 3ms);
  CHECK(error_of([&] {
          small.options.service_time.clear();
          import_trace(small.options);
        }) ==
        "azure-functions-2019: no input holds durations; name the file, or give a law for "
        "all functions by --service-time");
}

TEST_CASE("a bad row stops with file, line, column and reason, or is counted") {
  Small small;
  SUBCASE("a count that is no number") {
    small.rows = key('b') + ",http,2,x,1\n" + key('c') + ",timer,0,1,1\n";
    CHECK(small.error() == (small.folder.path() / "invocations.csv").string() +
                               ":2:62: a count is not a whole number: 'x'");
    small.options.skip_bad_rows = true;
    CHECK(small.run().rows == 2);
    CHECK(small.dropped("bad row: a count is not a whole number") == "1");
  }
  SUBCASE("a negative count") {
    small.rows = key('b') + ",http,-2,0,1\n";
    CHECK(small.error().ends_with(":2:60: a count is negative: '-2'"));
  }
  SUBCASE("a missing field") {
    small.rows = key('b') + ",http,2,0\n";
    CHECK(small.error().ends_with(
        ":2:1: the row has another number of fields than the header: 6 instead of 7"));
  }
  SUBCASE("a function twice") {
    small.rows += key('b') + ",http,2,0,1\n";
    CHECK(small.error().find(":4:37: the function has a second row of invocations") !=
          std::string::npos);
  }
  SUBCASE("percentiles that fall") {
    small.duration_rows = key('b') + ",25,1,0,1,0,1,25,50,49,99,100\n";
    CHECK(small.error().ends_with(":2:74: a percentile lies below the one before it: '49'"));
  }
  SUBCASE("an endless duration") {
    small.duration_rows = key('b') + ",9000000000000,1,0,1,0,1,25,50,75,99,100\n";
    CHECK(small.error().ends_with(":2:55: a duration is longer than 100 days: '9000000000000'"));
  }
  SUBCASE("two files of invocations") {
    small.memory_header = small.header;
    small.memory_rows = small.rows;
    CHECK(small.error().ends_with(
        "memory.csv:1:1: a second file of invocations; one day makes one trace"));
  }
  SUBCASE("a minute twice") {
    small.header = "HashOwner,HashApp,HashFunction,Trigger,1,2,2\n";
    CHECK(small.error().ends_with("invocations.csv:1:1: minute 2 has two columns"));
  }
  SUBCASE("an option of another format") {
    small.options.step = "1s";
    CHECK(small.error() == "--step has no meaning for the format azure-functions-2019");
  }
  SUBCASE("an unknown law") {
    small.options.arrivals = "equidistent";
    CHECK(small.error() ==
          "--arrivals: unknown law 'equidistent', did you mean 'equidistant'? "
          "(there are uniform, poisson, equidistant, start)");
  }
}

/// The real cut: its counts per function and minute, read without the importer.
using Counts = std::map<std::string, std::vector<std::uint64_t>>;

Counts real_counts(const std::filesystem::path& path) {
  DelimitedReader reader{TextInput(path.string())};
  Counts counts;
  reader.next();
  while (reader.next() == DelimitedReader::Outcome::kRecord) {
    auto& row = counts[std::string(reader.fields()[2].text)];
    for (std::size_t i = 4; i < reader.fields().size(); ++i) {
      row.push_back(std::stoull(std::string(reader.fields()[i].text)));
    }
  }
  return counts;
}

TEST_CASE("the real cut keeps every count per function and minute and every recorded mean") {
  const std::string folder = "azure_functions_2019_invitro500_8h/";
  const auto invocations = testing::real_trace(folder + "invocations.csv.gz");
  SKIP_WITHOUT_TRACE(invocations);
  Folder temporary;
  ImportOptions options;
  options.inputs = {invocations.string(), testing::real_trace(folder + "durations.csv.gz").string(),
                    testing::real_trace(folder + "memory.csv.gz").string()};
  options.out = temporary.path() / "azure.skytrace";
  const ImportReport report = import_trace(options);
  CHECK(report.rows == 3'037'902);
  CHECK(report.routes == 500);
  CHECK(report.dropped.empty());

  Reader reader(options.out);
  const TraceInfo& info = reader.info();
  CHECK(info.start == kDefaultOrigin + 8h);
  CHECK(info.end == kDefaultOrigin + 16h);
  std::vector<std::vector<std::uint64_t>> seen(500, std::vector<std::uint64_t>(480));
  std::vector<double> sum(500), squares(500);
  for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      const auto minute =
          (batch.arrival_ns[i] - info.start.time_since_epoch().count()) / 60'000'000'000;
      ++seen[batch.route[i]][static_cast<std::size_t>(minute)];
      const double ms = static_cast<double>(batch.work_ns[i]) / 1e6;
      sum[batch.route[i]] += ms;
      squares[batch.route[i]] += ms * ms;
    }
  }
  const Counts expected = real_counts(invocations);
  int outside = 0;
  for (std::size_t r = 0; r < 500; ++r) {
    const auto& attributes = info.routes[r].attributes;
    const std::map<std::string, std::string> map(attributes.begin(), attributes.end());
    CHECK(seen[r] == expected.at(map.at("hash_function")));
    const auto n = static_cast<double>(info.routes[r].rows);
    const double average = std::max(std::stod(map.at("duration_average_ms")), 0.5);
    const double mean = sum[r] / n;
    const double error = std::sqrt(std::max(squares[r] / n - mean * mean, 0.0) / n);
    // Few calls cannot show the tail that the error is estimated from.
    if (n >= 1000 && std::abs(mean - average) > 4 * error + 0.001) ++outside;
  }
  CHECK(outside == 0);
}

}  // namespace
}  // namespace skyreplay::trace
