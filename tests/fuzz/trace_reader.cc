// A trace file that nobody wrote: every frame decoded, every column, and a seek.
#include <skyreplay/trace.pb.h>

#include <fstream>

#include "fuzz/frames.h"
#include "fuzz/support.h"
#include "skyreplay/trace.h"
#include "trace/layout.h"
#include "trace/reader.h"

using namespace skyreplay;
using namespace skyreplay::fuzz;

namespace {

/// More rows than that are as good as any: a frame of 50 bytes may hold 65,536.
constexpr std::uint64_t kMostRows = 1 << 18;

std::unique_ptr<google::protobuf::Message> message_of(std::uint32_t kind) {
  switch (static_cast<trace::FrameKind>(kind)) {
    case trace::FrameKind::kHeader:
      return std::make_unique<proto::TraceHeader>();
    case trace::FrameKind::kBlock:
      return std::make_unique<proto::TraceBlock>();
    case trace::FrameKind::kFooter:
      return std::make_unique<proto::TraceFooter>();
  }
  return nullptr;
}

void heal(std::vector<Frame>& frames) {
  proto::TraceFooter footer;
  if (!footer.ParseFromString(frames.back().payload)) return;
  footer.clear_blocks();
  std::uint64_t rows = 0;
  for (const Frame& frame : frames) {
    proto::TraceBlock block;
    if (frame.kind != static_cast<std::uint32_t>(trace::FrameKind::kBlock)) continue;
    if (!block.ParseFromString(frame.payload)) continue;
    proto::TraceBlockEntry& entry = *footer.add_blocks();
    entry.set_offset(frame.offset);
    entry.set_rows(block.rows());
    entry.set_first_arrival_ns(block.first_arrival_ns());
    entry.set_last_arrival_ns(block.last_arrival_ns());
    rows += block.rows();
  }
  for (int i = 0; i < footer.routes_size(); ++i) {
    footer.mutable_routes(i)->set_rows(i == 0 ? rows : 0);
  }
  frames.back().payload = footer.SerializeAsString();
}

constexpr FrameGrammar kGrammar{trace::kTraceFormat, message_of, heal};

/// The rows are what the info says, in order, on routes that exist.
void read_rows(trace::Reader& reader) {
  const trace::TraceInfo& info = reader.info();
  std::int64_t before = info.start.time_since_epoch().count();
  std::uint64_t rows = 0;
  for (trace::Batch batch = reader.next(); batch.size > 0 && rows < kMostRows;
       batch = reader.next()) {
    SKY_CHECK(batch.first_row == rows);
    for (std::size_t i = 0; i < batch.size; ++i) {
      SKY_CHECK(batch.arrival_ns[i] >= before);
      SKY_CHECK(batch.route[i] < info.routes.size());
      SKY_CHECK(batch.work_ns[i] >= 0 && batch.wait_ns[i] >= 0);
      before = batch.arrival_ns[i];
    }
    SKY_CHECK(before < info.end.time_since_epoch().count());
    rows += batch.size;
    // Asked for on some batches only, so that columns are passed over too.
    if (rows % 3 == 0 && reader.init_ns() != nullptr) SKY_CHECK(reader.init_ns()[0] >= 0);
    if (rows % 5 == 0) (void)reader.status();
    if (rows % 7 == 0) (void)reader.memory_used_mib();
  }
  SKY_CHECK(rows == info.rows || rows >= kMostRows);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return mutate_frames(kGrammar, data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(text_of(data, size));
  std::uint64_t rows = kMostRows;
  const bool whole = accepted([&] {
    trace::Reader reader(file.path());
    rows = reader.info().rows;
    read_rows(reader);
  });
  accepted([&] {
    trace::Reader reader(file.path());
    const auto& info = reader.info();
    reader.seek(info.start + (info.end - info.start) / 2);
    (void)reader.next();
  });
  if (rows < 4096) {
    // It asks for fewer columns, so it may accept what the replay does not.
    const bool told = accepted([&] { to_json(summarize_trace(file.path())); });
    SKY_CHECK(told || !whole);
    std::ofstream nowhere("/dev/null");
    accepted([&] { print_trace_head(file.path(), 1000, nowhere); });
  }
  return 0;
}
