#include "replay/result_reader.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "replay/histogram_codec.h"
#include "replay/result_codec.h"
#include "replay/result_digest.h"
#include "replay/result_format.h"

namespace skyreplay::replay {
namespace {

namespace pb = codec::pb;

std::string_view noun(Section section) {
  switch (section) {
    case Section::kHeader:
      return "header";
    case Section::kTable:
      return "table of names";
    case Section::kProvenance:
      return "provenance";
    case Section::kWindow:
      return "window";
    case Section::kActivities:
      return "activities";
    case Section::kBill:
      return "bill";
    case Section::kSummary:
      return "summary";
    case Section::kSpans:
      return "spans";
    case Section::kFooter:
      return "footer";
  }
  return "frame of unknown kind";
}

/// The file's fixed order: a section may be followed by itself or one of a later group.
int group(Section section) {
  return section == Section::kActivities ? static_cast<int>(Section::kWindow)
                                         : static_cast<int>(section);
}

}  // namespace

struct ResultReader::State {
  explicit State(const std::filesystem::path& path) : file(path, kResultFormat) {}

  void read_footer();
  void read_header();
  void read_table(const FrameReader::Frame& frame);
  void check_references();

  void decode_window(const FrameReader::Frame& frame);
  void decode_rows(std::uint64_t at);
  void attach(std::uint64_t at, std::string_view bytes, HistogramRows& decoded,
              std::span<const metrics::BucketCount> metrics::WindowRow::* member);
  void decode_activities(const FrameReader::Frame& frame);
  void decode_bill(const FrameReader::Frame& frame);
  void check_end();
  template <typename Row>
  void read_spans(pb::Span::Kind kind, const auto& visit);
  void check_order(std::uint64_t at, const pb::Span& span, std::size_t index) const;

  [[noreturn]] void refuse(std::uint64_t at, const std::string& what) const {
    file.refuse(at, what);
  }
  void require(std::uint64_t at, const std::string& wrong) const {
    if (!wrong.empty()) refuse(at, wrong);
  }
  /// Reads the frame at `at`, which must not lie at or behind the footer.
  FrameReader::Frame frame_at(std::uint64_t at) {
    if (at >= file.footer_offset()) refuse(at, "a block is missing before the footer");
    return file.read(at);
  }
  template <typename Message>
  void parse(const FrameReader::Frame& frame, Section expected, Message& message) const {
    if (frame.kind != static_cast<std::uint32_t>(expected)) {
      refuse(frame.offset, fmt::format("expected {}, found {}", noun(expected),
                                       noun(static_cast<Section>(frame.kind))));
    }
    if (!message.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
      refuse(frame.offset, fmt::format("not a {} message", noun(expected)));
    }
  }

  FrameReader file;
  ResultDigest digest;
  ResultHeader header;
  pb::Footer footer;

  std::uint64_t offset = 0;            ///< of the frame next() reads
  Section section = Section::kWindow;  ///< of the frame before it
  std::uint64_t windows = 0;
  std::uint64_t row_count = 0;
  std::uint64_t activity_count = 0;
  std::uint64_t bill_lines = 0;

