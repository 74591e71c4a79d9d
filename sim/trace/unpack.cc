#include "trace/unpack.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

/// Calls sink(row, lanes) for the 32 rows, unrolled. A width of 0 reads nothing.
template <unsigned Width, typename Sink>
inline void each_row(const char* packed, Sink&& sink) {
  [&]<std::size_t... Row>(std::index_sequence<Row...>) {
    if constexpr (Width == 0) {
      (sink(Row, Lanes{}), ...);
    } else {
      (sink(Row, take<Width, Row>(packed)), ...);
    }
  }(std::make_index_sequence<kLaneRows>());
}

/// Four 32-bit values as two pairs of 64 bits.
using Pair = std::uint64_t __attribute__((vector_size(16)));

inline Pair low_pair(Lanes lanes) {
  return reinterpret_cast<Pair>(__builtin_shufflevector(lanes, Lanes{}, 0, 4, 1, 5));
}
inline Pair high_pair(Lanes lanes) {
  return reinterpret_cast<Pair>(__builtin_shufflevector(lanes, Lanes{}, 2, 6, 3, 7));
}

/// Both factors are below 2^32. Without this, compilers multiply 64 by 64 bits in five steps.
inline Pair times(Pair a, Pair b) {
#if defined(__SSE2__)
  return reinterpret_cast<Pair>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return a * b;
#endif
}

inline void store(std::uint64_t* to, Pair pair) { std::memcpy(to, &pair, sizeof pair); }
inline void store(std::uint32_t* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

struct Plain {
  using Function = void (*)(const char*, std::uint32_t*);
  template <unsigned Width>
  static void run(const char* packed, std::uint32_t* values) {
    each_row<Width>(packed,
                    [values](std::size_t row, Lanes lanes) { store(values + 4 * row, lanes); });
  }
};

/// base + value * unit; units of 1 are spared the multiplication.
template <bool Scaled>
struct Times {
  using Function = void (*)(const char*, std::uint64_t, std::uint32_t, std::uint64_t*);
  template <unsigned Width>
  static void run(const char* packed, std::uint64_t base, std::uint32_t unit, std::uint64_t* out) {
    const Pair bases{base, base}, units{unit, unit};
    const auto scaled = [units](Pair pair) { return Scaled ? times(pair, units) : pair; };
    each_row<Width>(packed, [=](std::size_t row, Lanes lanes) {
      store(out + 4 * row, bases + scaled(low_pair(lanes)));
      store(out + 4 * row + 2, bases + scaled(high_pair(lanes)));
    });
  }
};

struct Plus {
  using Function = bool (*)(const char*, std::uint32_t, std::uint32_t, std::uint32_t*);
  template <unsigned Width>
  static bool run(const char* packed, std::uint32_t base, std::uint32_t room, std::uint32_t* out) {
    const Lanes bases{base, base, base, base}, rooms{room, room, room, room};
    // Both are below 2^31, so that a difference below zero leaves its sign.
    Lanes signs{};
    each_row<Width>(packed, [&](std::size_t row, Lanes lanes) {
      signs |= rooms - lanes;
      store(out + 4 * row, bases + lanes);
    });
    return ((signs[0] | signs[1] | signs[2] | signs[3]) >> 31) == 0;
  }
};

struct Sums {
  using Function = std::uint64_t (*)(const char*, std::uint64_t, std::uint64_t, std::uint64_t*);
  template <unsigned Width>
  static std::uint64_t run(const char* packed, std::uint64_t base, std::uint64_t sum,
                           std::uint64_t* out) {
    Pair carry{sum, sum};
    const Pair first{base, 2 * base}, second{3 * base, 4 * base};
    each_row<Width>(packed, [&](std::size_t row, Lanes lanes) {
      Pair low = low_pair(lanes), high = high_pair(lanes);
      low += __builtin_shufflevector(low, Pair{}, 2, 0);
      high += __builtin_shufflevector(high, Pair{}, 2, 0);
      high += __builtin_shufflevector(low, low, 1, 1);
      const Pair sums = second + high;
      store(out + 4 * row, carry + first + low);
      store(out + 4 * row + 2, carry + sums);
      // Only this addition waits for the row before.
      carry += __builtin_shufflevector(sums, sums, 1, 1);
    });
    return carry[0];
  }
};

/// The function of each width from 0 to 32.
template <typename Kernel>
constexpr auto kTable = []<unsigned... Width>(std::integer_sequence<unsigned, Width...>) {
  return std::array<typename Kernel::Function, 33>{&Kernel::template run<Width>...};
}(std::make_integer_sequence<unsigned, 33>());

}  // namespace

void unpack(unsigned width, const char* packed, std::uint32_t* values) {
  SKY_CHECK(width <= 32);
  kTable<Plain>[width](packed, values);
}

void unpack_times(unsigned width, const char* packed, std::uint64_t base, std::uint32_t unit,
                  std::uint64_t* out) {
  SKY_CHECK(width <= 32);
  const auto& table = unit == 1 ? kTable<Times<false>> : kTable<Times<true>>;
  table[width](packed, base, unit, out);
}

bool unpack_plus(unsigned width, const char* packed, std::uint32_t base, std::uint32_t room,
                 std::uint32_t* out) {
  SKY_CHECK(width < 32 && room >> 31 == 0);
  return kTable<Plus>[width](packed, base, room, out);
}

std::uint64_t unpack_sums(unsigned width, const char* packed, std::uint64_t base, std::uint64_t sum,
                          std::uint64_t* out) {
  SKY_CHECK(width <= 32);
  return kTable<Sums>[width](packed, base, sum, out);
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
