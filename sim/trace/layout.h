#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/framed_file.h"

namespace skyreplay::trace {

/// What writer and reader of a .skytrace file must agree on, beside the schema.
inline constexpr FrameFormat kTraceFormat{.magic = "SKYT1\n", .end = "SKYTEND1", .noun = "trace"};
inline constexpr std::uint32_t kTraceVersion = 1;

enum class FrameKind : std::uint32_t { kHeader = 1, kBlock = 2, kFooter = 3 };

/// What the writer puts into one block and the most a reader accepts.
inline constexpr std::size_t kBlockRows = 65'536;
inline constexpr std::size_t kMaxBlockRows = 65'536;

inline constexpr std::size_t kMaxRouteName = 4'096;

/// The columns, in the order of TraceBlock's fields.
enum Column : std::size_t {
  kArrival,
  kRoute,
  kWork,
  kWait,
  kBytesIn,
  kBytesOut,
  kStatus,
  kInit,
  kMemoryUsed,
  kColumns,
};

struct ColumnTraits {
  std::string_view name;
  std::uint32_t unit_ns;      ///< as written
  std::uint32_t max_unit_ns;  ///< as accepted: 1 where the column is no time
};

inline constexpr std::array<ColumnTraits, kColumns> kColumnTraits{{
    {"arrival", 1, 1},
    {"route", 1, 1},
    {"work", 1'000, 1'000'000'000},
    {"wait", 1'000, 1'000'000'000},
    {"bytes_in", 1, 1},
    {"bytes_out", 1, 1},
    {"status", 1, 1},
    {"init", 1'000, 1'000'000'000},
    {"memory_used", 1, 1},
}};

}  // namespace skyreplay::trace
