#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"

namespace skyreplay::compute {

/// A request that waits for a worker. `work` and `wait` stand apart, lest they be copied as one
/// from where each was just written alone, which a processor has to wait for.
struct Waiting {
  Duration work{};  ///< at the reference core
  TimePoint since{};
  Duration wait{};
  std::uint32_t tag = 0;   ///< the owner's name for it
  std::uint32_t next = 0;  ///< the backlog's own
};

/// Requests that wait for workers: a line for each server, first come, first served.
///
/// **Method** Lines are linked through one pool of records, reused most recently freed first, so
/// that no more memory is touched than as many wait. A line ends in a record that stands empty for
/// whoever comes next: nothing depends on whether anybody waits. **Cost** O(1); no allocation once
/// as many have waited at a time before.
class Backlog {
 public:
  struct Line {
    std::uint32_t first = 0;
    std::uint32_t end = 0;  ///< the empty record
    std::uint32_t size = 0;
  };

  /// A line with nobody in it.
  Line open() {
    const std::uint32_t end = acquire();
    return {.first = end, .end = end};
  }
  /// The line is gone. REQUIRES nobody in it.
  void close(const Line& line) { release(line.end); }

  void push(Line& line, Waiting waiting) {
    waiting.next = acquire();
    records_[line.end] = waiting;
    line.end = waiting.next;
    ++line.size;
  }
  /// Who has waited longest. REQUIRES somebody in the line.
  const Waiting& first(const Line& line) const { return records_[line.first]; }
  /// Calls `visit(waiting)` for each in the line, the first first.
  template <typename Visit>
  void for_each(const Line& line, Visit&& visit) const {
    for (std::uint32_t i = line.first; i != line.end; i = records_[i].next) visit(records_[i]);
  }
  /// That one no longer waits. REQUIRES the same.
  void pop(Line& line) {
    const std::uint32_t first = line.first;
    line.first = records_[first].next;
    --line.size;
    release(first);
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::uint32_t acquire() {
    if (free_ == kNone) [[unlikely]] {
      records_.push_back({.next = kNone});
      free_ = static_cast<std::uint32_t>(records_.size() - 1);
    }
    const std::uint32_t record = free_;
    free_ = records_[record].next;
    return record;
  }
  void release(std::uint32_t record) {
    records_[record].next = free_;
    free_ = record;
  }

  std::vector<Waiting> records_;
  std::uint32_t free_ = kNone;  ///< the free ones are linked through `next`
};

}  // namespace skyreplay::compute
