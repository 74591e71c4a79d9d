#pragma once

#include <cstddef>
#include <cstdint>

namespace skyreplay::trace {

/// Values that are packed together under one base and width.
inline constexpr std::size_t kMiniblockRows = 128;

/// Bytes of 128 values of `width` bits.
constexpr std::size_t packed_bytes(unsigned width) { return std::size_t{16} * width; }

/// Unpacks 128 values of `width` bits in four interleaved 32-bit lanes. REQUIRES width <= 32 and
/// packed_bytes(width) readable bytes. **Method** Lemire & Boytsov's SIMD-BP128 layout.
void unpack(unsigned width, const char* packed, std::uint32_t* values);

/// The inverse: appends nothing, writes packed_bytes(width). REQUIRES every value < 2^width.
void pack(unsigned width, const std::uint32_t* values, char* packed);

}  // namespace skyreplay::trace
