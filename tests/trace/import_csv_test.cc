#include <doctest/doctest.h>

#include "trace/import_support.h"

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::contents;
using testing::Contents;
using testing::error_of;
using testing::Folder;

struct Csv {
  Folder folder;
  ImportOptions options;
  ImportReport report;

  Contents run(const std::string& text) {
    options.inputs = {folder.write("in.csv", text)};
    options.out = folder.path() / "out.skytrace";
    report = import_trace(options);
    return contents(options.out);
  }
  /// The message, with the folder left out.
  std::string error(const std::string& text) {
    std::string message = error_of([&] { run(text); });
    const std::string prefix = folder.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    CHECK_FALSE(std::filesystem::exists(options.out));
    return message;
  }
};

TEST_CASE("every documented column arrives in the trace") {
  Csv csv;
  const Contents trace = csv.run(
      "arrival,route,duration_ms,bytes_in,bytes_out,status,kind,memory_mib,memory_used_mib,init_"
      "ms\n"
      "2026-01-05T12:00:00.5Z,GET /a,12.5,100,2000,200,sync,512,88,231\n"
      "2026-01-05T12:00:01Z,GET /b,1,,,,queue,,,\n"
      "2026-01-05T12:00:01Z,GET /a,3,,,,,1024,99,\n");
  CHECK(csv.report.format == "csv");
  CHECK(trace.rows_text() ==
        "2026-01-05T12:00:00.5Z GET /a 12.5ms+0s 100 2000\n"
        "2026-01-05T12:00:01Z GET /b 1ms+0s 0 0\n"
        "2026-01-05T12:00:01Z GET /a 3ms+0s 0 0\n");
  CHECK(trace.rows[0].status == 200);
  CHECK(trace.rows[0].init == 231ms);
  CHECK(trace.rows[0].memory_used_mib == 88);
  CHECK(trace.info.durations == Durations::kOneDuration);
  CHECK(trace.info.routes[0].memory_size_mib == 1024);
  CHECK(trace.info.routes[0].memory_used_max_mib == 99);
  CHECK(trace.info.routes[1].kind == InvocationKind::kQueue);
  CHECK(trace.info.routes[1].memory_size_mib == std::nullopt);
}

TEST_CASE("work and wait are kept apart, with a unit in the header or in the value") {
  Csv csv;
  const Contents trace = csv.run("wait_us,arrival_ms,work\n250,1000,2ms\n0,1000.25,1s\n");
  CHECK(trace.info.durations == Durations::kWorkAndWait);
  CHECK(trace.rows_text() ==
        "1970-01-01T00:00:01Z all 2ms+250us 0 0\n1970-01-01T00:00:01.00025Z all 1s+0s 0 0\n");
}

TEST_CASE("a plain number counts from the epoch, or from --origin if given") {
  Csv csv;
  csv.options.time_unit = "s";
  CHECK(csv.run("arrival,duration_ms\n1767571200.000000001,1\n").rows[0].arrival ==
        kDefaultOrigin + 1ns);
  csv.options.origin = to_rfc3339(kDefaultOrigin);
  csv.options.route = "GET /";
  const Contents trace = csv.run("arrival,duration_ms\n0.25,1\n");
  CHECK(trace.rows[0].arrival == kDefaultOrigin + 250ms);
  CHECK(trace.info.routes[0].name == "GET /");
}

TEST_CASE("the span of a log is from its first arrival to just after its last") {
  Csv csv;
  const Contents trace = csv.run("arrival_s,duration_ms\n100,1\n200,1\n");
  CHECK(trace.info.start == TimePoint{100s});
  CHECK(trace.info.end == TimePoint{200s} + 1ns);
}

TEST_CASE("gzip and several inputs in their order make one trace") {
  Csv csv;
  const std::string header = "arrival_s,route,duration_ms\n";
  csv.options.inputs = {csv.folder.write_gzip("a.csv.gz", header + "1,x,1\n2,y,1\n"),
                        csv.folder.write("b.csv", header + "2,x,1\n")};
  csv.options.out = csv.folder.path() / "out.skytrace";
  CHECK(import_trace(csv.options).rows == 3);
  std::swap(csv.options.inputs[0], csv.options.inputs[1]);
  const std::string message = error_of([&] { import_trace(csv.options); });
  CHECK(message.find("a.csv.gz:2:1: arrival lies before the row above it") != std::string::npos);
  CHECK(message.find("b.csv:2)") != std::string::npos);
}

