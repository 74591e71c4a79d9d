#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "trace/unpack.h"

namespace skyreplay::trace {

/// The encoded form of one column of a block; proto/skyreplay/trace.proto describes the bytes.
enum class Codec : std::uint8_t { kConstant = 0, kPacked = 1, kPackedZstd = 2 };

/// What a column says that it must not. The reader adds file and offset.
class ColumnDamage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Encodes a column as constant or packed.
std::string encode_column(std::span<const std::uint64_t> values, std::uint32_t unit_ns);

/// Puts a packed column under zstd if that saves at least `least_saving` bytes; false and unchanged
/// if not. Inflating costs about 1 ns a byte, several times what unpacking bits does.
bool compress_column(std::string& encoded, std::size_t least_saving);

/// Decodes one column of a block from its beginning to its end.
///
/// Nothing read from the column is trusted: widths, sizes and values are checked against the limits
/// given, and a mistake throws ColumnDamage. **Cost** 0.2 to 0.4 ns a value.
class ColumnDecoder {
 public:
  ColumnDecoder();
  ~ColumnDecoder();
  ColumnDecoder(ColumnDecoder&& other) noexcept;
  ColumnDecoder(const ColumnDecoder&) = delete;
  ColumnDecoder& operator=(const ColumnDecoder&) = delete;

  /// Begins a column of `rows` values. `encoded` must stay valid while it is decoded.
  /// `max_unit_ns` is 1 for a column that is no time.
  void open(std::string_view encoded, std::size_t rows, std::uint32_t max_unit_ns);

  /// True if every row has constant_value(); then there is nothing to decode.
  bool is_constant() const { return constant_; }
  /// In units of the column.
  std::uint64_t constant_value() const { return value_; }
  std::uint32_t unit_ns() const { return unit_ns_; }

  /// The next `rows` values times the unit, none above `limit`. `out` has room for `rows` rounded
  /// up to whole miniblocks. REQUIRES !is_constant(), rows a multiple of 128 or all that are left.
  void decode(std::uint64_t* out, std::size_t rows, std::uint64_t limit);
  /// The same without unit, for values that fit 32 bits.
  void decode(std::uint32_t* out, std::size_t rows, std::uint32_t limit);
  /// Running sums on top of `sum`, which becomes the last; none above `limit`.
  void decode_sums(std::int64_t* out, std::size_t rows, std::int64_t& sum, std::int64_t limit);
  /// Passes over `rows` values.
  void skip(std::size_t rows);

 private:
  struct Miniblock {
    unsigned width = 0;
    std::uint64_t base = 0;
    const char* packed = nullptr;
  };

  using Wide = std::array<std::uint64_t, kMiniblockRows>;

  Miniblock take();
  /// The differences to the base, of any width: the slow way.
  static Wide unpack_wide(const Miniblock& block);
  void inflate(std::string_view compressed, std::size_t rows);

  bool constant_ = true;
  std::uint64_t value_ = 0;
  std::uint32_t unit_ns_ = 1;
  std::string_view rest_;
  std::string inflated_;
  void* zstd_ = nullptr;  ///< ZSTD_DCtx, made when first needed
};

}  // namespace skyreplay::trace
