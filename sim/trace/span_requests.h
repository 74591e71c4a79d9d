#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "trace/call_skeleton.h"
#include "trace/import.h"
#include "trace/log_rows.h"
#include "trace/spans.h"

namespace skyreplay::trace {

/// Makes requests and calls of spans, one trace at a time.
///
/// A span whose parent is in another service, or in no file, is where a request enters its service;
/// its descendants up to the next such span are what that service did for it. One without a parent
/// is a request of the trace; where it is itself a client (a browser, a load generator), the spans
/// that it calls are. All others are calls from service to service.
class SpanRequests {
 public:
  explicit SpanRequests(ImportJob& job);

  /// Where importers put what they read.
  SpanSorter& spans() { return spans_; }
  /// Writes the trace, and the skeleton of calls where --calls names its file.
  void finish();

 private:
  /// Of one trace, by index of spans: what was found of each.
  struct Links {
    std::vector<std::uint32_t> parent;       ///< kNone: none that is there
    std::vector<std::uint32_t> first, next;  ///< children, as a list
  };
  /// An entry of a service that is still to be looked at.
  struct Entry {
    std::uint32_t span = 0;
    bool is_request = true;  ///< of the trace; else a call
    std::uint32_t caller = 0;
    bool async = false;
  };
  struct Interval {
    TimePoint from, to;
  };

  void take_trace();
  void link();
  void take_entry(const Entry& entry);
  void walk(const Entry& entry);
  void look_at(std::uint32_t root, std::uint32_t span, bool passes_on);
  void add_request(const Entry& entry, const ServiceTimes& times);
  static Duration covered(std::vector<Interval>& intervals);
  void describe();

  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  ImportJob& job_;
  SpanSorter spans_;
  LogRows rows_;
  CallSkeleton calls_;
  std::vector<Span> trace_;  ///< in hand
  Links links_;
  std::vector<Entry> entries_;            ///< still to be looked at
  std::vector<std::uint32_t> subtree_;    ///< still to be looked at, of the entry in hand
  std::vector<Interval> remote_, local_;  ///< of the entry in hand: in other services, in clients
  std::uint64_t reached_ = 0;             ///< spans of the trace in hand
  std::uint64_t orphans_ = 0;
  std::uint64_t unserved_ = 0;
};

}  // namespace skyreplay::trace
