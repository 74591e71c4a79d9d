#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace skyreplay::pricing {

/// An amount of money in 10^-9 USD. Differences may be negative.
using NanoUsd = std::int64_t;

/// "12.345678901": USD with all nine decimals, so that amounts add up as printed.
std::string format_usd(NanoUsd amount);

/// A non-negative decimal number, exactly: mantissa x 10^-scale, without trailing zeros.
class Decimal {
 public:
  static constexpr int kMaxScale = 15;

  constexpr Decimal() = default;

  /// Reads digits with at most one point ("0.0000166667", "2"). Nothing else is a decimal: no sign,
  /// no exponent, at most 15 decimals, a mantissa below 2^53.
  static std::optional<Decimal> parse(std::string_view text);

  /// This number less `permille` thousandths of itself, exactly. REQUIRES permille <= 1,000.
  /// std::nullopt where the digits do not fit.
  std::optional<Decimal> less_permille(std::uint32_t permille) const;

  constexpr std::int64_t mantissa() const { return mantissa_; }
  constexpr int scale() const { return scale_; }

  /// Without an exponent and without trailing zeros; parse() reads it back.
  std::string to_string() const;

  friend constexpr bool operator==(const Decimal&, const Decimal&) = default;
  friend constexpr bool operator<(const Decimal& a, const Decimal& b) {
    return a.at_scale(b.scale_) < b.at_scale(a.scale_);
  }

 private:
  /// Without trailing zeros; std::nullopt where it does not fit.
  static std::optional<Decimal> normalized(__int128 mantissa, int scale);

  /// The mantissa as it is with at least so many decimals: below 2^53 x 10^15, which fits.
  constexpr __int128 at_scale(int scale) const {
    __int128 digits = mantissa_;
    for (int i = scale_; i < scale; ++i) digits *= 10;
    return digits;
  }

  static constexpr std::int64_t kMaxMantissa = std::int64_t{1} << 53;

  std::int64_t mantissa_ =
      0;           // invariant: 0 <= mantissa_ < kMaxMantissa, not divisible by 10 unless
  int scale_ = 0;  // scale_ == 0; 0 <= scale_ <= kMaxScale
};

}  // namespace skyreplay::pricing