  metrics::Window window;
  std::optional<std::uint32_t> last_service;  ///< of the window so far
  pb::WindowBlock block;
  std::vector<metrics::WindowRow> rows;
  HistogramRows latency;
  HistogramRows overhead;
  std::vector<Activity> activities;
  TimePoint last_time;
  std::vector<pricing::BillRow> bill;
};

void ResultReader::State::read_footer() {
  const std::uint64_t at = file.footer_offset();
  parse(file.read(at), Section::kFooter, footer);
  if (footer.summary_offset() < file.first_offset() || footer.summary_offset() >= at) {
    refuse(at, fmt::format("the footer says the summary is at byte {}", footer.summary_offset()));
  }
  if (footer.digest().size() != 32) refuse(at, "the digest is not of 32 digits");
}

void ResultReader::State::read_header() {
  pb::Header message;
  FrameReader::Frame frame = frame_at(file.first_offset());
  parse(frame, Section::kHeader, message);
  require(frame.offset, codec::decode(message, header));
  digest.add(Section::kHeader, frame.payload);
  const std::uint64_t header_offset = frame.offset;
  for (frame = frame_at(frame.next_offset);
       frame.kind == static_cast<std::uint32_t>(Section::kTable);
       frame = frame_at(frame.next_offset)) {
    read_table(frame);
  }
  if (header.services.size() != message.services() || header.routes.size() != message.routes()) {
    refuse(header_offset,
           fmt::format("the header says {} services and {} routes, the tables hold {} and {}",
                       message.services(), message.routes(), header.services.size(),
                       header.routes.size()));
  }
  check_references();
  pb::Provenance provenance;
  parse(frame, Section::kProvenance, provenance);
  header.provenance = codec::decode(provenance);
  offset = frame.next_offset;
}

void ResultReader::State::read_table(const FrameReader::Frame& frame) {
  pb::Table table;
  parse(frame, Section::kTable, table);
  digest.add(Section::kTable, frame.payload);
  for (const pb::Service& service : table.services())
    header.services.push_back(codec::decode(service));
  for (const pb::Route& route : table.routes())
    header.routes.push_back({route.name(), route.service()});
}

void ResultReader::State::check_references() {
  for (const RouteHeader& route : header.routes) {
    if (route.service >= header.services.size()) {
      refuse(file.first_offset(), fmt::format("a route is answered by service {} of {}",
                                              route.service, header.services.size()));
    }
  }
}

void ResultReader::State::decode_window(const FrameReader::Frame& frame) {
  if (frame.payload.size() > kMaxWindowBlockBytes) {
    refuse(frame.offset, fmt::format("a window block of {} bytes", frame.payload.size()));
  }
  parse(frame, Section::kWindow, block);
  const std::uint64_t at = frame.offset;
  const std::int64_t start = block.start_ns();
  const std::int64_t length = block.length_ns();
  if (start < 0 || length <= 0 || length > kEndOfTime.time_since_epoch().count() - start) {
    refuse(at, fmt::format("a window from {} ns on of {} ns", start, length));
  }
  const metrics::Window next{TimePoint{Duration{start}}, TimePoint{Duration{start + length}}};
  const bool goes_on = windows > 0 && next.start == window.start && next.end == window.end;
  if (!goes_on) {
    if (next.start < window.end) refuse(at, "windows do not ascend");
    ++windows;
    last_service.reset();
  }
  window = next;
  decode_rows(at);
}

void ResultReader::State::decode_rows(std::uint64_t at) {
  const int n = block.service_delta_size();
  if (n == 0) refuse(at, "a window without rows");
  if (static_cast<std::size_t>(n) > header.services.size()) {
    refuse(at, fmt::format("{} rows of {} services", n, header.services.size()));
  }
  rows.assign(static_cast<std::size_t>(n), {});
  std::uint64_t service = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint32_t delta = block.service_delta(i);
    service += delta;
    if (service >= header.services.size()) {
      refuse(at, fmt::format("service {} of {}", service, header.services.size()));
    }
    if ((i > 0 && delta == 0) || (last_service && service <= *last_service)) {
      refuse(at, "services do not ascend");
    }
    last_service = static_cast<std::uint32_t>(service);
    rows[static_cast<std::size_t>(i)].service = *last_service;
  }
  const auto fill = [&](const auto& column, std::string_view name, auto&& member) {
    if (column.size() == 0) return;
    if (column.size() != n)
      refuse(at, fmt::format("{} values of {} for {} rows", column.size(), name, n));
    for (int i = 0; i < n; ++i) member(rows[static_cast<std::size_t>(i)], column[i]);
  };
#define SKY_FILL(field, path) \
  fill(block.field(), #field, [](metrics::WindowRow& row, auto value) { row.path = value; });
  SKY_RESULT_COLUMNS(SKY_FILL)
  SKY_EVENT_COLUMNS(SKY_FILL)
  SKY_PROVISIONED_COLUMNS(SKY_FILL)
  SKY_FUNCTION_COLUMNS(SKY_FILL)
  SKY_MEMORY_COLUMNS(SKY_FILL)
  SKY_RESERVATION_COLUMNS(SKY_FILL)
#undef SKY_FILL
  attach(at, block.latency(), latency, &metrics::WindowRow::latency);
  attach(at, block.overhead(), overhead, &metrics::WindowRow::overhead);
  row_count += rows.size();
}

void ResultReader::State::attach(
    std::uint64_t at, std::string_view bytes, HistogramRows& decoded,
    std::span<const metrics::BucketCount> metrics::WindowRow::* member) {
  require(at, decode_histograms(bytes, rows.size(), decoded));
  const metrics::BucketCount* next = decoded.buckets.data();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].*member = {next, decoded.sizes[i]};
    next += decoded.sizes[i];
  }
}

void ResultReader::State::decode_activities(const FrameReader::Frame& frame) {
  pb::ActivityBlock message;
  parse(frame, Section::kActivities, message);
  activities.clear();
  for (const pb::Activity& activity : message.activities()) {
    activities.push_back(codec::decode(activity));
    const Activity& last = activities.back();
    if (last.service >= header.services.size()) {
      refuse(frame.offset,
             fmt::format("an activity of service {} of {}", last.service, header.services.size()));
    }
    if (last.time < last_time) refuse(frame.offset, "activities do not ascend");
    last_time = last.time;
  }
  activity_count += activities.size();
}

void ResultReader::State::decode_bill(const FrameReader::Frame& frame) {
  pb::BillBlock message;
  parse(frame, Section::kBill, message);
  bill.clear();
  for (const pb::BillLine& line : message.lines())
    require(frame.offset, codec::decode(line, bill.emplace_back()));
  bill_lines += bill.size();
}

