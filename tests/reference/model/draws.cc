#include "reference/model/draws.h"

#include <Random123/philox.h>
#include <xxhash.h>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

namespace skyreplay::reference {
namespace {

double in_ns(Time time) { return static_cast<double>(time.count()); }

double between(const std::vector<std::pair<double, Time>>& knots, double percent) {
  for (std::size_t i = 1; i < knots.size(); ++i) {
    const auto& [left, low] = knots[i - 1];
    const auto& [right, high] = knots[i];
    if (percent > right && i + 1 < knots.size()) continue;
    return in_ns(low) + (in_ns(high) - in_ns(low)) * ((percent - left) / (right - left));
  }
  return 0;
}

double unrounded(const Law& law, Bits& bits) {
  constexpr double kStandardNormalP99 = 2.3263478740408408;
  switch (law.kind) {
    case Law::Kind::kConstant:
      return in_ns(law.a);
    case Law::Kind::kUniform:
      return in_ns(law.a) + (in_ns(law.b) - in_ns(law.a)) * bits.uniform();
    case Law::Kind::kExponential:
      return boost::random::exponential_distribution<double>(1 / in_ns(law.a))(bits);
    case Law::Kind::kLognormal: {
      const double sigma = std::log(in_ns(law.b) / in_ns(law.a)) / kStandardNormalP99;
      const double normal = boost::random::normal_distribution<double>()(bits);
      return std::exp(normal * sigma + std::log(in_ns(law.a)));
    }
    case Law::Kind::kPercentiles:
      return between(law.knots, bits.uniform() * 100);
  }
  return 0;
}

}  // namespace

Bits::Bits(std::uint64_t seed, const std::string& entity, const std::string& purpose,
           std::uint64_t first, std::uint64_t second, std::uint64_t third)
    : counter_{first, second, third, 0} {
  const std::string name = entity + std::string(1, '\0') + purpose;
  const XXH128_hash_t hash = XXH3_128bits_withSeed(name.data(), name.size(), seed);
  key_ = {hash.low64, hash.high64};
}

Bits::result_type Bits::operator()() {
  if (used_ == 4) {
    const auto words = r123::Philox4x64()({{counter_[0], counter_[1], counter_[2], counter_[3]}},
                                          {{key_[0], key_[1]}});
    block_ = {words[0], words[1], words[2], words[3]};
    ++counter_[3];
    used_ = 0;
  }
  return block_[used_++];
}

double Bits::uniform() { return static_cast<double>((*this)() >> 11) / 9007199254740992.0; }

Time sample(const Law& law, Bits bits) {
  const double value = unrounded(law, bits);
  return Time{value > 0 ? std::llround(value) : 0};
}

}  // namespace skyreplay::reference
