#include "trace/footer.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <skyreplay/trace.pb.h>

#include <limits>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "trace/layout.h"

namespace skyreplay::trace {
namespace {

std::int64_t nanoseconds(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint instant(std::int64_t ns) { return TimePoint(Duration(ns)); }

using Attributes = std::vector<std::pair<std::string, std::string>>;
using ProtoAttributes = google::protobuf::RepeatedPtrField<proto::TraceAttribute>;

void encode(const Attributes& from, ProtoAttributes& to) {
  for (const auto& [key, value] : from) {
    proto::TraceAttribute& attribute = *to.Add();
    attribute.set_key(key);
    attribute.set_value(value);
  }
}

Attributes decode(const ProtoAttributes& from) {
  Attributes to;
  for (const proto::TraceAttribute& attribute : from) {
    to.emplace_back(attribute.key(), attribute.value());
  }
  return to;
}

void encode(const Route& from, proto::TraceRoute& to) {
  to.set_name(from.name);
  to.set_kind(static_cast<proto::TraceRoute::Kind>(from.kind));
  if (from.memory_size_mib) to.set_memory_size_mib(*from.memory_size_mib);
  if (from.memory_used_p50_mib) to.set_memory_used_p50_mib(*from.memory_used_p50_mib);
  if (from.memory_used_max_mib) to.set_memory_used_max_mib(*from.memory_used_max_mib);
  encode(from.attributes, *to.mutable_attributes());
  to.set_rows(from.rows);
}

/// Takes the texts along.
Route decode(proto::TraceRoute& from) {
  Route to;
  to.name = std::move(*from.mutable_name());
  to.kind = static_cast<InvocationKind>(from.kind());
  if (from.has_memory_size_mib()) to.memory_size_mib = from.memory_size_mib();
  if (from.has_memory_used_p50_mib()) to.memory_used_p50_mib = from.memory_used_p50_mib();
  if (from.has_memory_used_max_mib()) to.memory_used_max_mib = from.memory_used_max_mib();
  to.attributes.reserve(static_cast<std::size_t>(from.attributes_size()));
  for (proto::TraceAttribute& attribute : *from.mutable_attributes()) {
    to.attributes.emplace_back(std::move(*attribute.mutable_key()),
                               std::move(*attribute.mutable_value()));
  }
  to.rows = from.rows();
  return to;
}

void encode(const ProvenanceStep& from, proto::TraceProvenanceStep& to) {
  to.set_tool(from.tool);
  encode(from.arguments, *to.mutable_arguments());
  for (const std::string& column : from.measured) to.add_measured(column);
  for (const std::string& column : from.drawn) to.add_drawn(column);
  for (const auto& [reason, rows] : from.dropped) {
    proto::TraceDropped& dropped = *to.add_dropped();
    dropped.set_reason(reason);
    dropped.set_rows(rows);
  }
}

ProvenanceStep decode(const proto::TraceProvenanceStep& from) {
  ProvenanceStep to;
  to.tool = from.tool();
  to.arguments = decode(from.arguments());
  to.measured.assign(from.measured().begin(), from.measured().end());
  to.drawn.assign(from.drawn().begin(), from.drawn().end());
  for (const proto::TraceDropped& dropped : from.dropped()) {
    to.dropped.emplace_back(dropped.reason(), dropped.rows());
  }
  return to;
}

/// Checks a footer against its file and itself. Every refusal names the footer's offset.
class FooterCheck {
 public:
  FooterCheck(const FrameReader& frames, const proto::TraceFooter& footer)
      : frames_(frames), footer_(footer) {}

  void routes() const;
  /// Returns the blocks with their row numbers.
  std::vector<BlockEntry> blocks() const;

 private:
  template <typename... Arguments>
  [[noreturn]] void refuse(fmt::format_string<Arguments...> text, Arguments&&... arguments) const {
    frames_.refuse(frames_.footer_offset(),
                   "in the footer, " + fmt::format(text, std::forward<Arguments>(arguments)...));
  }
  void block(const BlockEntry& entry, const BlockEntry* before) const;
  void span(const std::vector<BlockEntry>& entries) const;

  const FrameReader& frames_;
  const proto::TraceFooter& footer_;
};

void FooterCheck::routes() const {
  std::uint64_t rows = 0, counted = 0;
  for (const proto::TraceBlockEntry& block : footer_.blocks()) rows += block.rows();
  for (int i = 0; i < footer_.routes_size(); ++i) {
    const proto::TraceRoute& route = footer_.routes(i);
    if (route.name().size() > kMaxRouteName) {
      refuse("the name of route {} has {} bytes, more than {}", i, grouped(route.name().size()),
             grouped(kMaxRouteName));
    }
    if (!proto::TraceRoute::Kind_IsValid(route.kind())) {
      refuse("route {} has the unknown kind {}", i, static_cast<int>(route.kind()));
    }
    counted += route.rows();
  }
  if (counted != rows) {
    refuse("the routes count {} rows and the blocks {}", grouped(counted), grouped(rows));
  }
  if (!proto::TraceFooter::Durations_IsValid(footer_.durations())) {
    refuse("durations are of the unknown kind {}", static_cast<int>(footer_.durations()));
  }
}

void FooterCheck::block(const BlockEntry& entry, const BlockEntry* before) const {
  const std::uint64_t least =
      before == nullptr ? frames_.first_offset() : before->offset + kFrameHeaderBytes;
  if (entry.offset < least || entry.offset >= frames_.footer_offset()) {
    refuse("a block is said to be at byte {}, outside of {} to {}", grouped(entry.offset),
           grouped(least), grouped(frames_.footer_offset()));
  }
  if (entry.rows == 0 || entry.rows > kMaxBlockRows) {
    refuse("the block at byte {} has {} rows, outside of 1 to {}", grouped(entry.offset),
           grouped(entry.rows), grouped(kMaxBlockRows));
  }
  const std::int64_t earliest = before == nullptr ? 0 : before->last_arrival_ns;
  if (entry.first_arrival_ns < earliest || entry.last_arrival_ns < entry.first_arrival_ns) {
    refuse("the arrivals of the block at byte {} are out of order", grouped(entry.offset));
  }
}

void FooterCheck::span(const std::vector<BlockEntry>& entries) const {
  const std::int64_t start = footer_.start_ns(), end = footer_.end_ns();
  if (start < 0 || end < start) refuse("the span from {} to {} ns is impossible", start, end);
  if (entries.empty()) return;
  if (entries.front().first_arrival_ns < start || entries.back().last_arrival_ns >= end) {
    refuse("arrivals from {} to {} lie outside of the span from {} to {}",
           to_rfc3339(instant(entries.front().first_arrival_ns)),
           to_rfc3339(instant(entries.back().last_arrival_ns)), to_rfc3339(instant(start)),
           to_rfc3339(instant(end)));
  }
}

std::vector<BlockEntry> FooterCheck::blocks() const {
  std::vector<BlockEntry> entries;
  entries.reserve(static_cast<std::size_t>(footer_.blocks_size()));
  std::uint64_t rows = 0;
  for (const proto::TraceBlockEntry& from : footer_.blocks()) {
    const BlockEntry entry{.offset = from.offset(),
                           .rows = from.rows(),
                           .first_arrival_ns = from.first_arrival_ns(),
                           .last_arrival_ns = from.last_arrival_ns(),
                           .first_row = rows};
    block(entry, entries.empty() ? nullptr : &entries.back());
    entries.push_back(entry);
    rows += entry.rows;
  }
  span(entries);
  return entries;
}

/// Parses the payload of the frame at `offset`, which must be of `kind`. The arena, which must
/// outlive the message, spares an allocation for each of many routes.
template <typename Message>
Message& parse(FrameReader& frames, std::uint64_t offset, FrameKind kind, std::string_view noun,
               google::protobuf::Arena& arena) {
  const FrameReader::Frame frame = frames.read(offset);
  if (frame.kind != static_cast<std::uint32_t>(kind)) {
    frames.refuse(offset,
                  fmt::format("expected the {}, found a frame of kind {}", noun, frame.kind));
  }
  Message& message = *google::protobuf::Arena::CreateMessage<Message>(&arena);
  if (!message.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
    frames.refuse(offset, fmt::format("the {} is not a Protobuf message", noun));
  }
  return message;
}

}  // namespace

std::string encode_footer(const TraceInfo& info, const std::vector<BlockEntry>& blocks) {
  proto::TraceFooter footer;
  footer.set_start_ns(nanoseconds(info.start));
  footer.set_end_ns(nanoseconds(info.end));
  footer.set_durations(static_cast<proto::TraceFooter::Durations>(info.durations));
  for (const Route& route : info.routes) encode(route, *footer.add_routes());
  for (const ProvenanceStep& step : info.provenance) encode(step, *footer.add_provenance());
  for (const BlockEntry& block : blocks) {
    proto::TraceBlockEntry& entry = *footer.add_blocks();
    entry.set_offset(block.offset);
    entry.set_rows(block.rows);
    entry.set_first_arrival_ns(block.first_arrival_ns);
    entry.set_last_arrival_ns(block.last_arrival_ns);
  }
  footer.set_digest(info.digest);
  footer.set_has_status(info.has_status);
  footer.set_has_init(info.has_init);
  footer.set_has_memory_used(info.has_memory_used);
  footer.set_has_bytes(info.has_bytes);
  const std::size_t size = footer.ByteSizeLong();
  if (size > kMaxFrameBytes) {
    throw InputError(
        fmt::format("the trace has too many routes ({}) and blocks: its footer of {} "
                    "bytes is above the limit of {}",
                    grouped(info.routes.size()), grouped(size), grouped(kMaxFrameBytes)));
  }
  return footer.SerializeAsString();
}

TraceInfo read_footer(FrameReader& frames, std::vector<BlockEntry>& blocks) {
  google::protobuf::Arena arena;
  auto& footer = parse<proto::TraceFooter>(frames, frames.footer_offset(), FrameKind::kFooter,
                                           "footer", arena);
  const auto& header =
      parse<proto::TraceHeader>(frames, frames.first_offset(), FrameKind::kHeader, "header", arena);
  if (header.version() != kTraceVersion) {
    frames.refuse(frames.first_offset(),
                  fmt::format("the trace is of version {}, this program reads version {}",
                              header.version(), kTraceVersion));
  }
  const FooterCheck check(frames, footer);
  blocks = check.blocks();
  check.routes();
  TraceInfo info;
  info.origin = instant(header.origin_ns());
  info.start = instant(footer.start_ns());
  info.end = instant(footer.end_ns());
  info.durations = static_cast<Durations>(footer.durations());
  info.rows = blocks.empty() ? 0 : blocks.back().first_row + blocks.back().rows;
  info.routes.reserve(static_cast<std::size_t>(footer.routes_size()));
  for (proto::TraceRoute& route : *footer.mutable_routes()) info.routes.push_back(decode(route));
  for (const auto& step : footer.provenance()) info.provenance.push_back(decode(step));
  info.digest = footer.digest();
  info.has_status = footer.has_status();
  info.has_init = footer.has_init();
  info.has_memory_used = footer.has_memory_used();
  info.has_bytes = footer.has_bytes();
  return info;
}

}  // namespace skyreplay::trace
