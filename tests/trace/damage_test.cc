// Every way in which a trace can be damaged or lie, and what the user then reads.
#include <doctest/doctest.h>
#include <skyreplay/trace.pb.h>

#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/framed_file.h"
#include "core/text.h"
#include "support/temp_folder.h"
#include "trace/codec.h"
#include "trace/layout.h"
#include "trace/reader.h"
#include "trace/writer.h"

using namespace skyreplay;
using namespace skyreplay::trace;
using namespace std::chrono_literals;
using testing::message_of;
using testing::read_file;
using testing::TempFolder;
using testing::write_file;

namespace {

/// Reads the trace at `path` to its end, the rarer columns too.
void read_all(const std::filesystem::path& path) {
  Reader reader(path);
  while (reader.next().size > 0) {
    reader.status();
    reader.init_ns();
    reader.memory_used_mib();
  }
}

/// What reading `path` says, the folder's name left out.
std::string complaint(const std::filesystem::path& path) {
  const std::string message = message_of<InputError>([&] { read_all(path); });
  const std::string prefix = path.parent_path().string() + "/";
  return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : message;
}

/// The three payloads of a trace of 300 rows, one a millisecond, on two routes.
struct Parts {
  proto::TraceHeader header;
  proto::TraceBlock block;
  proto::TraceFooter footer;
  std::uint32_t header_kind = 1, block_kind = 2, footer_kind = 3;
  std::string raw_block;  ///< instead of `block`, if not empty
};

constexpr std::uint64_t kRows = 300;

std::string encoded(const std::function<std::uint64_t(std::uint64_t)>& value,
                    std::uint32_t unit = 1) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < kRows; ++i) values.push_back(value(i));
  return encode_column(values, unit);
}

Parts good() {
  Parts parts;
  parts.header.set_version(1);
  parts.block.set_rows(kRows);
  parts.block.set_first_arrival_ns(1'000'000);
  parts.block.set_last_arrival_ns(300'000'000);
  parts.block.set_arrival(encoded([](std::uint64_t i) { return i == 0 ? 0 : 1'000'000; }));
  parts.block.set_route(encoded([](std::uint64_t i) { return i % 2; }));
  parts.block.set_work(encoded([](std::uint64_t i) { return i; }, 1'000));
  parts.block.set_status(encoded([](std::uint64_t i) { return 200 + i % 2; }));
  parts.footer.set_start_ns(1'000'000);
  parts.footer.set_end_ns(300'000'001);
  parts.footer.set_has_status(true);
  for (const char* name : {"a", "b"}) {
    proto::TraceRoute& route = *parts.footer.add_routes();
    route.set_name(name);
    route.set_rows(kRows / 2);
  }
  proto::TraceBlockEntry& entry = *parts.footer.add_blocks();
  entry.set_rows(kRows);
  entry.set_first_arrival_ns(1'000'000);
  entry.set_last_arrival_ns(300'000'000);
  return parts;
}

/// Writes the parts; the block is at byte 24 and the footer's index says so unless it says
/// otherwise.
void write(const std::filesystem::path& path, Parts parts) {
  FrameWriter writer(path, kTraceFormat);
  writer.append(parts.header_kind, parts.header.SerializeAsString());
  const std::uint64_t block =
      writer.append(parts.block_kind,
                    parts.raw_block.empty() ? parts.block.SerializeAsString() : parts.raw_block);
  if (parts.footer.blocks_size() > 0 && parts.footer.blocks(0).offset() == 0) {
    parts.footer.mutable_blocks(0)->set_offset(block);
  }
  writer.commit(parts.footer_kind, parts.footer.SerializeAsString());
}

/// What the reader says of the good trace after `spoil` has been at it. "FOOTER" stands for the
/// footer's offset, which depends on what was spoiled.
std::string complaint_after(const std::function<void(Parts&)>& spoil) {
  const TempFolder folder;
  Parts parts = good();
  spoil(parts);
  write(folder / "t", parts);
  std::string message = complaint(folder / "t");
  const std::string footer =
      "block at byte " + std::to_string(FrameReader(folder / "t", kTraceFormat).footer_offset());
  // Offsets below 1,000 in these small files: no grouping.
  if (const std::size_t at = message.find(footer + ":"); at != std::string::npos) {
    message.replace(at, footer.size(), "block at byte FOOTER");
  }
  return message;
}

std::string constant(std::uint64_t value, std::uint32_t unit = 1) {
  return encode_column(std::vector<std::uint64_t>(kRows, value), unit);
}

}  // namespace

TEST_CASE("the trace that the other cases damage is good") {
  const TempFolder folder;
  write(folder / "t", good());
  CHECK(complaint(folder / "t") == "(nothing was thrown)");
  Reader reader(folder / "t");
  const Batch batch = reader.next();
  REQUIRE(batch.size == kRows);
  CHECK(batch.arrival_ns[299] == 300'000'000);
  CHECK(batch.work_ns[299] == 299'000);
  CHECK(reader.status()[299] == 201);
}

TEST_CASE("empty, foreign and truncated files each have their own sentence") {
  const TempFolder folder;
  write_file(folder / "t", "");
  CHECK(complaint(folder / "t") == "t: the file is empty, expected a trace");
  write_file(folder / "t", "timestamp,path\n1,/\n");
  CHECK(complaint(folder / "t") == "t: not a trace: byte 0 does not begin the mark 'SKYT1'");
  write(folder / "t", good());
  const std::string bytes = read_file(folder / "t");
  for (const std::size_t size : {std::size_t{6}, std::size_t{100}, bytes.size() - 1}) {
    write_file(folder / "t", bytes.substr(0, size));
    CHECK(complaint(folder / "t") ==
          "t: truncated trace: the end mark 'SKYTEND1' is missing at byte " + grouped(size));
  }
}

TEST_CASE("any flipped byte of a payload is found by its checksum and named by its offset") {
  const TempFolder folder;
  write(folder / "good", good());
  const std::string bytes = read_file(folder / "good");
  // The block's payload begins after its 16 bytes of frame at byte 24.
  std::string flipped = bytes;
  flipped[24 + 16 + 40] = static_cast<char>(flipped[24 + 16 + 40] ^ 1);
  write_file(folder / "t", flipped);
  CHECK(complaint(folder / "t") == "t: damaged block at byte 24: checksum does not match");
}

TEST_CASE("no single flipped byte crashes the reader or passes for rows that differ") {
  const TempFolder folder;
  write(folder / "good", good());
  const std::string bytes = read_file(folder / "good");
  std::size_t silent = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x41);
    write_file(folder / "t", flipped);
    silent += complaint(folder / "t") == "(nothing was thrown)" ? 1 : 0;
  }
  CHECK(silent == 0);
}

