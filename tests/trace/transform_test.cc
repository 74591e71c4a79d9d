// trace cut and trace scale, through the public functions.
#include <doctest/doctest.h>
#include <skyreplay/trace.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/error.h"
#include "support/temp_folder.h"
#include "trace/reader.h"
#include "trace/row_copy.h"
#include "trace/writer.h"

using namespace skyreplay;
using namespace skyreplay::trace;
using namespace std::chrono_literals;
using testing::message_of;
using testing::TempFolder;

namespace {

constexpr TimePoint kStart = kDefaultOrigin;

/// `count` requests, one every 10 ms from `kStart` on, alternately on routes "GET /a" and "GET /b";
/// request i works i microseconds. The span is `count` x 10 ms.
void write_ticks(const std::filesystem::path& path, int count) {
  Writer writer(path, kStart, Durations::kWorkAndWait);
  writer.add_route({.name = "GET /a", .memory_size_mib = 512});
  writer.add_route({.name = "GET /b"});
  for (int i = 0; i < count; ++i) {
    writer.add({.arrival = kStart + i * 10ms,
                .route = static_cast<std::uint32_t>(i % 2),
                .work = std::chrono::microseconds(i),
                .status = 200});
  }
  writer.set_span(kStart, kStart + count * 10ms);
  writer.add_provenance({.tool = "ticks"});
  writer.commit();
}

struct Content {
  TraceInfo info;
  std::vector<Row> rows;
};

Content read(const std::filesystem::path& path) {
  Reader reader(path);
  Content content{.info = reader.info(), .rows = {}};
  for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) content.rows.push_back(row_of(reader, batch, i));
  }
  return content;
}

/// The tick a row was, by its work.
std::int64_t tick(const Row& row) { return row.work / 1us; }

bool in_order(const std::vector<Row>& rows) {
  return std::ranges::is_sorted(rows, {}, &Row::arrival);
}

std::string refusal(const CutOptions& options) {
  return message_of<InputError>([&] { cut_trace(options); });
}

}  // namespace

