#pragma once

#include <cstddef>
#include <cstdint>

#include "trace/format.h"

namespace skyreplay::trace {

/// Consecutive requests as columns, in order of arrival. Pointers stay valid until the next call of
/// Source::next().
struct Batch {
  static constexpr std::size_t kMaxRows = 1024;

  std::size_t size = 0;                      ///< 0: the source is used up
  std::uint64_t first_row = 0;               ///< row number in the trace of element 0
  const std::int64_t* arrival_ns = nullptr;  ///< since 1970
  const std::uint32_t* route = nullptr;
  const std::int64_t* work_ns = nullptr;  ///< the whole duration where durations is kOneDuration
  const std::int64_t* wait_ns = nullptr;
  const std::uint64_t* bytes_in = nullptr;
  const std::uint64_t* bytes_out = nullptr;
};

/// A stream of requests: a trace file, or one made on the fly.
class Source {
 public:
  virtual ~Source() = default;
  virtual const TraceInfo& info() const = 0;
  /// The next rows, at most Batch::kMaxRows; size 0 at the end. Throws InputError on damage.
  virtual Batch next() = 0;

  /// The rarer columns of the batch last returned; nullptr where the source does not carry them.
  virtual const std::uint16_t* status() const { return nullptr; }
  virtual const std::int64_t* init_ns() const { return nullptr; }
  virtual const std::uint32_t* memory_used_mib() const { return nullptr; }
};

}  // namespace skyreplay::trace