TEST_CASE("frames of the wrong kind or version are refused") {
  CHECK(complaint_after([](Parts& parts) { parts.header.set_version(2); }) ==
        "t: damaged block at byte 6: the trace is of version 2, this program reads version 1");
  CHECK(complaint_after([](Parts& parts) { parts.header_kind = 2; }) ==
        "t: damaged block at byte 6: expected the header, found a frame of kind 2");
  CHECK(complaint_after([](Parts& parts) { parts.footer_kind = 2; }) ==
        "t: damaged block at byte FOOTER: expected the footer, found a frame of kind 2");
  CHECK(complaint_after([](Parts& parts) { parts.block_kind = 1; }) ==
        "t: damaged block at byte 24: expected a block of rows, found a frame of kind 1");
  CHECK(complaint_after([](Parts& parts) { parts.raw_block = "\xff\xff\xff"; }) ==
        "t: damaged block at byte 24: it is not a Protobuf message");
  CHECK(complaint_after([](Parts& parts) {
          // A column whose length runs past the payload.
          parts.raw_block = parts.block.SerializeAsString().substr(0, 60);
        }) == "t: damaged block at byte 24: it is not a Protobuf message");
}

TEST_CASE("a footer that contradicts the file is refused") {
  const auto entry = [](const std::function<void(proto::TraceBlockEntry&)>& spoil) {
    return complaint_after([&](Parts& parts) { spoil(*parts.footer.mutable_blocks(0)); });
  };
  CHECK(entry([](auto& block) {
          block.set_offset(5);
        }).find("in the footer, a block is said to be at byte 5, outside of 6 to ") !=
        std::string::npos);
  CHECK(entry([](auto& block) {
          block.set_offset(1'000'000);
        }).find("in the footer, a block is said to be at byte 1,000,000, outside of 6 to ") !=
        std::string::npos);
  CHECK(entry([](auto& block) { block.set_rows(0); }) ==
        "t: damaged block at byte FOOTER: in the footer, the block at byte 24 has 0 rows, outside "
        "of 1 to 65,536");
  CHECK(entry([](auto& block) { block.set_rows(65'537); }) ==
        "t: damaged block at byte FOOTER: in the footer, the block at byte 24 has 65,537 rows, "
        "outside of 1 to 65,536");
  CHECK(entry([](auto& block) { block.set_first_arrival_ns(-1); }) ==
        "t: damaged block at byte FOOTER: in the footer, the arrivals of the block at byte 24 are "
        "out of order");
  CHECK(entry([](auto& block) { block.set_last_arrival_ns(1); }) ==
        "t: damaged block at byte FOOTER: in the footer, the arrivals of the block at byte 24 are "
        "out of order");
  CHECK(entry([](auto& block) { block.set_last_arrival_ns(299'999'999); }) ==
        "t: damaged block at byte 24: its first and last arrival are not those in the footer");
}

TEST_CASE("routes, counts and span in the footer must agree with the blocks") {
  CHECK(complaint_after([](Parts& parts) {
          parts.footer.mutable_routes(0)->set_name(std::string(4'097, 'x'));
        }).find("in the footer, the name of route 0 has 4,097 bytes, more than 4,096") !=
        std::string::npos);
  CHECK(complaint_after([](Parts& parts) {
          parts.footer.mutable_routes(1)->set_kind(static_cast<proto::TraceRoute::Kind>(9));
        }) == "t: damaged block at byte FOOTER: in the footer, route 1 has the unknown kind 9");
  CHECK(complaint_after([](Parts& parts) { parts.footer.mutable_routes(1)->set_rows(1); }) ==
        "t: damaged block at byte FOOTER: in the footer, the routes count 151 rows and the blocks "
        "300");
  CHECK(complaint_after([](Parts& parts) {
          parts.footer.set_durations(static_cast<proto::TraceFooter::Durations>(7));
        }) ==
        "t: damaged block at byte FOOTER: in the footer, durations are of the unknown kind 7");
  CHECK(complaint_after([](Parts& parts) { parts.footer.set_end_ns(300'000'000); }) ==
        "t: damaged block at byte FOOTER: in the footer, arrivals from 1970-01-01T00:00:00.001Z to "
        "1970-01-01T00:00:00.3Z lie outside of the span from 1970-01-01T00:00:00.001Z to "
        "1970-01-01T00:00:00.3Z");
  CHECK(complaint_after([](Parts& parts) { parts.footer.set_start_ns(-5); }) ==
        "t: damaged block at byte FOOTER: in the footer, the span from -5 to 300000001 ns is "
        "impossible");
}

TEST_CASE("a block whose rows are not those of the footer is refused") {
  CHECK(complaint_after([](Parts& parts) { parts.block.set_rows(299); }) ==
        "t: damaged block at byte 24: it has 299 rows and the footer says 300");
  CHECK(complaint_after([](Parts& parts) { parts.block.set_first_arrival_ns(0); }) ==
        "t: damaged block at byte 24: its first and last arrival are not those in the footer");
}

TEST_CASE("arrivals that overflow, run ahead or fall short are refused") {
  const auto arrivals = [](const std::string& column) {
    return complaint_after([&](Parts& parts) { parts.block.set_arrival(column); });
  };
  CHECK(
      arrivals(encoded([](std::uint64_t i) { return i == 0 ? 0 : ~std::uint64_t{0} - i; })) ==
      "t: damaged block at byte 24: column arrival: the value 18,446,744,073,709,551,614 is above "
      "the limit of 299,000,000");
  CHECK(arrivals(encoded([](std::uint64_t i) {
          return i == 0 ? 0u : 1'000'001u;
        })).find("t: damaged block at byte 24: column arrival: the value ") == 0);
  CHECK(arrivals(encoded([](std::uint64_t i) { return i == 0 ? 0 : 999'999; })) ==
        "t: damaged block at byte 24: column arrival: it does not end at the block's last arrival");
  CHECK(arrivals(encoded([](std::uint64_t i) { return i == 0 ? 1 : 999'999; })) ==
        "t: damaged block at byte 24: column arrival: it does not begin at the block's first "
        "arrival");
  CHECK(arrivals(constant(std::uint64_t{1} << 63)) ==
        "t: damaged block at byte 24: column arrival: it goes beyond the block's last arrival");
  CHECK(arrivals("") ==
        "t: damaged block at byte 24: column arrival: it does not end at the block's last arrival");
}

TEST_CASE("a route that the table does not have is refused, constant or not") {
  CHECK(complaint_after([](Parts& parts) {
          parts.block.set_route(encoded([](std::uint64_t i) { return i % 3; }));
        }) == "t: damaged block at byte 24: column route: the value 2 is above the limit of 1");
  CHECK(complaint_after([](Parts& parts) { parts.block.set_route(constant(2)); }) ==
        "t: damaged block at byte 24: column route: the value 2 is above the limit of 1");
  CHECK(complaint_after([](Parts& parts) {
          parts.block.set_route(encoded([](std::uint64_t i) { return i << 32; }));
        }) == "t: damaged block at byte 24: column route: 39 bits are too wide for it");
}

TEST_CASE("a column is refused by its name for what it says of itself") {
  CHECK(complaint_after([](Parts& parts) { parts.block.set_work("x"); }) ==
        "t: damaged block at byte 24: column work: it is shorter than its header");
  CHECK(complaint_after([](Parts& parts) {
          parts.block.set_wait(parts.block.work().substr(0, parts.block.work().size() - 1));
        }) == "t: damaged block at byte 24: column wait: it has fewer values than rows");
  CHECK(complaint_after([](Parts& parts) { parts.block.set_bytes_in(constant(1, 2)); }) ==
        "t: damaged block at byte 24: column bytes_in: its unit of 2 ns is not within 1 to 1");
  CHECK(complaint_after([](Parts& parts) {
          parts.block.set_status(encoded([](std::uint64_t i) { return 65'530 + i; }));
        }).find("t: damaged block at byte 24: column status: the value 65,") == 0);
  CHECK(complaint_after(
            [](Parts& parts) { parts.block.set_work(constant(9'223'372'036'854'776, 1'000)); }) ==
        "t: damaged block at byte 24: column work: the value 9,223,372,036,854,776 is above the "
        "limit of 9,223,372,036,854,775");
}
