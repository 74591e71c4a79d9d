#include "core/random.h"

#include <Random123/philox.h>
#include <xxhash.h>

#include <string>

namespace skyreplay {

void RandomEngine::refill() {
  static const r123::Philox4x64 philox;
  const r123::Philox4x64::ctr_type in{{counter_[0], counter_[1], counter_[2], counter_[3]++}};
  const r123::Philox4x64::ctr_type out = philox(in, {{key_[0], key_[1]}});
  block_ = {out[0], out[1], out[2], out[3]};
  next_ = 0;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view entity, std::string_view purpose) {
  // NUL cannot occur in a name, so two different pairs never spell the same text.
  std::string path(entity);
  path += '\0';
  path += purpose;
  const XXH128_hash_t hash = XXH3_128bits_withSeed(path.data(), path.size(), seed);
  key_ = {hash.low64, hash.high64};
}

}  // namespace skyreplay
