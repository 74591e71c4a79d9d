#include "trace/reader.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <skyreplay/trace.pb.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "core/framed_file.h"
#include "core/text.h"
#include "trace/codec.h"
#include "trace/footer.h"
#include "trace/layout.h"

namespace skyreplay::trace {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

/// A TraceBlock whose columns are views of the frame: the generated class would copy every byte.
struct BlockView {
  std::uint64_t rows = 0;
  std::int64_t first_arrival_ns = 0;
  std::int64_t last_arrival_ns = 0;
  std::array<std::string_view, kColumns> columns;
};

bool read_view(CodedInputStream& in, std::string_view& view) {
  std::uint32_t length = 0;
  const void* data = nullptr;
  int available = 0;
  if (!in.ReadVarint32(&length)) return false;
  if (length == 0) return true;
  if (!in.GetDirectBufferPointer(&data, &available)) return false;
  if (length > static_cast<std::uint32_t>(available)) return false;
  view = {static_cast<const char*>(data), length};
  return in.Skip(static_cast<int>(length));
}

bool read_number(CodedInputStream& in, std::int64_t& number) {
  std::uint64_t value = 0;
  if (!in.ReadVarint64(&value)) return false;
  number = static_cast<std::int64_t>(value);
  return true;
}

bool read_field(CodedInputStream& in, std::uint32_t tag, BlockView& block) {
  const int field = WireFormatLite::GetTagFieldNumber(tag);
  const auto type = WireFormatLite::GetTagWireType(tag);
  constexpr int kFirst = proto::TraceBlock::kArrivalFieldNumber;
  if (type == WireFormatLite::WIRETYPE_LENGTH_DELIMITED && field >= kFirst &&
      field < kFirst + static_cast<int>(kColumns)) {
    return read_view(in, block.columns[static_cast<std::size_t>(field - kFirst)]);
  }
  if (type == WireFormatLite::WIRETYPE_VARINT) {
    if (field == proto::TraceBlock::kRowsFieldNumber) return in.ReadVarint64(&block.rows);
    if (field == proto::TraceBlock::kFirstArrivalNsFieldNumber) {
      return read_number(in, block.first_arrival_ns);
    }
    if (field == proto::TraceBlock::kLastArrivalNsFieldNumber) {
      return read_number(in, block.last_arrival_ns);
    }
  }
  return WireFormatLite::SkipField(&in, tag);
}

bool read_block(std::string_view payload, BlockView& block) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(payload.data()),
                      static_cast<int>(payload.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    if (!read_field(in, tag, block)) return false;
  }
  return in.ConsumedEntireMessage();
}

/// The decoded values of one column, aligned for whole vectors.
template <typename Value>
struct alignas(64) Buffer {
  std::array<Value, Batch::kMaxRows> values{};
  std::optional<std::uint64_t> filled;  ///< the constant the values are, if they are one
};

constexpr std::uint64_t kMaxStatus = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint64_t kMaxTime = std::numeric_limits<std::int64_t>::max();

}  // namespace

struct Reader::State {
  FrameReader frames;
  TraceInfo info;
  std::vector<BlockEntry> blocks;

  std::size_t next_block = 0;
  const BlockEntry* block = nullptr;  ///< the one being decoded
  std::array<ColumnDecoder, kColumns> columns;
  std::array<std::string_view, kColumns> encoded;
  std::array<std::size_t, kColumns> decoded{};  ///< rows of the block behind each decoder
  std::array<bool, kColumns> opened{};
  std::size_t block_row = 0;  ///< rows of the block that batches have covered
  std::size_t batch_rows = 0;
  std::size_t batch_skip = 0;  ///< rows at the front of the batch that a seek passed over
  std::int64_t arrival_sum = 0;
  bool pending = false;  ///< after a seek, the batch is decoded and not yet handed out

  Buffer<std::int64_t> arrival, work, wait, init;
  Buffer<std::uint64_t> bytes_in, bytes_out;
  Buffer<std::uint32_t> route, memory_used, status32;
  std::array<std::uint16_t, Batch::kMaxRows> status{};

