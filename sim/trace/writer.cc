#include "trace/writer.h"

#include <fmt/format.h>
#include <skyreplay/trace.pb.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "core/framed_file.h"
#include "core/text.h"
#include "trace/codec.h"
#include "trace/footer.h"
#include "trace/layout.h"

namespace skyreplay::trace {
namespace {

/// To the nearest unit; the very largest durations stay representable when multiplied back.
std::uint64_t rounded(Duration duration, std::uint32_t unit_ns) {
  const auto ns = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t most = static_cast<std::uint64_t>(Duration::max().count()) / unit_ns;
  return std::min((ns + unit_ns / 2) / unit_ns, most);
}

/// XXH3-128 over everything it is given.
class Digest {
 public:
  Digest() { XXH3_128bits_reset(state_.get()); }
  void add(std::string_view bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  std::string hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_{XXH3_createState()};
};

}  // namespace

struct Writer::State {
  FrameWriter file;
  Digest digest;
  TraceInfo info;
  bool span_set = false;
  TimePoint first_arrival{};
  TimePoint last_arrival{};
  std::array<std::vector<std::uint64_t>, kColumns> columns;
  std::vector<BlockEntry> blocks;

  explicit State(const std::filesystem::path& path) : file(path, kTraceFormat) {
    for (auto& column : columns) column.reserve(kBlockRows);
  }

