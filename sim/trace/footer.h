#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/framed_file.h"
#include "trace/format.h"

namespace skyreplay::trace {

/// Where a block is and what it covers.
struct BlockEntry {
  std::uint64_t offset = 0;
  std::uint32_t rows = 0;
  std::int64_t first_arrival_ns = 0;
  std::int64_t last_arrival_ns = 0;
  std::uint64_t first_row = 0;  ///< not stored: the rows of the blocks before
};

/// The payload of a footer frame. Throws InputError if it would not fit one.
std::string encode_footer(const TraceInfo& info, const std::vector<BlockEntry>& blocks);

/// Reads the header and the footer. Everything the footer says of the file is checked: offsets, row
/// counts, order of time, span. Throws InputError naming the frame's offset.
TraceInfo read_footer(FrameReader& frames, std::vector<BlockEntry>& blocks);

}  // namespace skyreplay::trace