TEST_CASE("a missing or misspelt column is named") {
  Csv csv;
  csv.options.format = "csv";
  CHECK(csv.error("arival,duration_ms\n1,1\n") ==
        "in.csv:1:1: unknown column 'arival', did you mean 'arrival'? (--ignore-column arival "
        "passes over it)");
  CHECK(csv.error("when,duration_ms\n1,1\n") ==
        "in.csv:1: no column 'arrival' (or arrival_s, _ms, _us, _ns); unused columns: when");
  CHECK(csv.error("arrival_s,route\n1,x\n") ==
        "in.csv:1: no column 'duration' (or 'work' and 'wait'); where none was recorded, "
        "--service-time gives a law");
  CHECK(csv.error("arrival_s,wait_ms\n1,1\n") ==
        "in.csv:1: no column 'work', which 'wait' adds to");
  CHECK(csv.error("arrival_s,work_ms,duration_ms\n1,1,1\n") ==
        "in.csv:1: give either 'duration' or 'work' and 'wait', not both");
  CHECK(csv.error("arrival_s,arrival,duration_ms\n1,1,1\n") ==
        "in.csv:1:11: a second column 'arrival'");
}

TEST_CASE("a column unlike any known one is passed over and reported") {
  Csv csv;
  csv.run("arrival_s,duration_ms,customer\n1,1,me\n");
  REQUIRE(csv.report.notes.size() == 1);
  CHECK(csv.report.notes[0].ends_with("in.csv: column 'customer' is not used"));
  csv.options.ignored_columns = {"customer", "rout"};
  csv.run("arrival_s,duration_ms,customer,rout\n1,1,me,x\n");
  CHECK(csv.report.notes.empty());
}

TEST_CASE("empty, header only, and no text at all") {
  Csv csv;
  CHECK(csv.error("") == "in.csv: the file is empty");
  CHECK(csv.error("arrival,duration_ms\n") == "in.csv: there are no rows to import");
  std::string names;
  for (const ImportFormat& format : import_formats()) {
    names += (names.empty() ? "" : ", ") + format.name;
  }
  CHECK(csv.error("hello world\n") ==
        "in.csv:1:1: the format is not recognized from 'hello world'; --format names it: " + names);
  csv.options.format = "count";
  CHECK(csv.error("arrival,duration_ms\n") ==
        "--format: unknown format 'count', did you mean 'counts'? (there are " + names + ")");
}

/// The message for one row of values under a fixed header.
std::string row_error(const std::string& row) {
  Csv csv;
  return csv.error("arrival_s,duration_ms,bytes_in,status,kind,route\n1,1,1,200,sync,x\n" + row +
                   "\n");
}

TEST_CASE("a bad value stops with file, line, column and reason") {
  CHECK(row_error("x,1,1,200,sync,x") ==
        "in.csv:3:1: arrival is neither a time nor a number: 'x'; a time looks like "
        "2026-01-05T12:00:00.5Z");
  CHECK(row_error(",1,1,200,sync,x") == "in.csv:3:1: arrival is empty: ''");
  CHECK(row_error("-5,1,1,200,sync,x") == "in.csv:3:1: arrival is negative: '-5'");
  CHECK(row_error("1969-12-31T00:00:00Z,1,1,200,sync,x") ==
        "in.csv:3:1: arrival lies before 1970: '1969-12-31T00:00:00Z'");
  CHECK(row_error("1767571200000,1,1,200,sync,x") ==
        "in.csv:3:1: arrival lies beyond the year 2261: '1767571200000'; is the unit right?");
  CHECK(row_error("2262-02-01T00:00:00Z,1,1,200,sync,x") ==
        "in.csv:3:1: arrival lies beyond the year 2261: '2262-02-01T00:00:00Z'");
  CHECK(row_error("2,nan,1,200,sync,x") ==
        "in.csv:3:3: duration is not a duration: 'nan'; expected something like 12.5ms");
  CHECK(row_error("2,,1,200,sync,x") == "in.csv:3:3: duration is empty: ''");
  CHECK(row_error("2,-1,1,200,sync,x") == "in.csv:3:3: duration is negative: '-1'");
  CHECK(row_error("2,8640000001,1,200,sync,x") ==
        "in.csv:3:3: duration is longer than 100 days: '8640000001'; is the unit right?");
  CHECK(row_error("2,1,1.5,200,sync,x") == "in.csv:3:5: bytes_in is not a whole number: '1.5'");
  CHECK(row_error("2,1,-1,200,sync,x") == "in.csv:3:5: bytes_in is negative: '-1'");
  CHECK(row_error("2,1,1,1000,sync,x") == "in.csv:3:7: status is too large: '1000'");
  CHECK(row_error("2,1,1,200,synch,x") ==
        "in.csv:3:11: kind is unknown: 'synch'; expected sync, async, queue, stream, schedule or "
        "job");
  CHECK(row_error("2,1,1,200,queue,x") ==
        "in.csv:3:11: kind differs from the route's first row: 'x' was sync there");
  CHECK(row_error("2,1,1,200,sync,") == "in.csv:3:16: route is empty");
  CHECK(row_error("2,1,1,200,sync," + std::string(4097, 'r')) ==
        "in.csv:3:16: route is longer than 4,096 bytes");
  CHECK(row_error("2,1,1,200,sync") ==
        "in.csv:3:11: the row has another number of fields than the header: 5 instead of 6");
  CHECK(row_error("2,1,1,200,sync,x,y") ==
        "in.csv:3:18: the row has another number of fields than the header: 7 instead of 6");
  CHECK(row_error("0.5,1,1,200,sync,x") ==
        "in.csv:3:1: arrival lies before the row above it: 1970-01-01T00:00:00.5Z comes after "
        "1970-01-01T00:00:01Z (in.csv:2); sort the input by arrival");
  CHECK(row_error("2,1,1,200,sync,\"x") ==
        "in.csv:3:16: a quote is opened and not closed within 1 MiB");
  CHECK(row_error(std::string("2,1,1,200,sync,\0", 16)) ==
        "in.csv:3:16: the line holds a NUL byte");
  CHECK(row_error(std::string(2'000'000, 'x')) ==
        "in.csv:3:1048577: the line is longer than 1 MiB");
}