TEST_CASE("a cut by time keeps [from, to) and its span is just that") {
  const TempFolder folder;
  write_ticks(folder / "t", 1'000);
  const TraceWritten written = cut_trace(
      {.input = folder / "t", .output = folder / "c", .from = "2026-01-05T00:00:02Z", .to = "+5s"});
  const Content cut = read(folder / "c");
  CHECK(written.rows == 300);
  CHECK(written.digest == cut.info.digest);
  CHECK(cut.info.start == kStart + 2s);
  CHECK(cut.info.end == kStart + 5s);
  CHECK(tick(cut.rows.front()) == 200);
  CHECK(tick(cut.rows.back()) == 499);
  CHECK(cut.rows.back().status == 200);
  CHECK(cut.info.routes[0].memory_size_mib == 512u);
  CHECK(cut.info.routes[0].rows == 150);
  REQUIRE(cut.info.provenance.size() == 2);
  CHECK(cut.info.provenance[0].tool == "ticks");
  CHECK(cut.info.provenance[1].tool == "cut");
  CHECK(cut.info.provenance[1].arguments ==
        std::vector<std::pair<std::string, std::string>>{{"from", "2026-01-05T00:00:02Z"},
                                                         {"to", "2026-01-05T00:00:05Z"}});
  CHECK(cut.info.provenance[1].dropped ==
        std::vector<std::pair<std::string, std::uint64_t>>{{"outside of the times", 700}});
}

TEST_CASE("a cut by route keeps the routes that fit and the whole span") {
  const TempFolder folder;
  write_ticks(folder / "t", 1'000);
  cut_trace({.input = folder / "t", .output = folder / "c", .routes = {"* /b"}});
  const Content cut = read(folder / "c");
  REQUIRE(cut.info.routes.size() == 1);
  CHECK(cut.info.routes[0].name == "GET /b");
  CHECK(cut.info.rows == 500);
  CHECK(tick(cut.rows.front()) == 1);
  CHECK(cut.info.start == kStart);
  CHECK(cut.info.end == kStart + 10s);
  CHECK(cut.info.provenance.back().dropped.at(0).first == "other routes");
}

TEST_CASE("a cut by rows counts what time and route have left") {
  const TempFolder folder;
  write_ticks(folder / "t", 1'000);
  cut_trace({.input = folder / "t",
             .output = folder / "c",
             .from = "+1s",
             .routes = {"GET /b"},
             .skip_rows = 3,
             .rows = 5});
  const Content cut = read(folder / "c");
  REQUIRE(cut.rows.size() == 5);
  CHECK(tick(cut.rows.front()) == 107);
  CHECK(tick(cut.rows.back()) == 115);
  CHECK(cut.info.start == kStart + 1'070ms);
  CHECK(cut.info.end == kStart + 1'150ms + 1ns);
  CHECK(cut.info.provenance.back().dropped ==
        std::vector<std::pair<std::string, std::uint64_t>>{
            {"outside of the times", 100}, {"other routes", 450}, {"outside of the rows", 445}});
}

TEST_CASE("a cut that can keep nothing is refused with its reason") {
  const TempFolder folder;
  write_ticks(folder / "t", 1'000);
  const auto input = folder / "t", output = folder / "c";
  CHECK(refusal({.input = input, .output = output, .from = "+5s", .to = "+5s"}) ==
        "nothing to keep: the cut begins at 2026-01-05T00:00:05Z and ends at "
        "2026-01-05T00:00:05Z");
  CHECK(
      refusal({.input = input, .output = output, .from = "2026-01-06", .to = "2026-01-07"}) ==
      "nothing to keep: the cut from 2026-01-06T00:00:00Z to 2026-01-07T00:00:00Z lies outside of "
      "the trace's span from 2026-01-05T00:00:00Z to 2026-01-05T00:00:10Z");
  CHECK(refusal({.input = input, .output = output, .from = "noon"}) ==
        "--from noon: expected a time such as 2026-01-05T12:00:00Z or +90m from the trace's start");
  CHECK(refusal({.input = input, .output = output, .to = "+100000d"}) ==
        "--to +100000d: lies beyond the year 2262");
  CHECK(refusal({.input = input, .output = output, .routes = {"GET /a", "GET /bb"}}) ==
        "--routes GET /bb: no route of " + input.string() + " fits it, did you mean 'GET /b'?");
  CHECK(folder.entries() == 1);
}

TEST_CASE("thinning keeps each request by a draw of its row number") {
  const TempFolder folder;
  write_ticks(folder / "t", 20'000);
  scale_trace({.input = folder / "t", .output = folder / "s", .keep = 0.25, .seed = 7});
  const Content half = read(folder / "s");
  // 5,000 +- 4 standard deviations of sqrt(20,000 x 0.25 x 0.75) = 61.2.
  CHECK(half.rows.size() > 4'755);
  CHECK(half.rows.size() < 5'245);
  CHECK(std::ranges::all_of(
      half.rows, [](const Row& row) { return row.arrival == kStart + tick(row) * 10ms; }));
  CHECK(half.info.end == kStart + 200s);
  CHECK(half.info.provenance.back().dropped.at(0).second == 20'000 - half.rows.size());

  // What is kept does not depend on what else the trace holds.
  cut_trace({.input = folder / "t", .output = folder / "front", .rows = 8'000});
  scale_trace({.input = folder / "front", .output = folder / "f", .keep = 0.25, .seed = 7});
  const Content front = read(folder / "f");
  REQUIRE(front.rows.size() < half.rows.size());
  for (std::size_t i = 0; i < front.rows.size(); ++i) {
    REQUIRE(tick(front.rows[i]) == tick(half.rows[i]));
  }
  scale_trace({.input = folder / "t", .output = folder / "other", .keep = 0.25, .seed = 8});
  CHECK(read(folder / "other").info.digest != half.info.digest);
}

TEST_CASE("copies hold every request as often as there are copies, each shifted by one offset") {
  const TempFolder folder;
  write_ticks(folder / "t", 3'000);
  scale_trace({.input = folder / "t", .output = folder / "s", .copies = 3});
  const Content scaled = read(folder / "s");
  REQUIRE(scaled.rows.size() == 9'000);
  CHECK(in_order(scaled.rows));
  CHECK(scaled.info.start == kStart);
  CHECK(scaled.info.end == kStart + 30s);
  CHECK(scaled.rows.front().arrival >= kStart);
  CHECK(scaled.rows.back().arrival < kStart + 30s);
  // Modulo the span, a request's three arrivals are its own plus three offsets, the same for all.
  std::vector<std::vector<std::int64_t>> shifts(3'000);
  for (const Row& row : scaled.rows) {
    const Duration shift = row.arrival - (kStart + tick(row) * 10ms);
    shifts[static_cast<std::size_t>(tick(row))].push_back((shift + 30s).count() %
                                                          Duration(30s).count());
  }
  for (auto& of_one : shifts) std::ranges::sort(of_one);
  REQUIRE(shifts[0].size() == 3);
  CHECK(shifts[0][0] != shifts[0][1]);
  CHECK(shifts[0][1] != shifts[0][2]);
  CHECK(std::ranges::all_of(shifts, [&](const auto& of_one) { return of_one == shifts[0]; }));
}

TEST_CASE("each copy may have routes of its own, named by the copy's number") {
  const TempFolder folder;
  write_ticks(folder / "t", 3'000);
  const std::size_t routes = read(folder / "t").info.routes.size();
  scale_trace({.input = folder / "t", .output = folder / "s", .copies = 2});
  scale_trace({.input = folder / "t", .output = folder / "own", .copies = 2, .own_routes = true});
  const Content shared = read(folder / "s");
  const Content own = read(folder / "own");
  REQUIRE(own.info.routes.size() == 2 * routes);
  CHECK(own.info.routes[routes].name == own.info.routes[0].name + "#2");
  REQUIRE(own.rows.size() == shared.rows.size());
  std::size_t of_second = 0;
  for (std::size_t i = 0; i < own.rows.size(); ++i) {
    CHECK(own.rows[i].arrival == shared.rows[i].arrival);
    CHECK(own.rows[i].route % routes == shared.rows[i].route);
    of_second += own.rows[i].route >= routes ? 1 : 0;
  }
  CHECK(of_second == 3'000);
}

TEST_CASE("stretching moves arrivals about the start and leaves service times alone") {
  const TempFolder folder;
  write_ticks(folder / "t", 1'000);
  scale_trace({.input = folder / "t", .output = folder / "slow", .stretch = 2});
  const Content slow = read(folder / "slow");
  CHECK(slow.info.end == kStart + 20s);
  CHECK(std::ranges::all_of(
      slow.rows, [](const Row& row) { return row.arrival == kStart + tick(row) * 20ms; }));
  scale_trace({.input = folder / "t", .output = folder / "fast", .stretch = 1e-9});
  const Content fast = read(folder / "fast");
  CHECK(fast.rows.size() == 1'000);
  CHECK(in_order(fast.rows));
  CHECK(fast.rows.back().arrival < fast.info.end);
}

TEST_CASE("a scale of 1 changes nothing but the provenance") {
  const TempFolder folder;
  write_ticks(folder / "t", 100);
  scale_trace({.input = folder / "t", .output = folder / "s"});
  CHECK(read(folder / "s").info.digest == read(folder / "t").info.digest);
  CHECK(read(folder / "s").info.provenance.size() == 2);
}

TEST_CASE("a trace may be scaled onto itself") {
  const TempFolder folder;
  write_ticks(folder / "t", 100);
  scale_trace({.input = folder / "t", .output = folder / "t", .copies = 2});
  CHECK(read(folder / "t").info.rows == 200);
}

TEST_CASE("scales that make no sense are refused, all at once") {
  const TempFolder folder;
  write_ticks(folder / "t", 10);
  CHECK(message_of<InputError>([&] {
          scale_trace({.input = folder / "t",
                       .output = folder / "s",
                       .keep = 1.5,
                       .copies = 0,
                       .stretch = -1});
        }) ==
        "--keep 1.5: expected a share above 0 and at most 1\n"
        "--copies 0: expected 1 to 1,000\n"
        "--stretch -1: expected a factor above 0");
  CHECK(message_of<InputError>([&] {
          scale_trace({.input = folder / "t", .output = folder / "s", .stretch = 1e12});
        }) == "--stretch 1000000000000: the trace would end beyond the year 2262");
}

TEST_CASE("an empty trace is cut and scaled to an empty trace") {
  const TempFolder folder;
  write_ticks(folder / "t", 0);
  CHECK(cut_trace({.input = folder / "t", .output = folder / "c"}).rows == 0);
  CHECK(scale_trace({.input = folder / "t", .output = folder / "s", .copies = 3}).rows == 0);
}
