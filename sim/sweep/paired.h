#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace skyreplay::sweep {

/// A mean difference and the interval that holds the true one with 95 %.
struct Interval {
  std::int64_t mean = 0;
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// Of paired differences, in their own integer unit; ends rounded to it.
///
/// **Method** Student's t with n - 1 degrees of freedom on the differences themselves (W. S.
/// Gosset, "The Probable Error of a Mean", Biometrika 6 (1908)), so that what two runs of one seed
/// have in common drops out. Nothing for fewer than two.
std::optional<Interval> paired_interval(std::span<const std::int64_t> differences);

}  // namespace skyreplay::sweep
