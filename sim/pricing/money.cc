#include "pricing/money.h"

#include <fmt/format.h>

#include "core/check.h"

namespace skyreplay::pricing {

std::string format_usd(NanoUsd amount) {
  constexpr std::uint64_t kNano = 1'000'000'000;
  const bool negative = amount < 0;
  const std::uint64_t size = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(amount)
                                      : static_cast<std::uint64_t>(amount);
  return fmt::format("{}{}.{:09}", negative ? "-" : "", size / kNano, size % kNano);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal value;
  bool point = false;
  bool digits = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    value.mantissa_ = value.mantissa_ * 10 + (c - '0');
    value.scale_ += point ? 1 : 0;
    if (value.mantissa_ >= kMaxMantissa || value.scale_ > kMaxScale) return std::nullopt;
  }
  if (!digits || text.front() == '.' || text.back() == '.') return std::nullopt;
  return normalized(value.mantissa_, value.scale_);
}

std::optional<Decimal> Decimal::normalized(__int128 mantissa, int scale) {
  while (scale > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    --scale;
  }
  if (mantissa >= kMaxMantissa || scale > kMaxScale) return std::nullopt;
  Decimal value;
  value.mantissa_ = static_cast<std::int64_t>(mantissa);
  value.scale_ = scale;
  return value;
}

std::optional<Decimal> Decimal::less_permille(std::uint32_t permille) const {
  SKY_CHECK(permille <= 1000);
  return normalized(static_cast<__int128>(mantissa_) * (1000 - permille), scale_ + 3);
}

std::string Decimal::to_string() const {
  std::string digits = std::to_string(mantissa_);
  const auto scale = static_cast<std::size_t>(scale_);
  if (scale == 0) return digits;
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  digits.insert(digits.size() - scale, 1, '.');
  return digits;
}

}  // namespace skyreplay::pricing
