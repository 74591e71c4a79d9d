#include "trace/spans.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/spill_file.h"
#include "trace/decimal.h"

namespace skyreplay::trace {
namespace {

constexpr std::size_t kMostNameBytes = 1'024;
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Spans go through the sorter of rows, which moves their fields whatever they mean. The key is the
/// folded trace id without its sign, which is kept beside the kind.
Row packed(const Span& span) {
  const std::uint64_t folded = span.trace.high ^ span.trace.low;
  return {.arrival = TimePoint{Duration{static_cast<std::int64_t>(folded & ~kSignBit)}},
          .route = span.operation,
          .work = span.start.time_since_epoch(),
          .wait = span.duration,
          .bytes_in = span.id,
          .bytes_out = span.parent,
          .status = span.status,
          .init = Duration{static_cast<std::int64_t>(span.trace.high)},
          .memory_used_mib =
              static_cast<std::uint32_t>(span.kind) * 2 + ((folded & kSignBit) != 0 ? 1 : 0)};
}

Span unpacked(const Row& row) {
  const auto high = static_cast<std::uint64_t>(row.init.count());
  const std::uint64_t folded = static_cast<std::uint64_t>(row.arrival.time_since_epoch().count()) |
                               (row.memory_used_mib % 2 != 0 ? kSignBit : 0);
  return {.trace = {high, folded ^ high},
          .id = row.bytes_in,
          .parent = row.bytes_out,
          .operation = row.route,
          .kind = static_cast<SpanKind>(row.memory_used_mib / 2),
          .status = row.status,
          .start = TimePoint{row.work},
          .duration = row.wait};
}

/// Names are data, but for NUL, and not without end.
std::string fit(std::string_view name) {
  std::string fitting(name.substr(0, kMostNameBytes));
  std::replace(fitting.begin(), fitting.end(), '\0', '?');
  return fitting;
}

}  // namespace

bool parse_trace_id(std::string_view text, TraceId& id) {
  if (text.empty() || text.size() > 32) return false;
  id = {};
  for (const char c : text) {
    const int digit = hex_digit(c);
    if (digit < 0) return false;
    id.high = (id.high << 4) | (id.low >> 60);
    id.low = (id.low << 4) | static_cast<std::uint64_t>(digit);
  }
  return true;
}

bool parse_span_id(std::string_view text, std::uint64_t& id) {
  TraceId wide;
  if (text.size() > 16 || !parse_trace_id(text, wide)) return false;
  id = wide.low;
  return true;
}

bool trace_id_of_bytes(std::string_view bytes, TraceId& id) {
  if (bytes.empty() || bytes.size() > 16) return false;
  id = {};
  for (const char c : bytes) {
    id.high = (id.high << 8) | (id.low >> 56);
    id.low = (id.low << 8) | static_cast<unsigned char>(c);
  }
  return true;
}

bool span_id_of_bytes(std::string_view bytes, std::uint64_t& id) {
  TraceId wide;
  if (bytes.size() > 8 || !trace_id_of_bytes(bytes, wide)) return false;
  id = wide.low;
  return true;
}

void RawSpan::take_attribute(std::string_view key, std::string_view value) {
  if (key == "http.route") {
    route = value;
  } else if (key == "http.request.method" || key == "http.method") {
    method = value;
  } else if (key == "http.response.status_code" || key == "http.status_code") {
    std::uint64_t code = 0;
    const bool good = parse_count(value, code) == NumberError::kNone && code <= 999;
    if (good) status = static_cast<std::uint16_t>(code);
  } else if (key == "span.kind") {
    if (value == "server") kind = SpanKind::kServer;
    if (value == "client") kind = SpanKind::kClient;
    if (value == "producer") kind = SpanKind::kProducer;
    if (value == "consumer") kind = SpanKind::kConsumer;
    if (value == "internal") kind = SpanKind::kInternal;
  }
}

std::uint32_t Operations::service_number(std::string_view name) {
  const std::string fitting = name.empty() ? "unknown" : fit(name);
  if (const auto found = service_numbers_.find(fitting); found != service_numbers_.end()) {
    return found->second;
  }
  if (services_.size() == kMostServices) {
    throw InputError("spans: more than 10,000 services; is service.name the name of a service?");
  }
  services_.push_back(fitting);
  return service_numbers_.emplace(fitting, static_cast<std::uint32_t>(services_.size() - 1))
      .first->second;
}

std::uint32_t Operations::number_of(const RawSpan& span) {
  std::string name = span.name;
  if (!span.route.empty()) name = span.method.empty() ? span.route : span.method + " " + span.route;
  const std::uint32_t service = service_number(span.service);
  const bool full = operations_.size() >= kMostOperations;
  for (const std::string& tried : {fit(name), std::string(ImportSink::kOther)}) {
    key_.assign(services_[service]).append(1, '\0').append(tried);
    if (const auto found = numbers_.find(key_); found != numbers_.end()) return found->second;
    if (full && tried != ImportSink::kOther) continue;
    operations_.push_back({service, tried});
    break;
  }
  const auto number = static_cast<std::uint32_t>(operations_.size() - 1);
  numbers_.emplace(key_, number);
  return number;
}

SpanSorter::SpanSorter(ImportJob& job)
    : job_(job), sorter_(job.memory, spill_folder(job.options.out)) {}

bool SpanSorter::add(const RawSpan& raw, const SourcePosition& position) {
  const auto bad = [&](const char* reason) {
    job_.bad.add(position, reason);
    return false;
  };
  const auto last = static_cast<std::uint64_t>(kLastArrival.time_since_epoch().count());
  if (raw.start_ns >= last) return bad("a span starts beyond the year 2261");
  if (raw.end_ns < raw.start_ns) return bad("a span ends before it starts");
  if (raw.end_ns - raw.start_ns > static_cast<std::uint64_t>(kLongestDuration.count())) {
    return bad("a span is longer than 100 days");
  }
  sorter_.add(packed({.trace = raw.trace,
                      .id = raw.id,
                      .parent = raw.parent == raw.id ? 0 : raw.parent,
                      .operation = operations_.number_of(raw),
                      .kind = raw.kind,
                      .status = raw.status,
                      .start = TimePoint{Duration{static_cast<std::int64_t>(raw.start_ns)}},
                      .duration = Duration{static_cast<std::int64_t>(raw.end_ns - raw.start_ns)}}));
  return true;
}

/// All spans of the next key, traces one after the other; false at the end.
bool SpanSorter::take_group() {
  if (!started_) has_ahead_ = sorter_.next(ahead_);
  started_ = true;
  group_.clear();
  taken_ = 0;
  if (!has_ahead_) return false;
  const TimePoint key = ahead_.arrival;
  std::uint64_t beyond = 0;
  while (has_ahead_ && ahead_.arrival == key) {
    if (group_.size() < kMostSpans) {
      group_.push_back(unpacked(ahead_));
    } else {
      ++beyond;
    }
    has_ahead_ = sorter_.next(ahead_);
  }
  job_.bad.leave_out("spans beyond the first 1,000,000 of a trace", beyond);
  part_traces();
  return true;
}

/// Puts traces that share a key one behind the other; their spans stay in order.
void SpanSorter::part_traces() {
  const auto other = [this](const Span& span) { return span.trace != group_.front().trace; };
  if (std::none_of(group_.begin(), group_.end(), other)) return;
  std::vector<std::uint32_t> order(group_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return std::pair(group_[a].trace, a) < std::pair(group_[b].trace, b);
  });
  std::vector<Span> parted;
  parted.reserve(order.size());
  for (const std::uint32_t i : order) parted.push_back(group_[i]);
  group_.swap(parted);
}

bool SpanSorter::next_trace(std::vector<Span>& spans) {
  spans.clear();
  if (taken_ == group_.size() && !take_group()) return false;
  const TraceId trace = group_[taken_].trace;
  for (; taken_ < group_.size() && group_[taken_].trace == trace; ++taken_) {
    spans.push_back(group_[taken_]);
  }
  return true;
}

}  // namespace skyreplay::trace
