#include "core/random.h"

#include <doctest/doctest.h>

#include <set>

namespace skyreplay {
namespace {

using Block = std::array<std::uint64_t, 4>;

std::uint64_t high(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(a) * b) >> 64);
}

/// Philox4x64-10 straight from the paper's figure, sharing nothing with the code under test.
Block philox(Block x, std::array<std::uint64_t, 2> key) {
  constexpr std::uint64_t kM0 = 0xD2E7470EE14C6C93, kM1 = 0xCA5A826395121157;
  for (int round = 0; round < 10; ++round) {
    x = {high(kM1, x[2]) ^ x[1] ^ key[0], kM1 * x[2], high(kM0, x[0]) ^ x[3] ^ key[1], kM0 * x[0]};
    key[0] += 0x9E3779B97F4A7C15;
    key[1] += 0xBB67AE8584CAA73B;
  }
  return x;
}

TEST_CASE("the published known answers of Philox4x64-10 come out") {
  const std::uint64_t ones = ~std::uint64_t{0};
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        Block{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b});
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
        Block{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0});
  CHECK(philox({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
               {0x452821e638d01377, 0xbe5466cf34e90c6c}) ==
        Block{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6});
}

TEST_CASE("an engine yields Philox4x64-10 blocks at (counter, 0), (counter, 1), ...") {
  const std::array<std::uint64_t, 2> key{0x452821e638d01377, 0xbe5466cf34e90c6c};
  RandomEngine engine(key, {7, 1u << 20, 3});
  for (std::uint64_t block = 0; block < 3; ++block) {
    for (const std::uint64_t expected : philox({7, 1u << 20, 3, block}, key)) {
      CHECK(engine() == expected);
    }
  }
}

TEST_CASE("an engine at counter zero under key zero begins with the first known answer") {
  RandomEngine engine({0, 0}, {0, 0, 0});
  CHECK(engine() == 0x16554d9eca36314c);
  CHECK(engine() == 0xdb20fe9d672d0fdc);
}

TEST_CASE("uniform() takes the upper 53 bits and stays below one") {
  RandomEngine engine({0, 0}, {0, 0, 0});
  CHECK(engine.uniform() == static_cast<double>(0x16554d9eca36314c >> 11) * 0x1.0p-53);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const double u = RandomEngine({1, 2}, {i, 0, 0}).uniform();
    CHECK(u >= 0);
    CHECK(u < 1);
  }
}

TEST_CASE("seed, entity and purpose each select another stream") {
  std::set<std::uint64_t> firsts;
  for (const std::uint64_t seed : {1u, 2u}) {
    for (const char* entity : {"a", "b", "ab"}) {
      for (const char* purpose : {"b", "bc", "c"}) {
        firsts.insert(RandomStream(seed, entity, purpose).at(0)());
      }
    }
  }
  CHECK(firsts.size() == 18);
}

TEST_CASE("a stream's draws at one counter do not depend on draws at another") {
  const RandomStream stream(1, "services.fn", "init_duration");
  RandomEngine alone = stream.at(5, 1, 2);
  const std::uint64_t expected = alone();

  RandomEngine busy = stream.at(4, 1, 2);
  for (int i = 0; i < 1000; ++i) busy();
  RandomEngine again = stream.at(5, 1, 2);
  CHECK(again() == expected);
  CHECK(stream.at(5, 1, 3)() != expected);
  CHECK(stream.at(5, 2, 1)() != expected);
}

}  // namespace
}  // namespace skyreplay
