#include "trace/unpack.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "core/check.h"

namespace skyreplay::trace {
namespace {

static_assert(std::endian::native == std::endian::little, "packed words are little-endian");

/// One row of the four lanes. Compilers turn it into SSE2, which every x86-64 has, or NEON.
using Lanes = std::uint32_t __attribute__((vector_size(16)));
constexpr std::size_t kLaneRows = kMiniblockRows / 4;

/// Row `Row` of each lane: 32 bits of a stream in which a value may straddle two words.
template <unsigned Width, std::size_t Row>
inline Lanes take(const char* packed) {
  constexpr std::size_t kBit = Row * Width;
  constexpr std::size_t kWord = kBit / 32;
  constexpr unsigned kShift = kBit % 32;
  Lanes low;
  std::memcpy(&low, packed + 16 * kWord, sizeof low);
  low >>= kShift;
  if constexpr (kShift + Width > 32) {
    Lanes high;
    std::memcpy(&high, packed + 16 * (kWord + 1), sizeof high);
    low |= high << (32 - kShift);
  }
  if constexpr (Width < 32) low &= (1u << Width) - 1;
  return low;
}

template <unsigned Width, std::size_t... Row>
inline void unpack_rows(const char* packed, std::uint32_t* values, std::index_sequence<Row...>) {
  const auto store = [values](std::size_t row, Lanes lanes) {
    std::memcpy(values + 4 * row, &lanes, sizeof lanes);
  };
  (store(Row, take<Width, Row>(packed)), ...);
}

template <unsigned Width>
void unpack_width(const char* packed, std::uint32_t* values) {
  if constexpr (Width == 0) {
    std::memset(values, 0, kMiniblockRows * sizeof *values);
  } else {
    unpack_rows<Width>(packed, values, std::make_index_sequence<kLaneRows>());
  }
}

using Unpack = void (*)(const char*, std::uint32_t*);

template <unsigned... Width>
constexpr std::array<Unpack, 33> make_table(std::integer_sequence<unsigned, Width...>) {
  return {&unpack_width<Width>...};
}

constexpr auto kUnpack = make_table(std::make_integer_sequence<unsigned, 33>());

}  // namespace

void unpack(unsigned width, const char* packed, std::uint32_t* values) {
  SKY_CHECK(width <= 32);
  kUnpack[width](packed, values);
}

void pack(unsigned width, const std::uint32_t* values, char* packed) {
  SKY_CHECK(width <= 32);
  std::array<std::uint32_t, kMiniblockRows> words{};
  for (std::size_t i = 0; i < kMiniblockRows; ++i) {
    const std::size_t lane = i % 4;
    const std::size_t bit = (i / 4) * width;
    if (width == 0) break;
    const std::uint64_t shifted = std::uint64_t{values[i]} << (bit % 32);
    words[4 * (bit / 32) + lane] |= static_cast<std::uint32_t>(shifted);
    if (bit % 32 + width > 32) {
      words[4 * (bit / 32 + 1) + lane] |= static_cast<std::uint32_t>(shifted >> 32);
    }
  }
  std::memcpy(packed, words.data(), packed_bytes(width));
}

}  // namespace skyreplay::trace
