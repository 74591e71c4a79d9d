#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "import_support.h"
#include "trace/import.h"
#include "trace/lambda_events.h"

namespace skyreplay::trace {
namespace {

using testing::Contents;
using testing::contents;
using testing::error_of;
using testing::Folder;

struct Imported {
  ImportReport report;
  Contents trace;

  /// One a line: arrival, route, duration, init, memory used, status.
  std::string rows() const {
    std::string text;
    for (const Row& row : trace.rows) {
      text += to_rfc3339(row.arrival) + " " + trace.info.routes[row.route].name + " " +
              format_duration(row.work) + " " + format_duration(row.init) + " " +
              std::to_string(row.memory_used_mib) + " " + std::to_string(row.status) + "\n";
    }
    return text;
  }
};

Imported run(const std::string& text, ImportOptions options = {}) {
  const Folder folder;
  options.inputs = {folder.write("a.log", text)};
  options.out = folder / "t.skytrace";
  ImportReport report = import_trace(options);
  return {report, contents(options.out)};
}

std::string refusal(const std::string& text) {
  const std::string error = error_of([&] { run(text); });
  return error.substr(std::min(error.find("a.log"), error.size()));
}

ImportOptions routed(std::string route) {
  ImportOptions options;
  options.route = std::move(route);
  return options;
}

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

const std::string kCold =
    "REPORT RequestId: 6f0c-1\tDuration: 12.34 ms\tBilled Duration: 244 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 88 MB\tInit Duration: 231.05 ms\t";
/// 10:00:01 less 12.34 ms and 231.05 ms is 10:00:00.75661.
const std::string kColdRow = "2026-03-02T10:00:00.75661Z fn 12.34ms 231.05ms 88 0\n";

TEST_CASE("an export to S3 has a time in front of each message: the end of the invocation") {
  const Imported imported =
      run("2026-03-02T10:00:00.700Z INIT_START Runtime Version: python:3.12.v30\n"
          "2026-03-02T10:00:00.988Z START RequestId: 6f0c-1 Version: $LATEST\n"
          "2026-03-02T10:00:00.990Z [INFO] cart has 3 items {\"a\": 1}\n"
          "2026-03-02T10:00:01.000Z END RequestId: 6f0c-1\n"
          "2026-03-02T10:00:01.000Z " +
              kCold +
              "\n"
              "XRAY TraceId: 1-5d9d007f-0\tSegmentId: 3d75\tSampled: true\t\n"
              "2026-03-02T10:00:02Z REPORT RequestId: 6f0c-2 Duration: 3 ms Billed Duration: 3 ms "
              "Memory Size: 1024 MB Max Memory Used: 90 MB\n",
          routed("fn"));
  CHECK(imported.report.format == "lambda");
  CHECK(imported.rows() == kColdRow + "2026-03-02T10:00:01.997Z fn 3ms 0s 90 0\n");
  CHECK(imported.trace.info.routes[0].memory_size_mib == 1024);
  CHECK(imported.trace.info.routes[0].memory_used_max_mib == 90);
  CHECK(imported.report.dropped.empty());
  CHECK(imported.report.notes.empty());
}

TEST_CASE(
    "`aws logs tail` has a log stream too, which may name the function; or epoch ms stand there") {
  CHECK(
      run("2026-03-02T10:00:01.000000+00:00 2026/03/02/[$LATEST]0a1b " + kCold + "\n", routed("fn"))
          .rows() == kColdRow);
  CHECK(run("2026-03-02T12:00:01.000000+02:00 2026/03/02/fn[7][0a1b] " + kCold + "\n").rows() ==
        kColdRow);
  CHECK(run("1772445601000\t" + kCold + "\n\n", routed("fn")).rows() == kColdRow);
  CHECK(run("1772445601000\t" + kCold + "\n").trace.info.routes[0].name == "all");
}

TEST_CASE("the parts of a report may stand in any order, parted by blanks or tabs") {
  CHECK(
      run("2026-03-02T10:00:01Z REPORT RequestId: 6f0c-1 Init Duration: 231.05 ms  Duration: 12.34 "
          "ms \tBilled Duration: 100 ms \tMemory Size: 512 MB\tMax Memory Used: 88 MB\t\n",
          routed("fn"))
          .rows() == kColdRow);
  // 100 ms after a restore of 128.4 ms.
  CHECK(run("2026-03-02T10:00:01Z REPORT RequestId: a\tDuration: 100 ms\tBilled Duration: 230 ms\t"
            "Memory Size: 1024 MB\tMax Memory Used: 150 MB\tRestore Duration: 128.40 ms\t"
            "Billed Restore Duration: 130 ms\t\n",
            routed("fn"))
            .rows() == "2026-03-02T10:00:00.7716Z fn 100ms 128.4ms 150 0\n");
}

TEST_CASE("how an invocation failed is kept as the status a client would get") {
  const std::string front = "2026-03-02T10:00:05Z REPORT RequestId: a Duration: 3000.00 ms ";
  CHECK(run(front + "Memory Size: 128 MB Status: timeout\n").trace.rows[0].status == 504);
  CHECK(run(front + "Status: error Error Type: Runtime.ExitError XRAY TraceId: 1-a\n")
            .trace.rows[0]
            .status == 500);
  CHECK(run(front + "\n").trace.rows[0].status == 0);
}

TEST_CASE(
    "Lambda's own JSON brings its time, whatever the order of its keys and what is around it") {
  const std::string report =
      R"({"time":"2026-03-02T10:00:01.000Z","type":"platform.report","record":{"requestId":"6f0c-1",)"
      R"("metrics":{"durationMs":12.34,"billedDurationMs":13,"memorySizeMB":512,)"
      R"("maxMemoryUsedMB":88,"initDurationMs":231.05},"status":"success"}})";
  const std::string other =
      R"({"record":{"status":"timeout","metrics":{"restoreDurationMs":50,"durationMs":1000.0},)"
      R"("requestId":"6f0c-2"},"type":"platform.report","time":"2026-03-02T10:00:09Z"})";
  const std::string rows =
      "2026-03-02T10:00:00.75661Z fn 12.34ms 231.05ms 88 200\n"
      "2026-03-02T10:00:07.95Z fn 1s 50ms 0 504\n";
  CHECK(run(report + "\n" + other + "\n", routed("fn")).rows() == rows);
  CHECK(run("2026-03-02T10:00:01.003Z " + report + "\n2026-03-02T10:00:09.001Z " + other + "\n",
            routed("fn"))
            .rows() == rows);
  CHECK(run("[" + report + ",\n" + other + "]", routed("fn")).rows() == rows);
  // Of Managed Instances there is no more than a duration.
  CHECK(run(other.substr(0, other.find("\"restore")) + other.substr(other.find("\"durationMs")),
            routed("fn"))
            .rows() == "2026-03-02T10:00:08Z fn 1s 0s 0 504\n");
}

TEST_CASE("events of the command line, of a subscription and one a line name the function") {
  const std::string cold =
      R"(REPORT RequestId: 6f0c-1\tDuration: 12.34 ms\tMemory Size: 512 MB\tMax Memory Used: 88 MB\tInit Duration: 231.05 ms\t\n)";
  const std::string filtered = R"({
    "events": [
        {
            "logStreamName": "2026/03/02/[$LATEST]ab{c",
            "timestamp": 1772445601000,
            "message": "START RequestId: 6f0c-1 Version: 1\n",
            "eventId": "1"
        },
        {
            "logStreamName": "2026/03/02/[$LATEST]ab{c",
            "timestamp": 1772445601000,
            "message": ")" + cold +
                               R"("
        }
    ],
    "searchedLogStreams": [ {"events": 1} ]
})";
  CHECK(run(filtered, routed("fn")).rows() == kColdRow);
  const std::string subscribed =
      R"({"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/fn","logStream":"s",)"
      R"("subscriptionFilters":[],"logEvents":[{"id":"1","timestamp":1772445601000,"message":")" +
      cold + R"("}]})";
  CHECK(run(subscribed + subscribed).rows() == kColdRow + kColdRow);
  CHECK(run(R"({"timestamp":"2026-03-02T10:00:01Z","message":")" + cold +
            R"(","logGroup":"/aws/lambda/fn"})" + "\n")
            .rows() == kColdRow);
}

