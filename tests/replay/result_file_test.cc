#include <doctest/doctest.h>

#include <functional>

#include "core/error.h"
#include "replay/result_reader.h"
#include "support/small_result.h"
#include "support/temp_folder.h"

namespace skyreplay::replay {
namespace {

using Item = ResultReader::Item;
using testing::SmallResult;
using testing::TempFolder;

void drain(const std::filesystem::path& path) {
  ResultReader reader(path);
  while (reader.next() != Item::kEnd) {
  }
  (void)reader.summary();
}

std::string complaint(const std::filesystem::path& path) {
  try {
    drain(path);
  } catch (const InputError& error) {
    const std::string text = error.what();
    return text.substr(text.find(": ") + 2);  // without the folder of this run
  }
  return "read without a complaint";
}

TEST_CASE("what is written is read back, row by row") {
  const TempFolder folder;
  const SmallResult small;
  const std::string digest = small.write(folder.path());
  ResultReader reader(folder.path() / "result.binpb");
  CHECK(reader.digest() == digest);
  CHECK(reader.header().services[1].name == "=web,\"b\"");
  CHECK(reader.header().services[1].has_queue);
  CHECK_FALSE(reader.header().services[0].has_queue);
  CHECK(reader.header().routes[1].service == 1);
  CHECK(reader.header().provenance.command == "skyreplay run");

  REQUIRE(reader.next() == Item::kWindow);
  CHECK(reader.window().start == SmallResult::at(30));
  CHECK(reader.window().end == SmallResult::at(60));
  REQUIRE(reader.rows().size() == 2);
  const metrics::WindowRow& first = reader.rows()[0];
  CHECK(first.counters.arrivals == 5);
  CHECK(first.counters.outcomes[2] == 1);
  CHECK(first.parts.cpu_stretch == -100'000);
  REQUIRE(first.latency.size() == 3);
  CHECK(first.latency[2].bucket == 1051);
  CHECK(reader.rows()[1].latency.empty());
  CHECK(reader.rows()[1].capacity_pending_ns == 15'000'000'000);

  REQUIRE(reader.next() == Item::kWindow);
  CHECK(reader.rows()[0].service == 1);
  CHECK(reader.rows()[0].cost_nano_usd == -1);
  REQUIRE(reader.next() == Item::kWindow);
  REQUIRE(reader.next() == Item::kActivities);
  REQUIRE(reader.activities().size() == 3);
  CHECK(reader.activities()[1].from == 2);
  CHECK_FALSE(reader.activities()[0].from.has_value());
  REQUIRE(reader.next() == Item::kBill);
  CHECK(reader.bill()[2].amount == 999);
  CHECK(reader.next() == Item::kEnd);

  const Summary summary = reader.summary();
  CHECK(summary.conservation.holds());
  CHECK(summary.verdict == Verdict::kOverloaded);
  CHECK(summary.services[1].usage.queue_depth_max == 9);
  CHECK(summary.services[1].monthly == 710'000'000);
  CHECK(summary.routes[0].octaves[2].parts.init == 2'000'000);
  CHECK(summary.overall.overhead.size() == 3);
  CHECK(summary.notes == small.summary.notes);
}

TEST_CASE("activities of one instant are ordered by service, whatever order they happened in") {
  const TempFolder folder;
  SmallResult small;
  const std::string digest = small.write(folder.path());
  std::swap(small.activities[0], small.activities[1]);
  CHECK(small.write(folder.path()) == digest);
  std::swap(small.activities[0].cause, small.activities[1].cause);
  CHECK(small.write(folder.path()) != digest);
}

TEST_CASE("provenance does not count in the digest, everything else does") {
  const TempFolder folder;
  const auto digest_with = [&](const std::function<void(SmallResult&)>& change) {
    SmallResult small;
    change(small);
    return small.write(folder.path());
  };
  const std::string digest = digest_with([](SmallResult&) {});
  CHECK(digest_with([](SmallResult& s) {
          s.header.provenance = {"9.9",   "another command", "2026a",
                                 "clang", "a.yaml",          "b.skytrace"};
        }) == digest);
  CHECK(digest_with([](SmallResult& s) { s.header.scenario_text += "#"; }) != digest);
  CHECK(digest_with([](SmallResult& s) { s.header.routes[0].name += "x"; }) != digest);
  CHECK(digest_with([](SmallResult& s) { s.activities.pop_back(); }) != digest);
  CHECK(digest_with([](SmallResult& s) { s.bill[0].amount += 1; }) != digest);
  CHECK(digest_with([](SmallResult& s) { s.summary.services[1].requests.in_flight_at_end = 2; }) !=
        digest);
  CHECK(digest_with([](SmallResult& s) { s.summary.routes[1].counters.arrivals = 11; }) != digest);
}

TEST_CASE("a window larger than a block is split and read back whole") {
  const TempFolder folder;
  const std::uint32_t services = 120'000;
  ResultHeader header = SmallResult().header;
  header.services.assign(services, header.services[0]);
  header.routes.clear();
  ResultWriter writer(folder.path() / "result.binpb", header);
  for (int w = 0; w < 2; ++w) {
    writer.begin_window({SmallResult::at(60 * w), SmallResult::at(60 * w + 60)});
    for (std::uint32_t i = 0; i < services; ++i) {
      metrics::WindowRow row;
      row.service = i;
      row.counters.arrivals = i + 1;
      writer.row(row);
    }
    writer.end_window();
  }
  Summary summary;
  summary.services.resize(services);
  writer.summary(summary);
  writer.commit();

  ResultReader reader(folder.path() / "result.binpb");
  std::uint32_t blocks = 0;
  std::uint64_t rows = 0;
  while (reader.next() == Item::kWindow) {
    ++blocks;
    for (const metrics::WindowRow& row : reader.rows()) {
      REQUIRE(row.service == rows % services);
      REQUIRE(row.counters.arrivals == row.service + 1);
      ++rows;
    }
  }
  CHECK(rows == 2 * services);
  // 162 bytes a row with two empty histograms, against 262,144: 1,619 rows a block, 75 blocks.
  CHECK(blocks == 2 * 75);
}

TEST_CASE("an empty window leaves nothing and an empty run is a result") {
  const TempFolder folder;
  ResultHeader header = SmallResult().header;
  ResultWriter writer(folder.path() / "result.binpb", header);
  writer.begin_window({SmallResult::at(0), SmallResult::at(60)});
  writer.end_window();
  Summary summary;
  summary.services.resize(2);
  summary.routes.resize(2);
  writer.summary(summary);
  writer.commit();
  ResultReader reader(folder.path() / "result.binpb");
  CHECK(reader.next() == Item::kEnd);
  CHECK(reader.summary().services.size() == 2);
}

TEST_CASE("a result appears only when it is committed") {
  const TempFolder folder;
  {
    ResultWriter writer(folder.path() / "result.binpb", SmallResult().header);
    writer.begin_window({SmallResult::at(0), SmallResult::at(60)});
    writer.row(metrics::WindowRow());
    writer.end_window();
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("a truncated result says at which byte it ends") {
  const TempFolder folder;
  SmallResult().write(folder.path());
  const auto path = folder.path() / "result.binpb";
  const std::string whole = testing::read_file(path);
  for (std::size_t length = 0; length < whole.size(); length += 13) {
    testing::write_file(path, whole.substr(0, length));
    const std::string message = complaint(path);
    REQUIRE(message.find("read without") == std::string::npos);
  }
  testing::write_file(path, whole.substr(0, 900));
  CHECK(complaint(path) == "truncated result: the end mark 'SKYREND1' is missing at byte 900");
}

TEST_CASE("a flipped bit anywhere is found") {
  const TempFolder folder;
  SmallResult().write(folder.path());
  const auto path = folder.path() / "result.binpb";
  const std::string whole = testing::read_file(path);
  for (std::size_t at = 0; at < whole.size(); at += 1) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    testing::write_file(path, damaged);
    INFO("byte " << at);
    REQUIRE(complaint(path).find("read without") == std::string::npos);
  }
  std::string damaged = whole;
  damaged[6 + 16] = static_cast<char>(damaged[6 + 16] ^ 1);  // first byte of the header's payload
  testing::write_file(path, damaged);
  CHECK(complaint(path) == "damaged block at byte 6: checksum does not match");
}

TEST_CASE("a length that lies is refused before anything is allocated") {
  const TempFolder folder;
  SmallResult().write(folder.path());
  const auto path = folder.path() / "result.binpb";
  std::string damaged = testing::read_file(path);
  damaged.replace(6, 4, "\xff\xff\xff\x7f");
  testing::write_file(path, damaged);
  CHECK(complaint(path) ==
        "damaged block at byte 6: its length of 2,147,483,647 bytes is above the limit of "
        "67,108,864");
}

}  // namespace
}  // namespace skyreplay::replay
