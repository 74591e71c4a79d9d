#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "import_support.h"
#include "trace/import.h"

namespace skyreplay::trace {
namespace {

using testing::Contents;
using testing::contents;
using testing::error_of;
using testing::Folder;

struct Imported {
  ImportReport report;
  Contents trace;
};

Imported run(const std::vector<std::string>& texts, ImportOptions options = {}) {
  const Folder folder;
  for (const std::string& text : texts) {
    options.inputs.push_back(
        folder.write(std::string(1, static_cast<char>('a' + options.inputs.size())), text));
  }
  options.out = folder / "t.skytrace";
  options.arrivals = "start";
  ImportReport report = import_trace(options);
  return {report, contents(options.out)};
}

std::string refusal(const std::string& text) {
  const std::string error = error_of([&] { run({text}); });
  return error.substr(std::min(error.find("/a"), error.size()));
}

/// Blanks become tabs.
std::string tabbed(std::string line) {
  std::ranges::replace(line, ' ', '\t');
  return line + "\n";
}

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

const std::string kHeader =
    "#Version: 1.0\n#Fields: date time sc-bytes cs-method cs-uri-stem sc-status x-edge-result-type "
    "cs-bytes time-taken time-to-first-byte\n";

TEST_CASE(
    "a line arrived its time taken before it was written, its origin worked to the first byte") {
  const Imported imported =
      run({kHeader + tabbed("2026-03-02 10:00:03 4096 GET /orders/17 200 Miss 310 1.250 0.080")});
  CHECK(imported.report.format == "cloudfront");
  CHECK(imported.trace.rows_text() == "2026-03-02T10:00:01.75Z GET /orders/{n} 80ms+0s 310 4096\n");
  CHECK(imported.trace.rows[0].status == 200);
}

TEST_CASE("fields are where each file's header says, and absent ones are not needed") {
  const Imported imported =
      run({kHeader + tabbed("2026-03-02 10:00:03 4096 GET /a 200 Miss 310 1.250 -"),
           "#Version: 1.0\n#Fields: cs-method time-taken cs-uri-stem c-ip time date\n" +
               tabbed("PUT 0.5 /b 198.51.100.7 10:00:02 2026-03-02")});
  CHECK(imported.trace.rows_text() ==
        "2026-03-02T10:00:01.5Z PUT /b 500ms+0s 0 0\n"
        "2026-03-02T10:00:01.75Z GET /a 1.25s+0s 310 4096\n");
}

TEST_CASE("lines without a header are in the order in which CloudFront writes them") {
  const std::string line = tabbed(
      "2026-03-02 10:00:03 FRA50-C1 4096 198.51.100.7 GET d1.cloudfront.net /a 200 - agent - - "
      "Miss "
      "id== shop.example https 310 0.036 - TLSv1.3 cipher RefreshHit");
  CHECK(run({line}).trace.rows_text() == "2026-03-02T10:00:02.964Z GET /a 36ms+0s 310 4096\n");
}

TEST_CASE("what CloudFront escaped is undone once, what the client had escaped stays") {
  const Imported imported = run(
      {kHeader + tabbed("2026-03-02 10:00:03 1 GET /a%2520b/%C3%A9%00%zz%4 200 Miss 1 0.1 0.1")});
  CHECK(imported.trace.info.routes[0].name == "GET /a%20b/\xc3\xa9%00%zz%4");
}

TEST_CASE("what never went to the origin is left out and counted, or kept") {
  std::string text = kHeader;
  for (const char* result : {"Hit", "RefreshHit", "OriginShieldHit", "Miss", "Error", "Redirect",
                             "FunctionGeneratedResponse"}) {
    text += tabbed(std::string("2026-03-02 10:00:03 1 GET / 200 ") + result + " 1 0.1 0.1");
  }
  text += tabbed("2026-03-02 10:00:03 1 GET /live 101 Miss 1 100 0.1");
  const Imported imported = run({text});
  CHECK(imported.report.rows == 3);
  CHECK(imported.report.dropped ==
        Dropped{{"WebSocket connections", 1}, {"requests that CloudFront answered itself", 4}});
  ImportOptions keep;
  keep.cache_hits = "keep";
  CHECK(run({text}, keep).report.rows == 7);
  keep.cache_hits = "maybe";
  CHECK(error_of([&] { run({text}, keep); }) == "--cache-hits: 'maybe' is neither drop nor keep");
}

TEST_CASE(
    "sample lines of 2016 and 2019, without a header, are read by the usual order of fields") {
  const std::filesystem::path folder = testing::real_trace("format_samples/aws");
  SKIP_WITHOUT_TRACE(folder);
  const Folder out;
  ImportOptions options;
  options.arrivals = "start";
  options.cache_hits = "keep";
  options.inputs = {(folder / "cloudfront_lines.log").string()};
  options.out = out / "t.skytrace";
  import_trace(options);
  CHECK(contents(options.out).rows_text() ==
        "2016-06-10T18:41:38.964Z GET /content/sample/thing.pdf 36ms+0s 883 224281\n"
        "2019-12-04T21:02:30.999Z GET /index.html 1ms+0s 23 392\n");
}

TEST_CASE("a bad line has its place, a header that lacks a field is refused") {
  CHECK(refusal(kHeader + tabbed("2026-03-02 10:00:03 4096 GET /a 200 Miss 310 long 1")) ==
        "/a:3:46: time-taken is not a number: 'long'");
  CHECK(refusal(kHeader + tabbed("2026-13-02 10:00:03 4096 GET /a 200 Miss 310 1 1")) ==
        "/a:3:1: date is not a time: '2026-13-02'");
  CHECK(refusal(kHeader + tabbed("2026-03-02 10:00:03 4096")) ==
        "/a:3: the line has too few fields");
  CHECK(refusal("#Fields: date time cs-uri-stem time-taken\n") ==
        "/a:1:1: the log has no field cs-method");
}

}  // namespace
}  // namespace skyreplay::trace