TEST_CASE("Logs Insights gives messages, or the fields it makes of them; bytes are millions a MB") {
  CHECK(run("@timestamp,@message,@log\n2026-03-02 10:00:01.000,\"" + kCold +
            "\n\",123456789012:/aws/lambda/fn\n")
            .rows() == kColdRow);
  CHECK(run("@timestamp,@requestId,@duration,@billedDuration,@memorySize,@maxMemoryUsed,@"
            "initDuration,@log\n"
            "2026-03-02 10:00:01.000,6f0c-1,12.34,244,5.12E8,8.8E7,231.05,1:/aws/lambda/fn\n"
            "2026-03-02 10:00:02.000,,,,,,,1:/aws/lambda/fn\n"
            "2026-03-02 10:00:03.000,6f0c-2,1,1,512000000,8.8E7,,1:/aws/lambda/fn\n")
            .rows() == kColdRow + "2026-03-02T10:00:02.999Z fn 1ms 0s 88 0\n");
  CHECK(run("timestamp,message\n1772445601000,\"" + kCold + "\n\"\n", routed("fn")).rows() ==
        kColdRow);
}

TEST_CASE("an invocation without a report lasted from its start to its end, and a note says so") {
  const std::string log =
      "2026-03-02T10:00:00Z START RequestId: a Version: 1\n"
      "2026-03-02T10:00:00.1Z START RequestId: b Version: 1\n"
      "2026-03-02T10:00:00.2Z START RequestId: c Version: 1\n"
      "2026-03-02T10:00:01Z END RequestId: b\n"
      "2026-03-02T10:00:02Z END RequestId: a\n"
      "2026-03-02T10:00:02Z REPORT RequestId: a Duration: 1999.5 ms\n";
  const Imported imported = run(log, routed("fn"));
  CHECK(imported.rows() ==
        "2026-03-02T10:00:00.0005Z fn 1.9995s 0s 0 0\n"
        "2026-03-02T10:00:00.1Z fn 900ms 0s 0 0\n");
  CHECK(imported.report.dropped == Dropped{{"invocations that started and did not end", 1}});
  CHECK(imported.report.notes ==
        std::vector<std::string>{"1 of 2 invocations have no report: arrival and duration from "
                                 "their START and END, init not known"});
  CHECK(
      run(R"({"time":"2026-03-02T10:00:00Z","type":"platform.start","record":{"requestId":"a"}})"
          "\n"
          R"({"time":"2026-03-02T10:00:03Z","type":"platform.runtimeDone","record":{"requestId":"a"}})"
          "\n")
          .trace.rows[0]
          .work == std::chrono::seconds(3));
}

