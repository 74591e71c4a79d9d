#include "replay/histogram_codec.h"

#include <fmt/format.h>

#include "core/check.h"

namespace skyreplay::replay {
namespace {

constexpr std::size_t kMaxVarint = 10;
/// Twice the largest distance takes two bytes.
constexpr std::size_t kMaxEntry = 2 + kMaxVarint;
static_assert(2 * metrics::HistogramLayout::kBuckets < (1u << 14));

class VarintReader {
 public:
  explicit VarintReader(std::string_view bytes)
      : next_(reinterpret_cast<const unsigned char*>(bytes.data())), end_(next_ + bytes.size()) {}

  /// False if the bytes end within it or it is longer than 64 bits.
  bool read(std::uint64_t& value) {
    if (next_ != end_ && *next_ < 0x80) [[likely]] {
      value = *next_++;
      return true;
    }
    return read_long(value);
  }
  bool at_end() const { return next_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - next_); }

 private:
  bool read_long(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && next_ != end_; shift += 7) {
      const std::uint64_t byte = *next_++;
      if (shift == 63 && byte > 1) return false;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  const unsigned char* next_;
  const unsigned char* end_;
};

}  // namespace

void HistogramEncoder::put(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_[used_++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes_[used_++] = static_cast<char>(value);
}

void HistogramEncoder::add(std::span<const metrics::BucketCount> buckets) {
  const std::size_t room = used_ + kMaxVarint + buckets.size() * kMaxEntry;
  if (bytes_.size() < room) bytes_.resize(2 * room);
  ++histograms_;
  put(buckets.size());
  std::int64_t before = -1;
  for (const metrics::BucketCount& entry : buckets) {
    SKY_CHECK(entry.bucket > before && entry.bucket < metrics::HistogramLayout::kBuckets &&
              entry.count > 0);
    const auto distance = static_cast<std::uint64_t>(entry.bucket - (before < 0 ? 0 : before));
    put(2 * distance + (entry.count > 1 ? 1 : 0));
    if (entry.count > 1) put(entry.count);
    before = entry.bucket;
  }
}

void HistogramEncoder::clear() {
  used_ = 0;
  histograms_ = 0;
}

std::string decode_histograms(std::string_view bytes, std::size_t rows, HistogramRows& to) {
  to.sizes.assign(rows, 0);
  if (bytes.empty()) return {};
  // Every bucket takes a byte at least.
  if (to.buckets.size() < bytes.size()) to.buckets.resize(bytes.size());
  VarintReader in(bytes);
  metrics::BucketCount* out = to.buckets.data();
  for (std::uint32_t& size : to.sizes) {
    std::uint64_t n = 0;
    if (!in.read(n) || n > in.left()) return "histograms that end too early";
    size = static_cast<std::uint32_t>(n);
    std::uint64_t bucket = 0;
    for (std::uint64_t i = 0; i < n; ++i, ++out) {
      std::uint64_t code = 0;
      std::uint64_t count = 1;
      if (!in.read(code) || ((code & 1) != 0 && !in.read(count)))
        return "histograms that end too early";
      if (i > 0 && code < 2) return "buckets do not ascend";
      if (code / 2 >= metrics::HistogramLayout::kBuckets - bucket) {
        return fmt::format("bucket {} does not exist", bucket + code / 2);
      }
      if (count == 0) return "a bucket without a request";
      bucket += code / 2;
      *out = {static_cast<std::uint32_t>(bucket), count};
    }
  }
  return in.at_end() ? "" : "histograms left over";
}

}  // namespace skyreplay::replay