  explicit State(const std::filesystem::path& path) : frames(path, kTraceFormat) {
    info = read_footer(frames, blocks);
  }

  /// False at the end.
  bool load_block();
  bool decode_batch();
  Batch batch() const;
  [[noreturn]] void refuse(std::string_view what) const { frames.refuse(block->offset, what); }

  /// Opens the column in this block if it is not yet and passes over batches nobody asked for.
  ColumnDecoder& at_batch(Column column);
  template <typename Value>
  void decode(Column column, Buffer<Value>& buffer, std::uint64_t limit);
  void decode_arrivals();
  /// Decodes a column of the batch in hand when somebody first asks for it. False without a batch.
  template <typename Value>
  bool decode_rare(Column column, Buffer<Value>& buffer, std::uint64_t limit);
};

bool Reader::State::load_block() {
  if (next_block == blocks.size()) return false;
  block = &blocks[next_block++];
  const FrameReader::Frame frame = frames.read(block->offset);
  BlockView view;
  if (frame.kind != static_cast<std::uint32_t>(FrameKind::kBlock)) {
    refuse(fmt::format("expected a block of rows, found a frame of kind {}", frame.kind));
  }
  if (!read_block(frame.payload, view)) refuse("it is not a Protobuf message");
  if (view.rows != block->rows) {
    refuse(fmt::format("it has {} rows and the footer says {}", grouped(view.rows),
                       grouped(block->rows)));
  }
  if (view.first_arrival_ns != block->first_arrival_ns ||
      view.last_arrival_ns != block->last_arrival_ns) {
    refuse("its first and last arrival are not those in the footer");
  }
  encoded = view.columns;
  opened.fill(false);
  decoded.fill(0);
  block_row = 0;
  batch_rows = 0;
  arrival_sum = block->first_arrival_ns;
  return true;
}

ColumnDecoder& Reader::State::at_batch(Column column) {
  ColumnDecoder& decoder = columns[column];
  if (!opened[column]) {
    decoder.open(encoded[column], block->rows, kColumnTraits[column].max_unit_ns);
    opened[column] = true;
  }
  const std::size_t start = block_row - batch_rows;
  if (!decoder.is_constant()) decoder.skip(start - decoded[column]);
  decoded[column] = block_row;
  return decoder;
}

template <typename Value>
void Reader::State::decode(Column column, Buffer<Value>& buffer, std::uint64_t limit) {
  ColumnDecoder& decoder = at_batch(column);
  if (!decoder.is_constant()) {
    buffer.filled.reset();
    if constexpr (sizeof(Value) == sizeof(std::uint64_t)) {
      // Signed and unsigned of one size may alias; the limit keeps the sign bit clear.
      decoder.decode(reinterpret_cast<std::uint64_t*>(buffer.values.data()), batch_rows, limit);
    } else {
      decoder.decode(buffer.values.data(), batch_rows, static_cast<std::uint32_t>(limit));
    }
    return;
  }
  if (decoder.constant_value() > limit / decoder.unit_ns()) {
    throw ColumnDamage(fmt::format("the value {} is above the limit of {}",
                                   grouped(decoder.constant_value()),
                                   grouped(limit / decoder.unit_ns())));
  }
  const std::uint64_t value = decoder.constant_value() * decoder.unit_ns();
  if (buffer.filled == value) return;
  buffer.values.fill(static_cast<Value>(value));
  buffer.filled = value;
}

void Reader::State::decode_arrivals() {
  ColumnDecoder& decoder = at_batch(kArrival);
  const std::int64_t last = block->last_arrival_ns;
  if (decoder.is_constant()) {
    // One arrival at a time, so that a lying constant cannot overflow.
    for (std::size_t i = 0; i < batch_rows; ++i) {
      if (decoder.constant_value() > static_cast<std::uint64_t>(last - arrival_sum)) {
        throw ColumnDamage("it goes beyond the block's last arrival");
      }
      arrival_sum += static_cast<std::int64_t>(decoder.constant_value());
      arrival.values[i] = arrival_sum;
    }
  } else {
    decoder.decode_sums(arrival.values.data(), batch_rows, arrival_sum, last);
  }
  if (block_row == batch_rows && arrival.values[0] != block->first_arrival_ns) {
    throw ColumnDamage("it does not begin at the block's first arrival");
  }
  if (block_row == block->rows && arrival_sum != last) {
    throw ColumnDamage("it does not end at the block's last arrival");
  }
}