TEST_CASE("a report that has no time, or no duration, is a bad row with its place") {
  const std::string good = "2026-03-02T10:00:01Z " + kCold + "\n";
  CHECK(refusal(good + kCold + "\n") ==
        "a.log:2:1: the report has no time: the message alone does not say when; export it with "
        "its timestamp");
  CHECK(refusal(good + "EVENTS\t37\t1772445601000\t" + kCold + "\n")
            .starts_with("a.log:2:25: the report has no time"));
  CHECK(refusal("2026-03-02T10:00:01Z REPORT RequestId: a Memory Size: 1 MB\n") ==
        "a.log:1:22: the REPORT has no Duration: 'REPORT RequestId: a Memory Size: 1 MB'");
  CHECK(refusal("2026-03-02T10:00:01Z REPORT RequestId: a Duration: long ms\n") ==
        "a.log:1:22: Duration is not a number: 'long'");
  CHECK(refusal("1970-01-01T00:00:01Z REPORT RequestId: a Duration: 1500 ms\n")
            .starts_with("a.log:1:22: the report's time less the duration is before 1970"));
  CHECK(refusal(R"([{"timestamp": "noon", "message": "REPORT RequestId: a Duration: 1 ms"}])") ==
        "a.log:1:2: the event's time is not a time: 'noon'");
  CHECK(refusal("2026-03-02T10:00:01Z INIT_REPORT Init Duration: 9999.10 ms Phase: init "
                "Status: timeout\n2026-03-02T10:00:01Z START RequestId: a Version: 1\n") ==
        "a.log: there are no requests to import; left out: invocations that started and did not "
        "end: 1");
  ImportOptions skip;
  skip.skip_bad_rows = true;
  const Imported skipped = run(good + kCold + "\n" + good, skip);
  CHECK(skipped.report.rows == 2);
  CHECK(skipped.report.dropped == Dropped{{"bad row: the report has no time", 1}});
}

TEST_CASE("of samples of Lambda's JSON each report is a request, of REPORT lines none has a time") {
  const std::filesystem::path folder = testing::real_trace("format_samples/aws");
  SKIP_WITHOUT_TRACE(folder);
  const Folder out;
  ImportOptions options;
  options.out = out / "t.skytrace";
  options.inputs = {(folder / "lambda_platform_json_handwritten.log").string()};
  const ImportReport report = import_trace(options);
  // grep -c '"platform.report"'
  CHECK(report.rows == 2);
  CHECK(report.dropped == Dropped{});
  options.inputs = {(folder / "lambda_report_handwritten.log").string()};
  CHECK(error_of([&] { import_trace(options); }).find(":3:1: the report has no time") !=
        std::string::npos);
}

TEST_CASE("a function is the last part of its log group, or stands in its log stream") {
  CHECK(function_of("/aws/lambda/fn", "") == "fn");
  CHECK(function_of("123456789012:/aws/lambda/fn", "x") == "fn");
  CHECK(function_of("shared", "2026/03/02/fn[3][ab]") == "shared");
  CHECK(function_of("", "2026/03/02/fn[3][ab]") == "fn");
  CHECK(function_of("", "2026/03/02/[$LATEST]ab") == "");
  CHECK(function_of("", "") == "");
}

}  // namespace
}  // namespace skyreplay::trace
