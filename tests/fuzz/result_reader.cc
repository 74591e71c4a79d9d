// A result file that nobody wrote: what the reader lets through can be rendered.
#include "replay/result_reader.h"

#include <skyreplay/result.pb.h>

#include <fstream>

#include "fuzz/frames.h"
#include "fuzz/support.h"
#include "replay/result_digest.h"
#include "replay/result_format.h"
#include "report/render.h"
#include "report/summary_table.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;
using replay::ResultReader;
using replay::Section;

namespace {

namespace pb = skyreplay::proto::result;

std::unique_ptr<google::protobuf::Message> message_of(std::uint32_t kind) {
  switch (static_cast<Section>(kind)) {
    case Section::kHeader:
      return std::make_unique<pb::Header>();
    case Section::kTable:
      return std::make_unique<pb::Table>();
    case Section::kProvenance:
      return std::make_unique<pb::Provenance>();
    case Section::kWindow:
      return std::make_unique<pb::WindowBlock>();
    case Section::kActivities:
      return std::make_unique<pb::ActivityBlock>();
    case Section::kBill:
      return std::make_unique<pb::BillBlock>();
    case Section::kSummary:
      return std::make_unique<pb::Summary>();
    case Section::kSpans:
      return std::make_unique<pb::SpanBlock>();
    case Section::kFooter:
      return std::make_unique<pb::Footer>();
  }
  return nullptr;
}

/// Counts a frame into the footer's figures.
void count(const Frame& frame, pb::WindowBlock& last, pb::Footer& footer) {
  pb::WindowBlock window;
  pb::ActivityBlock activities;
  pb::BillBlock bill;
  switch (static_cast<Section>(frame.kind)) {
    case Section::kWindow:
      if (!window.ParseFromString(frame.payload)) return;
      footer.set_rows(footer.rows() + static_cast<unsigned>(window.service_delta_size()));
      if (window.start_ns() != last.start_ns() || window.length_ns() != last.length_ns()) {
        footer.set_windows(footer.windows() + 1);
      }
      last = window;
      return;
    case Section::kActivities:
      if (!activities.ParseFromString(frame.payload)) return;
      return footer.set_activities(footer.activities() +
                                   static_cast<unsigned>(activities.activities_size()));
    case Section::kBill:
      if (!bill.ParseFromString(frame.payload)) return;
      return footer.set_bill_lines(footer.bill_lines() + static_cast<unsigned>(bill.lines_size()));
    case Section::kSummary:
      return footer.set_summary_offset(frame.offset);
    default:
      return;
  }
}

void heal(std::vector<Frame>& frames) {
  pb::Footer footer;
  pb::WindowBlock last;
  replay::ResultDigest digest;
  for (const Frame& frame : frames) {
    const auto section = static_cast<Section>(frame.kind);
    count(frame, last, footer);
    if (section >= Section::kHeader && section < Section::kFooter &&
        section != Section::kProvenance) {
      digest.add(section, frame.payload);
    }
  }
  footer.set_digest(digest.hex());
  frames.back().payload = footer.SerializeAsString();
}

constexpr FrameGrammar kGrammar{replay::kResultFormat, message_of, heal};

void read_all(ResultReader& reader) {
  TimePoint before{};
  for (auto item = reader.next(); item != ResultReader::Item::kEnd; item = reader.next()) {
    if (item != ResultReader::Item::kWindow) continue;
    SKY_CHECK(reader.window().start >= before);
    before = reader.window().start;
    for (const metrics::WindowRow& row : reader.rows()) {
      SKY_CHECK(row.service < reader.header().services.size());
    }
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return mutate_frames(kGrammar, data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::filesystem::path folder = scratch_folder();
  const std::filesystem::path file = folder / "result.binpb";
  std::ofstream(file, std::ios::binary) << text_of(data, size);
  const bool whole = accepted([&] {
    ResultReader reader(file);
    read_all(reader);
    (void)reader.summary();
  });
  const bool rendered = accepted([&] { report::render(folder); });
  SKY_CHECK(rendered == whole);
  if (whole) (void)report::summary_table(folder);
  return 0;
}
