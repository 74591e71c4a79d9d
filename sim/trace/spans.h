#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trace/import.h"
#include "trace/row_sorter.h"

namespace skyreplay::trace {

/// OpenTelemetry's kinds, by its numbers.
enum class SpanKind : std::uint8_t {
  kUnspecified,
  kInternal,
  kServer,
  kClient,
  kProducer,
  kConsumer
};

/// 128 bits, of which Jaeger may use 64.
struct TraceId {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const TraceId&) const = default;
};
/// Hexadecimal digits, at most 32 or 16 of them, of either case. False where it is none.
bool parse_trace_id(std::string_view text, TraceId& id);
bool parse_span_id(std::string_view text, std::uint64_t& id);
/// The same in bytes, most significant first.
bool trace_id_of_bytes(std::string_view bytes, TraceId& id);
bool span_id_of_bytes(std::string_view bytes, std::uint64_t& id);

/// A span as its format tells it.
struct RawSpan {
  TraceId trace;
  std::uint64_t id = 0;
  std::uint64_t parent = 0;  ///< 0: none
  std::string_view service;
  std::string name;
  std::string method, route;  ///< of HTTP; empty: not told
  SpanKind kind = SpanKind::kUnspecified;
  std::uint16_t status = 0;
  std::uint64_t start_ns = 0;
  std::uint64_t end_ns = 0;

  /// What OpenTelemetry's conventions say in the attribute `key`; other keys say nothing here.
  void take_attribute(std::string_view key, std::string_view value);
};

/// A span as it is sorted and kept: names by number.
struct Span {
  TraceId trace;
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  std::uint32_t operation = 0;
  SpanKind kind = SpanKind::kUnspecified;
  std::uint16_t status = 0;
  TimePoint start{};
  Duration duration{};

  TimePoint end() const { return start + duration; }
};

/// What spans of all files are called, by number.
class Operations {
 public:
  struct Operation {
    std::uint32_t service = 0;
    std::string name;
  };
  static constexpr std::size_t kMostServices = 10'000;
  static constexpr std::size_t kMostOperations = 100'000;

  /// An operation beyond the first 100,000 is one called "other". Throws InputError at the 10,001st
  /// service.
  std::uint32_t number_of(const RawSpan& span);
  const Operation& operator[](std::uint32_t number) const { return operations_[number]; }
  const std::string& service(std::uint32_t number) const { return services_[number]; }
  std::uint32_t service_of(const Span& span) const { return operations_[span.operation].service; }

 private:
  std::uint32_t service_number(std::string_view name);

  std::vector<std::string> services_;
  std::vector<Operation> operations_;
  std::unordered_map<std::string, std::uint32_t> service_numbers_;  ///< looked up alone
  std::unordered_map<std::string, std::uint32_t> numbers_;          ///< by "service\0name"
  std::string key_;
};

/// Spans in any order, handed out trace by trace, in bounded memory: an external sort by trace id.
class SpanSorter {
 public:
  static constexpr std::size_t kMostSpans = 1'000'000;  ///< of one trace

  explicit SpanSorter(ImportJob& job);

  /// False, and a bad row at `position`, where the span's times are impossible.
  bool add(const RawSpan& span, const SourcePosition& position);
  /// Takes the spans of the next trace, in the order in which they were added; false at the end. Of
  /// a trace of more than kMostSpans the rest is left out and counted.
  bool next_trace(std::vector<Span>& spans);
  const Operations& operations() const { return operations_; }

 private:
  bool take_group();
  void part_traces();

  ImportJob& job_;
  Operations operations_;
  RowSorter sorter_;
  std::vector<Span> group_;  ///< of one sorting key; traces that share it stand one by one
  std::size_t taken_ = 0;    ///< of group_
  Row ahead_;
  bool has_ahead_ = false;
  bool started_ = false;
};

}  // namespace skyreplay::trace