bool Reader::State::decode_batch() {
  if ((block == nullptr || block_row == block->rows) && !load_block()) return false;
  batch_rows = std::min(Batch::kMaxRows, block->rows - block_row);
  batch_skip = 0;
  block_row += batch_rows;
  Column column = kArrival;
  try {
    decode_arrivals();
    if (info.routes.empty()) throw ColumnDamage("the trace has no routes");
    decode(column = kRoute, route, info.routes.size() - 1);
    decode(column = kWork, work, kMaxTime);
    decode(column = kWait, wait, kMaxTime);
    decode(column = kBytesIn, bytes_in, std::numeric_limits<std::uint64_t>::max());
    decode(column = kBytesOut, bytes_out, std::numeric_limits<std::uint64_t>::max());
  } catch (const ColumnDamage& damage) {
    refuse(fmt::format("column {}: {}", kColumnTraits[column].name, damage.what()));
  }
  return true;
}

template <typename Value>
bool Reader::State::decode_rare(Column column, Buffer<Value>& buffer, std::uint64_t limit) {
  if (block == nullptr) return false;
  if (opened[column] && decoded[column] == block_row) return true;
  try {
    decode(column, buffer, limit);
  } catch (const ColumnDamage& damage) {
    refuse(fmt::format("column {}: {}", kColumnTraits[column].name, damage.what()));
  }
  return true;
}

Batch Reader::State::batch() const {
  return {.size = batch_rows - batch_skip,
          .first_row = block->first_row + block_row - batch_rows + batch_skip,
          .arrival_ns = arrival.values.data() + batch_skip,
          .route = route.values.data() + batch_skip,
          .work_ns = work.values.data() + batch_skip,
          .wait_ns = wait.values.data() + batch_skip,
          .bytes_in = bytes_in.values.data() + batch_skip,
          .bytes_out = bytes_out.values.data() + batch_skip};
}

Reader::Reader(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

const TraceInfo& Reader::info() const { return state_->info; }

Batch Reader::next() {
  State& state = *state_;
  if (state.pending) {
    state.pending = false;
  } else if (!state.decode_batch()) {
    return {};
  }
  return state.batch();
}

void Reader::seek(TimePoint time) {
  State& state = *state_;
  const std::int64_t ns = time.time_since_epoch().count();
  const auto found = std::ranges::lower_bound(state.blocks, ns, {}, &BlockEntry::last_arrival_ns);
  state.next_block = static_cast<std::size_t>(found - state.blocks.begin());
  state.block = nullptr;
  state.pending = false;
  while (state.decode_batch()) {
    const std::int64_t* first = state.arrival.values.data();
    const std::int64_t* last = first + state.batch_rows;
    const std::int64_t* row = std::lower_bound(first, last, ns);
    if (row == last) continue;
    state.batch_skip = static_cast<std::size_t>(row - first);
    state.pending = true;
    return;
  }
}

const std::uint16_t* Reader::status() const {
  State& state = *state_;
  if (!state.info.has_status || !state.decode_rare(kStatus, state.status32, kMaxStatus))
    return nullptr;
  std::ranges::transform(state.status32.values, state.status.begin(),
                         [](std::uint32_t code) { return static_cast<std::uint16_t>(code); });
  return state.status.data() + state.batch_skip;
}

const std::int64_t* Reader::init_ns() const {
  State& state = *state_;
  if (!state.info.has_init || !state.decode_rare(kInit, state.init, kMaxTime)) return nullptr;
  return state.init.values.data() + state.batch_skip;
}

const std::uint32_t* Reader::memory_used_mib() const {
  State& state = *state_;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (!state.info.has_memory_used || !state.decode_rare(kMemoryUsed, state.memory_used, kMost)) {
    return nullptr;
  }
  return state.memory_used.values.data() + state.batch_skip;
}

}  // namespace skyreplay::trace
