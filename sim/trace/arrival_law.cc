#include "trace/arrival_law.h"

#include <algorithm>
#include <bit>

namespace skyreplay::trace {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kMaxPiece = 65'536;
constexpr std::uint64_t kMidPhase = std::uint64_t{1} << 63;

/// How many of `count` fair coins show heads.
std::uint64_t heads(std::uint64_t count, RandomEngine& random) {
  std::uint64_t sum = 0;
  for (; count >= 64; count -= 64) sum += static_cast<std::uint64_t>(std::popcount(random()));
  if (count > 0) sum += static_cast<std::uint64_t>(std::popcount(random() >> (64 - count)));
  return sum;
}

}  // namespace

bool parse_arrival_law(std::string_view text, ArrivalLaw& law) {
  if (text == "uniform" || text == "poisson") {
    law = ArrivalLaw::kUniform;
  } else if (text == "equidistant") {
    law = ArrivalLaw::kEquidistant;
  } else if (text == "start") {
    law = ArrivalLaw::kStart;
  } else {
    return false;
  }
  return true;
}

std::string_view to_string(ArrivalLaw law) {
  switch (law) {
    case ArrivalLaw::kUniform:
      return "uniform";
    case ArrivalLaw::kEquidistant:
      return "equidistant";
    case ArrivalLaw::kStart:
      return "start";
  }
  return "";
}

Duration place(std::uint64_t draw, Duration period) {
  const Wide product = static_cast<Wide>(draw) * static_cast<Wide>(period.count());
  return Duration{static_cast<std::int64_t>(product >> 64)};
}

Duration equidistant(std::uint64_t k, std::uint64_t n, std::uint64_t phase, Duration period) {
  // The phase shifts all calls alike, so its last bits do not matter; 2^16 steps keep 128 bits
  // enough.
  const Wide numerator = (static_cast<Wide>(k) << 16) + (phase >> 48);
  const Wide place = numerator * static_cast<Wide>(period.count()) / (static_cast<Wide>(n) << 16);
  return Duration{static_cast<std::int64_t>(place)};
}

void SortedOffsets::start(std::uint64_t ordinal, std::uint64_t count) {
  ordinal_ = ordinal;
  count_ = count;
  done_ = 0;
  parts_.clear();
  if (law_ == ArrivalLaw::kUniform && count > 0) parts_.push_back({count, 0, 0, 1});
}

const std::vector<Duration>& SortedOffsets::next() {
  piece_.clear();
  if (law_ != ArrivalLaw::kUniform) {
    place_fixed();
    return piece_;
  }
  while (!parts_.empty() && piece_.empty()) {
    const Part part = parts_.back();
    parts_.pop_back();
    if (part.count > kMaxPiece && part.depth < 63) {
      split(part);
    } else {
      place_uniform(part);
    }
  }
  return piece_;
}

void SortedOffsets::split(Part part) {
  RandomEngine random = random_.at(ordinal_, part.node);
  const std::uint64_t later = heads(part.count, random);
  const std::uint32_t depth = part.depth + 1;
  const std::uint64_t half = std::uint64_t{1} << (64 - depth);
  parts_.push_back({later, part.first + half, depth, 2 * part.node + 1});
  parts_.push_back({part.count - later, part.first, depth, 2 * part.node});
}

void SortedOffsets::place_uniform(const Part& part) {
  RandomEngine random = random_.at(ordinal_, part.node);
  for (std::uint64_t i = 0; i < part.count; ++i) {
    piece_.push_back(place(part.first + (random() >> part.depth), period_));
  }
  std::sort(piece_.begin(), piece_.end());
}

void SortedOffsets::place_fixed() {
  const std::uint64_t end = std::min(count_, done_ + kMaxPiece);
  for (; done_ < end; ++done_) {
    piece_.push_back(law_ == ArrivalLaw::kStart ? Duration{0}
                                                : equidistant(done_, count_, kMidPhase, period_));
  }
}

}  // namespace skyreplay::trace
