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

/// The same in one pass with what a column then needs: out[i] = base + value[i] * unit.
/// REQUIRES width <= 32, no overflow.
void unpack_times(unsigned width, const char* packed, std::uint64_t base, std::uint32_t unit,
                  std::uint64_t* out);

/// out[i] = base + value[i]. Returns whether every value is at most `room`. REQUIRES width < 32,
/// room < 2^31, base + room < 2^32.
bool unpack_plus(unsigned width, const char* packed, std::uint32_t base, std::uint32_t room,
                 std::uint32_t* out);

/// out[i] = sum + (base + value[0]) + ... + (base + value[i]); returns the last. REQUIRES width <=
/// 32, no overflow.
std::uint64_t unpack_sums(unsigned width, const char* packed, std::uint64_t base, std::uint64_t sum,
                          std::uint64_t* out);

/// The inverse of unpack(): writes packed_bytes(width). REQUIRES every value < 2^width.
void pack(unsigned width, const std::uint32_t* values, char* packed);

}  // namespace skyreplay::trace