TEST_CASE("a number without a unit anywhere is refused with both ways to give one") {
  Csv csv;
  CHECK(
      csv.error("arrival,duration_ms\n5,1\n") ==
      "in.csv:2:1: arrival is a number without a unit: '5'; say --time-unit s, or name the column "
      "arrival_s, _ms, _us or _ns");
  CHECK(csv.error("arrival_s,duration\n5,1\n") ==
        "in.csv:2:3: duration is a number without a unit: '1'; write it with one, as in 12.5ms, or "
        "name it in the header, as in duration_ms");
}

TEST_CASE("skipped rows are counted by reason, in the report and in the provenance") {
  Csv csv;
  csv.options.skip_bad_rows = true;
  const Contents trace =
      csv.run("arrival_s,duration_ms\n1,1\nx,1\n2,-1\n3,-2\n0,1\n4\n\"5,1\n6,1\n");
  CHECK(trace.rows.size() == 2);
  const std::vector<std::pair<std::string, std::uint64_t>> expected{
      {"bad row: a quote is opened and not closed within 1 MiB", 1},
      {"bad row: arrival is neither a time nor a number", 1},
      {"bad row: arrival lies before the row above it", 1},
      {"bad row: duration is negative", 2},
      {"bad row: the row has another number of fields than the header", 1}};
  CHECK(csv.report.dropped == expected);
  REQUIRE(trace.info.provenance.size() == 1);
  CHECK(trace.info.provenance[0].dropped == expected);
  CHECK(trace.info.provenance[0].tool == "import csv");
  CHECK(trace.info.provenance[0].measured == std::vector<std::string>{"arrival", "duration"});
}

TEST_CASE("without recorded durations --service-time draws them, by row") {
  Csv csv;
  csv.options.service_time = "{uniform: [1ms, 9ms]}";
  const Contents one = csv.run("arrival_s,route\n1,x\n2,y\n");
  CHECK(one.rows[0].work != one.rows[1].work);
  CHECK(one.rows[0].work >= 1ms);
  CHECK(one.info.provenance[0].drawn ==
        std::vector<std::string>{"duration: {uniform: [1ms, 9ms]}"});
  CHECK(csv.run("arrival_s,route\n1,x\n2,y\n").rows_text() == one.rows_text());
  csv.options.seed = 2;
  CHECK(csv.run("arrival_s,route\n1,x\n2,y\n").rows_text() != one.rows_text());
  csv.options.service_time = "{lognormal: {p50: 1ms, p90: 9ms}}";
  std::filesystem::remove(csv.options.out);
  CHECK(csv.error("arrival_s,route\n1,x\n") ==
        "--service-time:1:24: lognormal: unknown field 'p90', did you mean 'p50'?");
}

TEST_CASE("routes enter in order of appearance and the rest is one route 'other'") {
  Csv csv;
  csv.options.max_routes = 2;
  const Contents trace = csv.run(
      "arrival_s,route,duration_ms,kind\n1,b,1,queue\n2,a,1,sync\n3,c,1,async\n4,d,1,job\n5,b,1,"
      "queue\n");
  REQUIRE(trace.info.routes.size() == 3);
  CHECK(trace.info.routes[0].name == "b");
  CHECK(trace.info.routes[1].name == "a");
  CHECK(trace.info.routes[2].name == "other");
  CHECK(trace.info.routes[2].rows == 2);
  CHECK(csv.report.dropped ==
        std::vector<std::pair<std::string, std::uint64_t>>{
            {"rows of routes beyond max_routes, counted as route 'other'", 2}});
}

}  // namespace
}  // namespace skyreplay::trace
