#include "trace/codec.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "core/check.h"
#include "core/text.h"

namespace skyreplay::trace {
namespace {

constexpr std::size_t kColumnHeader = 5;     // codec, unit
constexpr std::size_t kMiniblockHeader = 9;  // width, base
constexpr unsigned kMaxWidth = 64;
constexpr int kZstdLevel = 1;

using Residuals = std::array<std::uint32_t, kMiniblockRows>;

template <typename Integer>
void append(std::string& text, Integer value) {
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename Integer>
Integer load(const char* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::size_t miniblocks(std::size_t rows) { return (rows + kMiniblockRows - 1) / kMiniblockRows; }

std::uint64_t largest(unsigned width) {
  return width == 0 ? 0 : std::numeric_limits<std::uint64_t>::max() >> (kMaxWidth - width);
}

void append_miniblock(std::string& out, std::span<const std::uint64_t> values) {
  const auto [low, high] = std::ranges::minmax(values);
  const auto width = static_cast<unsigned>(std::bit_width(high - low));
  append(out, static_cast<std::uint8_t>(width));
  append(out, low);
  Residuals lower{}, upper{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    lower[i] = static_cast<std::uint32_t>(values[i] - low);
    upper[i] = static_cast<std::uint32_t>((values[i] - low) >> 32);
  }
  const std::size_t at = out.size();
  out.resize(at + packed_bytes(width));
  pack(std::min(width, 32u), lower.data(), out.data() + at);
  if (width > 32) pack(width - 32, upper.data(), out.data() + at + packed_bytes(32));
}

std::string header(Codec codec, std::uint32_t unit_ns) {
  std::string out;
  append(out, static_cast<std::uint8_t>(codec));
  append(out, unit_ns);
  return out;
}

[[noreturn]] void above_limit(std::uint64_t value, std::uint64_t limit) {
  throw ColumnDamage(
      fmt::format("the value {} is above the limit of {}", grouped(value), grouped(limit)));
}

}  // namespace

std::string encode_column(std::span<const std::uint64_t> values, std::uint32_t unit_ns) {
  if (std::ranges::adjacent_find(values, std::ranges::not_equal_to()) == values.end()) {
    std::string out = header(Codec::kConstant, unit_ns);
    append(out, values.empty() ? std::uint64_t{0} : values.front());
    return out;
  }
  std::string out = header(Codec::kPacked, unit_ns);
  out.reserve(values.size() * sizeof(std::uint64_t));
  for (std::size_t at = 0; at < values.size(); at += kMiniblockRows) {
    append_miniblock(out, values.subspan(at, std::min(kMiniblockRows, values.size() - at)));
  }
  return out;
}

bool compress_column(std::string& encoded, std::size_t least_saving) {
  if (encoded.size() <= kColumnHeader + least_saving) return false;
  if (static_cast<Codec>(encoded.front()) != Codec::kPacked) return false;
  const std::string_view packed = std::string_view(encoded).substr(kColumnHeader);
  std::string out(kColumnHeader + ZSTD_compressBound(packed.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data() + kColumnHeader, out.size() - kColumnHeader,
                                         packed.data(), packed.size(), kZstdLevel);
  SKY_CHECK(ZSTD_isError(size) == 0);
  if (size + least_saving > packed.size()) return false;
  out.resize(kColumnHeader + size);
  encoded.front() = static_cast<char>(Codec::kPackedZstd);
  out.replace(0, kColumnHeader, encoded, 0, kColumnHeader);
  encoded = std::move(out);
  return true;
}

ColumnDecoder::ColumnDecoder() = default;

ColumnDecoder::~ColumnDecoder() { ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(zstd_)); }

ColumnDecoder::ColumnDecoder(ColumnDecoder&& other) noexcept
    : constant_(other.constant_),
      value_(other.value_),
      unit_ns_(other.unit_ns_),
      rest_(other.rest_),
      inflated_(std::move(other.inflated_)),
      zstd_(std::exchange(other.zstd_, nullptr)) {}

void ColumnDecoder::open(std::string_view encoded, std::size_t rows, std::uint32_t max_unit_ns) {
  constant_ = true;
  value_ = 0;
  unit_ns_ = 1;
  if (encoded.empty()) return;
  if (encoded.size() < kColumnHeader) throw ColumnDamage("it is shorter than its header");
  const auto codec = static_cast<std::uint8_t>(encoded.front());
  unit_ns_ = load<std::uint32_t>(encoded.data() + 1);
  if (unit_ns_ == 0 || unit_ns_ > max_unit_ns) {
    throw ColumnDamage(
        fmt::format("its unit of {} ns is not within 1 to {}", unit_ns_, max_unit_ns));
  }
  encoded.remove_prefix(kColumnHeader);
  switch (static_cast<Codec>(codec)) {
    case Codec::kConstant:
      if (encoded.size() != sizeof value_) throw ColumnDamage("its constant is not of 8 bytes");
      value_ = load<std::uint64_t>(encoded.data());
      return;
    case Codec::kPacked:
      rest_ = encoded;
      break;
    case Codec::kPackedZstd:
      inflate(encoded, rows);
      break;
    default:
      throw ColumnDamage(fmt::format("its codec {} is unknown", codec));
  }
  constant_ = false;
}

void ColumnDecoder::inflate(std::string_view compressed, std::size_t rows) {
  const unsigned long long size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  const std::size_t most = miniblocks(rows) * (kMiniblockHeader + packed_bytes(kMaxWidth));
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) {
    throw ColumnDamage("it is not a zstd frame with a content size");
  }
  if (size > most) {
    throw ColumnDamage(
        fmt::format("it says {} bytes under zstd, more than the {} that {} rows need",
                    grouped(size), grouped(most), grouped(rows)));
  }
  if (zstd_ == nullptr) zstd_ = ZSTD_createDCtx();
  if (zstd_ == nullptr) throw std::bad_alloc();
  if (inflated_.size() < size) inflated_.resize(size);
  const std::size_t got = ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(zstd_), inflated_.data(),
                                              size, compressed.data(), compressed.size());
  if (ZSTD_isError(got) != 0 || got != size) throw ColumnDamage("zstd cannot read it");
  rest_ = std::string_view(inflated_).substr(0, size);
}

ColumnDecoder::Miniblock ColumnDecoder::take() {
  if (rest_.size() < kMiniblockHeader) throw ColumnDamage("it has fewer values than rows");
  Miniblock block{.width = static_cast<unsigned char>(rest_.front()),
                  .base = load<std::uint64_t>(rest_.data() + 1),
                  .packed = rest_.data() + kMiniblockHeader};
  if (block.width > kMaxWidth) {
    throw ColumnDamage(fmt::format("a width of {} bits is above 64", block.width));
  }
  const std::size_t size = kMiniblockHeader + packed_bytes(block.width);
  if (size > rest_.size()) throw ColumnDamage("it has fewer values than rows");
  rest_.remove_prefix(size);
  return block;
}

ColumnDecoder::Wide ColumnDecoder::unpack_wide(const Miniblock& block) {
  Residuals low, high{};
  unpack(std::min(block.width, 32u), block.packed, low.data());
  if (block.width > 32) {
    unpack(block.width - 32, block.packed + packed_bytes(32), high.data());
  }
  Wide values;
  for (std::size_t i = 0; i < kMiniblockRows; ++i) {
    values[i] = std::uint64_t{high[i]} << 32 | low[i];
  }
  return values;
}

void ColumnDecoder::decode(std::uint64_t* out, std::size_t rows, std::uint64_t limit) {
  const std::uint64_t most = limit / unit_ns_;
  for (std::size_t at = 0; at < rows; at += kMiniblockRows, out += kMiniblockRows) {
    const Miniblock block = take();
    if (block.base > most) above_limit(block.base, most);
    const std::uint64_t room = most - block.base;
    if (block.width <= 32 && largest(block.width) <= room) {
      unpack_times(block.width, block.packed, block.base * unit_ns_, unit_ns_, out);
      continue;
    }
    const Wide values = unpack_wide(block);
    for (std::size_t i = 0; i < kMiniblockRows; ++i) {
      if (values[i] > room) above_limit(block.base + values[i], most);
      out[i] = (block.base + values[i]) * unit_ns_;
    }
  }
}

void ColumnDecoder::decode(std::uint32_t* out, std::size_t rows, std::uint32_t limit) {
  for (std::size_t at = 0; at < rows; at += kMiniblockRows, out += kMiniblockRows) {
    const Miniblock block = take();
    if (block.base > limit) above_limit(block.base, limit);
    if (block.width > 32) {
      throw ColumnDamage(fmt::format("{} bits are too wide for it", block.width));
    }
    const auto base = static_cast<std::uint32_t>(block.base);
    const std::uint32_t room = limit - base;
    const bool narrow = block.width < 32 && room >> 31 == 0;
    if (narrow && unpack_plus(block.width, block.packed, base, room, out)) continue;
    const Wide values = unpack_wide(block);
    for (std::size_t i = 0; i < kMiniblockRows; ++i) {
      if (values[i] > room) above_limit(base + values[i], limit);
      out[i] = base + static_cast<std::uint32_t>(values[i]);
    }
  }
}

void ColumnDecoder::decode_sums(std::int64_t* out, std::size_t rows, std::int64_t& sum,
                                std::int64_t limit) {
  for (std::size_t at = 0; at < rows; at += kMiniblockRows, out += kMiniblockRows) {
    const Miniblock block = take();
    const std::size_t count = std::min(kMiniblockRows, rows - at);
    const auto room = static_cast<std::uint64_t>(limit - sum);
    if (block.base > room) above_limit(block.base, room);
    // Narrow enough that 128 of them cannot overflow: then one check of the last is one of all.
    if (count == kMiniblockRows && block.width <= 32 && block.base <= std::uint64_t{1} << 54) {
      // Signed and unsigned of one size may alias.
      const std::uint64_t last =
          unpack_sums(block.width, block.packed, block.base, static_cast<std::uint64_t>(sum),
                      reinterpret_cast<std::uint64_t*>(out));
      if (last > static_cast<std::uint64_t>(limit)) {
        above_limit(last, static_cast<std::uint64_t>(limit));
      }
      sum = static_cast<std::int64_t>(last);
      continue;
    }
    const Wide values = unpack_wide(block);
    for (std::size_t i = 0; i < count; ++i) {
      const auto left = static_cast<std::uint64_t>(limit - sum);
      if (values[i] > left || block.base > left - values[i]) above_limit(values[i], left);
      sum += static_cast<std::int64_t>(block.base + values[i]);
      out[i] = sum;
    }
  }
}

void ColumnDecoder::skip(std::size_t rows) {
  for (std::size_t at = 0; at < rows; at += kMiniblockRows) take();
}

}  // namespace skyreplay::trace
