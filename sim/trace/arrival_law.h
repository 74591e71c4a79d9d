#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/time.h"

namespace skyreplay::trace {

/// Where the calls of a count lie within its period. A count is always kept exactly.
enum class ArrivalLaw : std::uint8_t {
  /// Each call at a uniformly random instant, independently of the others: a Poisson process
  /// conditioned on its count. Spelled "uniform" or "poisson".
  kUniform,
  /// Call k of n at (k + phase) / n of the period.
  kEquidistant,
  /// All at the period's first instant, as cron does.
  kStart,
};

/// False if `text` is none of "uniform", "poisson", "equidistant", "start".
bool parse_arrival_law(std::string_view text, ArrivalLaw& law);
std::string_view to_string(ArrivalLaw law);

/// The place of a uniform 64-bit draw within `period`: floor(draw / 2^64 × period).
Duration place(std::uint64_t draw, Duration period);

/// Call k of n under kEquidistant with a phase in [0, 2^64) of the distance between two calls.
Duration equidistant(std::uint64_t k, std::uint64_t n, std::uint64_t phase, Duration period);

/// The offsets of one period's calls in ascending order, in pieces of at most 65,536, so that
/// memory does not grow with the count: a larger count is halved again and again by as many fair
/// coins as it has calls, which splits it as independent uniform places would.
class SortedOffsets {
 public:
  /// `random` gives the engine at (period number, piece); one stream for a whole series.
  SortedOffsets(ArrivalLaw law, Duration period, const RandomStream& random)
      : law_(law), period_(period), random_(random) {}

  /// Begins the period numbered `ordinal` with `count` calls.
  void start(std::uint64_t ordinal, std::uint64_t count);
  /// The next piece; empty when the period is used up. Valid until the next call.
  const std::vector<Duration>& next();

 private:
  struct Part {
    std::uint64_t count;
    std::uint64_t first;  ///< the part is [first, first + 2^(64 - depth)) of 2^64
    std::uint32_t depth;
    std::uint64_t node;  ///< heap number of the part: 1 is the whole, 2n and 2n+1 its halves
  };
  void split(Part part);
  void place_uniform(const Part& part);
  void place_fixed();

  ArrivalLaw law_;
  Duration period_;
  RandomStream random_;
  std::uint64_t ordinal_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t done_ = 0;   ///< under the laws without chance
  std::vector<Part> parts_;  ///< still to do, the earliest last
  std::vector<Duration> piece_;
};

}  // namespace skyreplay::trace