  std::uint64_t append(FrameKind kind, const std::string& payload) {
    digest.add(payload);
    return file.append(static_cast<std::uint32_t>(kind), payload);
  }
  /// The encoded column, "" if all its values are 0; empties it.
  std::string take(Column column);
  void flush();
  void check_span() const;
};

std::string Writer::State::take(Column column) {
  std::vector<std::uint64_t>& values = columns[column];
  std::string encoded;
  if (std::ranges::any_of(values, [](std::uint64_t value) { return value != 0; })) {
    encoded = encode_column(values, kColumnTraits[column].unit_ns);
  }
  values.clear();
  return encoded;
}

void Writer::State::flush() {
  const std::size_t rows = columns[kArrival].size();
  if (rows == 0) return;
  BlockEntry entry;
  entry.rows = static_cast<std::uint32_t>(rows);
  entry.first_arrival_ns = static_cast<std::int64_t>(columns[kArrival].front());
  entry.last_arrival_ns = static_cast<std::int64_t>(columns[kArrival].back());
  std::vector<std::uint64_t>& arrivals = columns[kArrival];
  for (std::size_t i = rows - 1; i > 0; --i) arrivals[i] -= arrivals[i - 1];
  arrivals[0] = 0;
  proto::TraceBlock block;
  block.set_rows(entry.rows);
  block.set_first_arrival_ns(entry.first_arrival_ns);
  block.set_last_arrival_ns(entry.last_arrival_ns);
  std::array<std::string, kColumns> encoded;
  std::size_t size = 0;
  for (std::size_t column = 0; column < kColumns; ++column) {
    encoded[column] = take(static_cast<Column>(column));
    size += encoded[column].size();
  }
  // A tenth of the block, not of the column: a few bits of a route number are not worth a
  // nanosecond of every replay.
  for (std::string& column : encoded) compress_column(column, size / 10);
  block.set_arrival(std::move(encoded[kArrival]));
  block.set_route(std::move(encoded[kRoute]));
  block.set_work(std::move(encoded[kWork]));
  block.set_wait(std::move(encoded[kWait]));
  block.set_bytes_in(std::move(encoded[kBytesIn]));
  block.set_bytes_out(std::move(encoded[kBytesOut]));
  block.set_status(std::move(encoded[kStatus]));
  block.set_init(std::move(encoded[kInit]));
  block.set_memory_used(std::move(encoded[kMemoryUsed]));
  info.has_status |= !block.status().empty();
  info.has_init |= !block.init().empty();
  info.has_memory_used |= !block.memory_used().empty();
  entry.offset = append(FrameKind::kBlock, block.SerializeAsString());
  blocks.push_back(entry);
}

void Writer::State::check_span() const {
  if (info.rows == 0) return;
  SKY_CHECK(info.start <= first_arrival && last_arrival < info.end);
}

Writer::Writer(const std::filesystem::path& path, TimePoint origin, Durations durations)
    : state_(std::make_unique<State>(path)) {
  SKY_CHECK(origin >= TimePoint{});
  state_->info.origin = origin;
  state_->info.durations = durations;
  proto::TraceHeader header;
  header.set_version(kTraceVersion);
  header.set_origin_ns(origin.time_since_epoch().count());
  state_->append(FrameKind::kHeader, header.SerializeAsString());
}

Writer::~Writer() = default;

std::uint32_t Writer::add_route(Route route) {
  if (route.name.size() > kMaxRouteName || route.name.find('\0') != std::string::npos) {
    throw InputError(
        fmt::format("route {} of the trace: a name of {} bytes{}; at most {} without NUL",
                    state_->info.routes.size(), grouped(route.name.size()),
                    route.name.size() > kMaxRouteName ? "" : " with NUL", grouped(kMaxRouteName)));
  }
  route.rows = 0;
  state_->info.routes.push_back(std::move(route));
  return static_cast<std::uint32_t>(state_->info.routes.size() - 1);
}

Route& Writer::route(std::uint32_t number) {
  SKY_CHECK(number < state_->info.routes.size());
  return state_->info.routes[number];
}

void Writer::add(const Row& row) {
  State& state = *state_;
  SKY_CHECK(row.arrival >= state.last_arrival);
  SKY_CHECK(row.route < state.info.routes.size());
  SKY_CHECK(row.work >= Duration{} && row.wait >= Duration{} && row.init >= Duration{});
  SKY_CHECK(row.wait == Duration{} || state.info.durations == Durations::kWorkAndWait);
  if (state.info.rows == 0) state.first_arrival = row.arrival;
  state.last_arrival = row.arrival;
  ++state.info.rows;
  ++state.info.routes[row.route].rows;
  const auto time = [](Column column, Duration duration) {
    return rounded(duration, kColumnTraits[column].unit_ns);
  };
  state.columns[kArrival].push_back(
      static_cast<std::uint64_t>(row.arrival.time_since_epoch().count()));
  state.columns[kRoute].push_back(row.route);
  state.columns[kWork].push_back(time(kWork, row.work));
  state.columns[kWait].push_back(time(kWait, row.wait));
  state.columns[kBytesIn].push_back(row.bytes_in);
  state.columns[kBytesOut].push_back(row.bytes_out);
  state.info.has_bytes |= (row.bytes_in | row.bytes_out) != 0;
  state.columns[kStatus].push_back(row.status);
  state.columns[kInit].push_back(time(kInit, row.init));
  state.columns[kMemoryUsed].push_back(row.memory_used_mib);
  if (state.columns[kArrival].size() == kBlockRows) state.flush();
}

void Writer::set_durations(Durations durations) { state_->info.durations = durations; }

void Writer::set_span(TimePoint start, TimePoint end) {
  SKY_CHECK(start >= TimePoint{} && start <= end);
  state_->info.start = start;
  state_->info.end = end;
  state_->span_set = true;
}

void Writer::add_provenance(ProvenanceStep step) {
  state_->info.provenance.push_back(std::move(step));
}

std::uint64_t Writer::rows() const { return state_->info.rows; }

TraceInfo Writer::commit() {
  State& state = *state_;
  state.flush();
  if (!state.span_set && state.info.rows == 0) set_span(state.info.origin, state.info.origin);
  if (!state.span_set) set_span(state.first_arrival, state.last_arrival + Duration{1});
  state.check_span();
  state.info.digest = state.digest.hex();
  state.file.commit(static_cast<std::uint32_t>(FrameKind::kFooter),
                    encode_footer(state.info, state.blocks));
  return state.info;
}

}  // namespace skyreplay::trace