void ResultReader::State::check_end() {
  const auto same = [&](std::uint64_t says, std::uint64_t is, std::string_view what) {
    if (says != is) {
      refuse(file.footer_offset(),
             fmt::format("the footer says {} {}, the file holds {}", says, what, is));
    }
  };
  same(footer.windows(), windows, "windows");
  same(footer.rows(), row_count, "rows");
  same(footer.activities(), activity_count, "activities");
  same(footer.bill_lines(), bill_lines, "lines of the bill");
  if (digest.hex() != footer.digest()) {
    refuse(file.footer_offset(),
           fmt::format("the digest is {}, the footer says {}", digest.hex(), footer.digest()));
  }
}

/// The spans of a file are those of all services, then those of all routes: span `index` of it.
void ResultReader::State::check_order(std::uint64_t at, const pb::Span& span,
                                      std::size_t index) const {
  const std::size_t services = header.services.size();
  const bool service = index < services;
  if (index < services + header.routes.size() &&
      span.kind() == (service ? pb::Span::SERVICE : pb::Span::ROUTE) &&
      span.index() == (service ? index : index - services)) {
    return;
  }
  refuse(at, fmt::format("span {} out of order", span.index()));
}

template <typename Row>
void ResultReader::State::read_spans(pb::Span::Kind kind, const auto& visit) {
  std::size_t read = 0;
  pb::SpanBlock message;
  std::uint64_t next = file.read(footer.summary_offset()).next_offset;
  while (next < file.footer_offset()) {
    const FrameReader::Frame frame = file.read(next);
    next = frame.next_offset;
    parse(frame, Section::kSpans, message);
    for (const pb::Span& span : message.spans()) {
      check_order(frame.offset, span, read++);
      if (span.kind() != kind) continue;
      Row row;
      require(frame.offset, codec::decode(span, row));
      visit(span.index(), row);
    }
  }
  const std::size_t expected = header.services.size() + header.routes.size();
  if (read != expected) {
    refuse(footer.summary_offset(),
           fmt::format("spans of {} services and routes, expected {}", read, expected));
  }
}

ResultReader::ResultReader(const std::filesystem::path& path)
    : state_(std::make_unique<State>(path)) {
  state_->read_footer();
  state_->read_header();
}

ResultReader::~ResultReader() = default;
ResultReader::ResultReader(ResultReader&&) noexcept = default;

const ResultHeader& ResultReader::header() const { return state_->header; }
const std::string& ResultReader::digest() const { return state_->footer.digest(); }
const metrics::Window& ResultReader::window() const { return state_->window; }
std::span<const metrics::WindowRow> ResultReader::rows() const { return state_->rows; }
std::span<const Activity> ResultReader::activities() const { return state_->activities; }
std::span<const pricing::BillRow> ResultReader::bill() const { return state_->bill; }

ResultReader::Item ResultReader::next() {
  State& s = *state_;
  while (s.offset < s.file.footer_offset()) {
    const FrameReader::Frame frame = s.file.read(s.offset);
    const auto section = static_cast<Section>(frame.kind);
    if (group(section) < group(s.section) || group(section) >= group(Section::kFooter)) {
      s.refuse(frame.offset, fmt::format("{} out of order", noun(section)));
    }
    if (section == Section::kSummary && frame.offset != s.footer.summary_offset()) {
      s.refuse(frame.offset, "a summary that the footer does not know");
    }
    s.section = section;
    s.offset = frame.next_offset;
    s.digest.add(section, frame.payload);
    if (section == Section::kWindow) return s.decode_window(frame), Item::kWindow;
    if (section == Section::kActivities) return s.decode_activities(frame), Item::kActivities;
    if (section == Section::kBill) return s.decode_bill(frame), Item::kBill;
  }
  if (s.offset != s.file.footer_offset()) s.refuse(s.offset, "blocks overlap the footer");
  s.check_end();
  return Item::kEnd;
}

Summary ResultReader::summary_head() {
  State& s = *state_;
  pb::Summary message;
  const FrameReader::Frame frame = s.file.read(s.footer.summary_offset());
  s.parse(frame, Section::kSummary, message);
  Summary summary;
  s.require(frame.offset, codec::decode(message, summary));
  return summary;
}

void ResultReader::for_each_service(
    const std::function<void(std::uint32_t, const ServiceSummary&)>& visit) {
  state_->read_spans<ServiceSummary>(pb::Span::SERVICE, visit);
}

void ResultReader::for_each_route(
    const std::function<void(std::uint32_t, const metrics::SpanRow&)>& visit) {
  state_->read_spans<metrics::SpanRow>(pb::Span::ROUTE, visit);
}

Summary ResultReader::summary() {
  Summary summary = summary_head();
  for_each_service(
      [&](std::uint32_t, const ServiceSummary& service) { summary.services.push_back(service); });
  for_each_route(
      [&](std::uint32_t, const metrics::SpanRow& route) { summary.routes.push_back(route); });
  return summary;
}

}  // namespace skyreplay::replay
