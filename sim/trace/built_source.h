#pragma once

#include <array>
#include <cstdint>

#include "trace/source.h"

namespace skyreplay::trace {

/// One request of a source that is made of others. The rarer columns are not carried.
struct BuiltRow {
  std::int64_t arrival_ns = 0;
  std::uint32_t route = 0;
  std::int64_t work_ns = 0;
  std::int64_t wait_ns = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// Walks a source row by row. REQUIRES the source to outlive it.
class RowCursor {
 public:
  explicit RowCursor(Source& source) : source_(source), batch_(source.next()) {}

  bool done() const { return batch_.size == 0; }
  std::int64_t arrival_ns() const { return batch_.arrival_ns[index_]; }
  /// Its number in the source.
  std::uint64_t number() const { return batch_.first_row + index_; }
  BuiltRow row() const {
    return {.arrival_ns = batch_.arrival_ns[index_],
            .route = batch_.route[index_],
            .work_ns = batch_.work_ns[index_],
            .wait_ns = batch_.wait_ns[index_],
            .bytes_in = batch_.bytes_in[index_],
            .bytes_out = batch_.bytes_out[index_]};
  }
  void advance() {
    if (++index_ < batch_.size) return;
    batch_ = source_.next();
    index_ = 0;
  }

 private:
  Source& source_;
  Batch batch_;
  std::size_t index_ = 0;
};

/// A source whose rows a class below makes one at a time, numbered from 0.
class BuiltSource : public Source {
 public:
  explicit BuiltSource(TraceInfo info) : info_(std::move(info)) {
    info_.has_status = info_.has_init = info_.has_memory_used = false;
  }
  const TraceInfo& info() const final { return info_; }
  Batch next() final;

 protected:
  /// The next row in order of arrival; false at the end.
  virtual bool make(BuiltRow& row) = 0;

 private:
  TraceInfo info_;
  std::uint64_t rows_ = 0;
  std::array<std::int64_t, Batch::kMaxRows> arrival_{};
  std::array<std::uint32_t, Batch::kMaxRows> route_{};
  std::array<std::int64_t, Batch::kMaxRows> work_{};
  std::array<std::int64_t, Batch::kMaxRows> wait_{};
  std::array<std::uint64_t, Batch::kMaxRows> bytes_in_{};
  std::array<std::uint64_t, Batch::kMaxRows> bytes_out_{};
};

}  // namespace skyreplay::trace
