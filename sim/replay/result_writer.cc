#include "replay/result_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/check.h"
#include "replay/histogram_codec.h"
#include "replay/result_codec.h"
#include "replay/result_digest.h"
#include "replay/result_format.h"

namespace skyreplay::replay {
namespace {

namespace pb = codec::pb;

/// Activities of one block; a change of capacity is rare, so they are plain messages.
constexpr std::size_t kActivityBlockBytes = 1u << 20;
constexpr int kBillBlockLines = 10'000;

template <typename Column>
void drop_if_zero(Column& column) {
  if (std::all_of(column.begin(), column.end(), [](auto value) { return value == 0; }))
    column.Clear();
}

}  // namespace

struct ResultWriter::State {
  State(const std::filesystem::path& path, const ResultHeader& header);

  std::uint64_t write(Section section, const google::protobuf::MessageLite& message);
  void write_tables(const ResultHeader& header);
  void flush_window();
  void clear_window();
  void fill_events();
  void fill_provisioned();
  void fill_function();
  void fill_memory();
  void fill_reservation();
  void sort_instant();
  void flush_activities();
  /// Writes what is left of activities; neither they nor windows may follow.
  void end_of_stream();
  void write_spans(pb::Span::Kind kind, std::size_t count, const auto& row);

  FrameWriter file;
  ResultDigest digest;
  pb::Footer footer;
  std::size_t services;
  std::size_t routes;
  std::string buffer;  ///< one payload, reused

  metrics::Window window;
  bool in_window = false;
  bool window_counted = false;
  std::int64_t next_service = 0;  ///< the least index the next row may have
  std::uint32_t service_before = 0;
  /// About, of the block in hand.
  std::size_t block_bytes() const {
    return block_rows * kRowBytes + latency.bytes().size() + overhead.bytes().size();
  }
  std::size_t block_rows = 0;
  pb::WindowBlock block;
  HistogramEncoder latency;
  HistogramEncoder overhead;

