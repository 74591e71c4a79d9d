#include <doctest/doctest.h>
#include <skyreplay/result.pb.h>

#include <functional>

#include "core/error.h"
#include "core/framed_file.h"
#include "replay/result_format.h"
#include "replay/result_reader.h"
#include "support/small_result.h"
#include "support/temp_folder.h"

// Files whose frames are whole and whose checksums match, but whose content contradicts itself:
// what a faulty or hostile writer would leave.
namespace skyreplay::replay {
namespace {

namespace pb = skyreplay::proto::result;
using testing::SmallResult;
using testing::TempFolder;

/// Rewrites the small result, each frame of `section` changed by `change`, and returns what the
/// reader says of it, from "damaged block" on, its byte offset replaced by N.
template <typename Message>
std::string after(Section section, const std::function<void(Message&)>& change) {
  const TempFolder folder;
  SmallResult().write(folder.path());
  const auto damaged = folder.path() / "damaged.binpb";
  {
    FrameReader in(folder.path() / "result.binpb", kResultFormat);
    FrameWriter out(damaged, kResultFormat);
    std::uint64_t summary_offset = 0;
    for (std::uint64_t at = in.first_offset();;) {
      const FrameReader::Frame frame = in.read(at);
      std::string payload(frame.payload);
      if (frame.kind == static_cast<std::uint32_t>(Section::kSummary)) summary_offset = out.size();
      if (frame.kind == static_cast<std::uint32_t>(Section::kFooter)) {
        pb::Footer footer;
        REQUIRE(footer.ParseFromString(payload));
        footer.set_summary_offset(summary_offset);
        payload = footer.SerializeAsString();
      }
      if (frame.kind == static_cast<std::uint32_t>(section)) {
        Message message;
        REQUIRE(message.ParseFromString(payload));
        change(message);
        payload = message.SerializeAsString();
      }
      if (frame.offset == in.footer_offset()) {
        out.commit(frame.kind, payload);
        break;
      }
      out.append(frame.kind, payload);
      at = frame.next_offset;
    }
  }
  try {
    ResultReader reader(damaged);
    (void)reader.summary();
    while (reader.next() != ResultReader::Item::kEnd) {
    }
  } catch (const InputError& error) {
    std::string text = error.what();
    text = text.substr(text.find("damaged block"));
    const std::size_t number = text.find("byte ") + 5;
    return text.replace(number, text.find(':') - number, "N");
  }
  return "read without a complaint";
}

std::string after_window(const std::function<void(pb::WindowBlock&)>& change) {
  bool first = true;
  return after<pb::WindowBlock>(Section::kWindow, [&](pb::WindowBlock& block) {
    if (std::exchange(first, false)) change(block);
  });
}

TEST_CASE("a window's impossible values are refused, each by its name") {
  using Block = pb::WindowBlock;
  CHECK(after_window([](Block& b) { b.set_service_delta(1, 7); }) ==
        "damaged block at byte N: service 7 of 2");
  CHECK(after_window([](Block& b) { b.set_service_delta(1, 0); }) ==
        "damaged block at byte N: services do not ascend");
  CHECK(after_window([](Block& b) { b.add_arrivals(1); }) ==
        "damaged block at byte N: 3 values of arrivals for 2 rows");
  CHECK(after_window([](Block& b) { b.set_length_ns(0); }) ==
        "damaged block at byte N: a window from 1767571230000000000 ns on of 0 ns");
  CHECK(
      after_window([](Block& b) { b.set_length_ns(INT64_MAX); }) ==
      "damaged block at byte N: a window from 1767571230000000000 ns on of 9223372036854775807 ns");
  CHECK(after_window([](Block& b) { b.set_start_ns(b.start_ns() + 1'000'000'000'000); }) ==
        "damaged block at byte N: windows do not ascend");
  CHECK(after_window([](Block& b) { b.add_service_delta(1); }) ==
        "damaged block at byte N: 3 rows of 2 services");
  CHECK(after_window([](Block& b) { b.clear_service_delta(); }) ==
        "damaged block at byte N: a window without rows");
}

/// The first window, its latencies replaced by these bytes.
std::string with_latency(const std::string& bytes) {
  return after_window([&](pb::WindowBlock& b) { b.set_latency(bytes); });
}

TEST_CASE("a histogram's impossible values are refused, each by its name") {
  // Two rows. One bucket, number 3, one request; then an empty histogram.
  CHECK(with_latency(std::string("\x01\x06\x00", 3)).find("the digest is") != std::string::npos);
  CHECK(with_latency("\x05\x06") == "damaged block at byte N: histograms that end too early");
  CHECK(with_latency("\x01\x06") == "damaged block at byte N: histograms that end too early");
  CHECK(with_latency("\x01\x07") == "damaged block at byte N: histograms that end too early");
  CHECK(with_latency("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f") ==
        "damaged block at byte N: histograms that end too early");
  CHECK(with_latency(std::string("\x01\x06\x00\x00", 4)) ==
        "damaged block at byte N: histograms left over");
  CHECK(with_latency(std::string("\x01\x80\x3a\x00", 4)) ==
        "damaged block at byte N: bucket 3712 does not exist");
  CHECK(with_latency(std::string("\x02\xfe\x39\x02\x00", 5)) ==
        "damaged block at byte N: bucket 3712 does not exist");
  CHECK(with_latency(std::string("\x02\x06\x00\x00", 4)) ==
        "damaged block at byte N: buckets do not ascend");
  CHECK(with_latency(std::string("\x01\x07\x00\x00", 4)) ==
        "damaged block at byte N: a bucket without a request");
  CHECK(with_latency(std::string(3'000'000, '\x00')) ==
        "damaged block at byte N: a window block of 3000171 bytes");
}

TEST_CASE("header, tables and activities that contradict one another are refused") {
  CHECK(after<pb::Header>(Section::kHeader, [](pb::Header& h) { h.set_version(2); }) ==
        "damaged block at byte N: version 2, this program reads version 1");
  CHECK(after<pb::Header>(Section::kHeader, [](pb::Header& h) { h.set_services(4'000'000'000); }) ==
        "damaged block at byte N: the header says 4000000000 services and 2 routes, the tables "
        "hold 2 and 2");
  CHECK(after<pb::Header>(Section::kHeader, [](pb::Header& h) { h.set_end_ns(5); }) ==
        "damaged block at byte N: a span from 1767571230000000000 to 5 ns");
  CHECK(after<pb::Table>(Section::kTable, [](pb::Table& t) {
          t.mutable_routes(0)->set_service(2);
        }) == "damaged block at byte N: a route is answered by service 2 of 2");
  CHECK(after<pb::ActivityBlock>(Section::kActivities, [](auto& b) {
          b.mutable_activities(0)->set_service(9);
        }) == "damaged block at byte N: an activity of service 9 of 2");
  CHECK(after<pb::ActivityBlock>(Section::kActivities, [](auto& b) {
          b.mutable_activities(2)->set_time_ns(1);
        }) == "damaged block at byte N: activities do not ascend");
}

TEST_CASE("spans, summary and footer that contradict the rest are refused") {
  using Spans = pb::SpanBlock;
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) { b.mutable_spans(0)->set_index(5); }) ==
        "damaged block at byte N: span 5 out of order");
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) { b.mutable_spans()->RemoveLast(); }) ==
        "damaged block at byte N: span 0 out of order");  // a route where a service is due
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) {
          if (b.spans(0).kind() == pb::Span::ROUTE) b.mutable_spans()->RemoveLast();
        }) == "damaged block at byte N: spans of 3 services and routes, expected 4");
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) { b.mutable_spans(0)->add_parts_ns(1); }) ==
        "damaged block at byte N: a span with 7 outcomes and 8 parts");
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) {
          b.mutable_spans(0)->set_parts_ns(1, INT64_MAX);
        }) == "damaged block at byte N: a span whose times are impossible");
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) {
          b.mutable_spans(0)->set_parts_ns(1, INT64_MIN);
        }) == "damaged block at byte N: a span whose times are impossible");
  CHECK(after<Spans>(Section::kSpans, [](Spans& b) { b.mutable_spans(0)->set_octave(0, 99); }) ==
        "damaged block at byte N: octave 99 does not exist");
  CHECK(after<pb::Summary>(Section::kSummary, [](pb::Summary& s) { s.add_outcomes(1); }) ==
        "damaged block at byte N: a summary with 8 outcomes");
  CHECK(after<pb::Summary>(Section::kSummary, [](pb::Summary& s) {
          s.mutable_meters(0)->set_quantity("1, 2");
        }) == "damaged block at byte N: a meter whose quantity is no number");
  CHECK(after<pb::BillBlock>(Section::kBill, [](pb::BillBlock& b) {
          b.mutable_lines(0)->set_quantity("=1");
        }) == "damaged block at byte N: a line of the bill whose quantity or price is no number");
  CHECK(after<pb::Footer>(Section::kFooter, [](pb::Footer& f) { f.set_rows(5); }) ==
        "damaged block at byte N: the footer says 5 rows, the file holds 4");
  CHECK(after<pb::Footer>(Section::kFooter, [](pb::Footer& f) {
          f.set_summary_offset(1u << 30);
        }) == "damaged block at byte N: the footer says the summary is at byte 1073741824");
}

TEST_CASE("a number changed with its checksum still breaks the digest") {
  const std::string message = after<pb::BillBlock>(
      Section::kBill, [](pb::BillBlock& b) { b.mutable_lines(0)->set_nano_usd(1); });
  CHECK(message.starts_with("damaged block at byte N: the digest is "));
  CHECK(message.find(", the footer says ") != std::string::npos);
}

TEST_CASE("provenance may be anything") {
  CHECK(after<pb::Provenance>(Section::kProvenance, [](pb::Provenance& p) {
          p.set_version("12.0");
        }) == "read without a complaint");
}

}  // namespace
}  // namespace skyreplay::replay
