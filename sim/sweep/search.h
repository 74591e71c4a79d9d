#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace skyreplay::sweep {

/// The smallest n of [first, last] that `meets`; nothing if none was found.
///
/// **Method** Doubling from `first` until one meets, then halving what is between (J. L. Bentley
/// and A. C.-C. Yao, "An almost optimal algorithm for unbounded searching", Information Processing
/// Letters 5 (1976)). `meets` is asked once for each n it needs; of n and n - 1 always, unless n is
/// `first`. If more can be worse, a smaller one between those asked may have been passed over.
/// **Cost** at most 2 log2(last / first) + 2 questions. REQUIRES 0 < first <= last.
std::optional<std::uint64_t> smallest(std::uint64_t first, std::uint64_t last,
                                      const std::function<bool(std::uint64_t)>& meets);

}  // namespace skyreplay::sweep