  /// Activities of one instant, until it is over; then sorted by service into the block.
  std::vector<Activity> instant;
  pb::ActivityBlock activities;
  std::size_t activity_bytes = 0;
  bool stream_ended = false;
};

ResultWriter::State::State(const std::filesystem::path& path, const ResultHeader& header)
    : file(path, kResultFormat), services(header.services.size()), routes(header.routes.size()) {
  pb::Header message;
  codec::encode(header, message);
  write(Section::kHeader, message);
  write_tables(header);
  pb::Provenance provenance;
  codec::encode(header.provenance, provenance);
  write(Section::kProvenance, provenance);
}

std::uint64_t ResultWriter::State::write(Section section,
                                         const google::protobuf::MessageLite& message) {
  SKY_CHECK(message.SerializeToString(&buffer));
  digest.add(section, buffer);
  return file.append(static_cast<std::uint32_t>(section), buffer);
}

void ResultWriter::State::write_tables(const ResultHeader& header) {
  pb::Table table;
  std::size_t bytes = 0;
  const auto grown = [&](std::size_t by) {
    bytes += by;
    if (bytes < kBlockBytes) return;
    write(Section::kTable, table);
    table.Clear();
    bytes = 0;
  };
  for (const ServiceHeader& service : header.services) {
    codec::encode(service, *table.add_services());
    grown(service.name.size() + 64);
  }
  for (const RouteHeader& route : header.routes) {
    SKY_CHECK(route.service < services);
    pb::Route& to = *table.add_routes();
    to.set_name(route.name);
    to.set_service(route.service);
    grown(route.name.size() + 16);
  }
  if (bytes > 0) write(Section::kTable, table);
}

void ResultWriter::State::flush_window() {
  if (block_rows == 0) return;
#define SKY_DROP(field, member) drop_if_zero(*block.mutable_##field());
  SKY_RESULT_COLUMNS(SKY_DROP)
  if (block.events_received_size() > 0) {
    fill_events();
    SKY_EVENT_COLUMNS(SKY_DROP)
  }
  if (block.provisioned_invocations_size() > 0) {
    fill_provisioned();
    SKY_PROVISIONED_COLUMNS(SKY_DROP)
  }
  if (block.invocations_size() > 0) {
    fill_function();
    SKY_FUNCTION_COLUMNS(SKY_DROP)
  }
  if (block.memory_available_size() > 0) {
    fill_memory();
    SKY_MEMORY_COLUMNS(SKY_DROP)
  }
  if (block.cpu_registered_size() > 0) {
    fill_reservation();
    SKY_RESERVATION_COLUMNS(SKY_DROP)
  }
#undef SKY_DROP
  const auto set = [](const HistogramEncoder& from, std::string& to) {
    from.all_empty() ? to.clear() : void(to.assign(from.bytes()));
  };
  set(latency, *block.mutable_latency());
  set(overhead, *block.mutable_overhead());
  block.set_start_ns(window.start.time_since_epoch().count());
  block.set_length_ns((window.end - window.start).count());
  footer.set_rows(footer.rows() + block_rows);
  if (!std::exchange(window_counted, true)) footer.set_windows(footer.windows() + 1);
  write(Section::kWindow, block);
  clear_window();
}

void ResultWriter::State::clear_window() {
  block.clear_service_delta();
#define SKY_CLEAR(field, member) block.clear_##field();
  SKY_RESULT_COLUMNS(SKY_CLEAR)
  SKY_EVENT_COLUMNS(SKY_CLEAR)
  SKY_PROVISIONED_COLUMNS(SKY_CLEAR)
  SKY_FUNCTION_COLUMNS(SKY_CLEAR)
  SKY_MEMORY_COLUMNS(SKY_CLEAR)
  SKY_RESERVATION_COLUMNS(SKY_CLEAR)
#undef SKY_CLEAR
  latency.clear();
  overhead.clear();
  block_rows = 0;
  service_before = 0;
}

/// Columns of events begin with the first row that has some: as long as the others from then on.
void ResultWriter::State::fill_events() {
  const auto n = static_cast<int>(block_rows);
#define SKY_FILL(field, member) block.mutable_##field()->Resize(n, 0);
  SKY_EVENT_COLUMNS(SKY_FILL)
#undef SKY_FILL
}

/// So do those of provisioned concurrency.
void ResultWriter::State::fill_provisioned() {
  const auto n = static_cast<int>(block_rows);
#define SKY_FILL(field, member) block.mutable_##field()->Resize(n, 0);
  SKY_PROVISIONED_COLUMNS(SKY_FILL)
#undef SKY_FILL
}

/// And those of functions as CloudWatch counts them.
void ResultWriter::State::fill_function() {
  const auto n = static_cast<int>(block_rows);
#define SKY_FILL(field, member) block.mutable_##field()->Resize(n, 0);
  SKY_FUNCTION_COLUMNS(SKY_FILL)
#undef SKY_FILL
}

/// And those of tasks' memory.
void ResultWriter::State::fill_memory() {
  const auto n = static_cast<int>(block_rows);
#define SKY_FILL(field, member) block.mutable_##field()->Resize(n, 0);
  SKY_MEMORY_COLUMNS(SKY_FILL)
#undef SKY_FILL
}

/// And those of what is reserved of clusters.
void ResultWriter::State::fill_reservation() {
  const auto n = static_cast<int>(block_rows);
#define SKY_FILL(field, member) block.mutable_##field()->Resize(n, 0);
  SKY_RESERVATION_COLUMNS(SKY_FILL)
#undef SKY_FILL
}

void ResultWriter::State::sort_instant() {
  std::stable_sort(instant.begin(), instant.end(),
                   [](const Activity& a, const Activity& b) { return a.service < b.service; });
  for (const Activity& activity : instant) {
    codec::encode(activity, *activities.add_activities());
    activity_bytes += activity.cause.size() + 64;
    if (activity_bytes >= kActivityBlockBytes) flush_activities();
  }
  footer.set_activities(footer.activities() + instant.size());
  instant.clear();
}

void ResultWriter::State::flush_activities() {
  if (activities.activities_size() > 0) write(Section::kActivities, activities);
  activities.Clear();
  activity_bytes = 0;
}

void ResultWriter::State::end_of_stream() {
  SKY_CHECK(!in_window);
  if (std::exchange(stream_ended, true)) return;
  sort_instant();
  flush_activities();
}

void ResultWriter::State::write_spans(pb::Span::Kind kind, std::size_t count, const auto& row) {
  pb::SpanBlock spans;
  std::size_t bytes = 0;
  for (std::uint32_t index = 0; index < count; ++index) {
    pb::Span& span = *spans.add_spans();
    span.set_kind(kind);
    span.set_index(index);
    codec::encode(row(index), span);
    bytes += span.ByteSizeLong();
    if (bytes < kBlockBytes && index + 1 < count) continue;
    write(Section::kSpans, spans);
    spans.Clear();
    bytes = 0;
  }
}

ResultWriter::ResultWriter(const std::filesystem::path& path, const ResultHeader& header)
    : state_(std::make_unique<State>(path, header)) {}

ResultWriter::~ResultWriter() = default;

void ResultWriter::begin_window(const metrics::Window& window) {
  State& s = *state_;
  SKY_CHECK(!s.in_window && !s.stream_ended);
  SKY_CHECK(window.start < window.end && window.start >= s.window.end);
  s.window = window;
  s.in_window = true;
  s.window_counted = false;
  s.next_service = 0;
}

void ResultWriter::row(const metrics::WindowRow& row) {
  State& s = *state_;
  SKY_CHECK(s.in_window && row.service < s.services && row.service >= s.next_service);
  pb::WindowBlock& block = s.block;
  block.add_service_delta(row.service - s.service_before);
  s.service_before = row.service;
  s.next_service = std::int64_t{row.service} + 1;
#define SKY_ADD(field, member) block.add_##field(row.member);
  SKY_RESULT_COLUMNS(SKY_ADD)
  if (row.events.any()) [[unlikely]] {
    s.fill_events();
    SKY_EVENT_COLUMNS(SKY_ADD)
  }
  if (row.provisioned.any()) [[unlikely]] {
    s.fill_provisioned();
    SKY_PROVISIONED_COLUMNS(SKY_ADD)
  }
  if (row.function.any()) [[unlikely]] {
    s.fill_function();
    SKY_FUNCTION_COLUMNS(SKY_ADD)
  }
  if (row.memory.any()) [[unlikely]] {
    s.fill_memory();
    SKY_MEMORY_COLUMNS(SKY_ADD)
  }
  if (row.reservation.any()) [[unlikely]] {
    s.fill_reservation();
    SKY_RESERVATION_COLUMNS(SKY_ADD)
  }
#undef SKY_ADD
  s.latency.add(row.latency);
  s.overhead.add(row.overhead);
  ++s.block_rows;
  if (s.block_bytes() >= kBlockBytes) s.flush_window();
}

void ResultWriter::end_window() {
  SKY_CHECK(state_->in_window);
  state_->flush_window();
  state_->in_window = false;
}

void ResultWriter::activity(const Activity& activity) {
  State& s = *state_;
  SKY_CHECK(!s.stream_ended && activity.service < s.services);
  if (!s.instant.empty() && s.instant.back().time != activity.time) {
    SKY_CHECK(s.instant.back().time < activity.time);
    s.sort_instant();
  }
  s.instant.push_back(activity);
}

void ResultWriter::bill(std::span<const pricing::BillRow> rows) {
  State& s = *state_;
  SKY_CHECK(s.footer.summary_offset() == 0);
  s.end_of_stream();
  pb::BillBlock lines;
  for (const pricing::BillRow& row : rows) {
    codec::encode(row, *lines.add_lines());
    if (lines.lines_size() < kBillBlockLines) continue;
    s.write(Section::kBill, lines);
    lines.Clear();
  }
  if (lines.lines_size() > 0) s.write(Section::kBill, lines);
  s.footer.set_bill_lines(s.footer.bill_lines() + rows.size());
}

void ResultWriter::summary(const Summary& summary) {
  SKY_CHECK(summary.services.size() == state_->services);
  SKY_CHECK(summary.routes.size() == state_->routes);
  this->summary(
      summary, [&](std::uint32_t index) { return summary.services[index]; },
      [&](std::uint32_t index) { return summary.routes[index]; });
}

void ResultWriter::summary(const Summary& head, const ServiceOf& service, const RouteOf& route) {
  State& s = *state_;
  SKY_CHECK(s.footer.summary_offset() == 0);
  s.end_of_stream();
  pb::Summary message;
  codec::encode(head, message);
  s.footer.set_summary_offset(s.write(Section::kSummary, message));
  s.write_spans(pb::Span::SERVICE, s.services, service);
  s.write_spans(pb::Span::ROUTE, s.routes, route);
}

std::string ResultWriter::commit() {
  State& s = *state_;
  SKY_CHECK(s.footer.summary_offset() != 0);
  s.footer.set_digest(s.digest.hex());
  SKY_CHECK(s.footer.SerializeToString(&s.buffer));
  s.file.commit(static_cast<std::uint32_t>(Section::kFooter), s.buffer);
  return s.footer.digest();
}

}  // namespace skyreplay::replay
