#include "sweep/parallel_for.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "support/temp_folder.h"

namespace skyreplay::sweep {
namespace {

TEST_CASE("every body runs once and what it wrote is there afterwards") {
  for (const std::uint32_t threads : {1u, 2u, 8u}) {
    std::vector<int> calls(1000);
    parallel_for(calls.size(), threads,
                 [&](std::size_t i) { calls[i] += static_cast<int>(i) + 1; });
    for (std::size_t i = 0; i < calls.size(); ++i) REQUIRE(calls[i] == static_cast<int>(i) + 1);
  }
}

TEST_CASE("of several errors the one of the lowest index is reported, whatever the threads") {
  for (const std::uint32_t threads : {1u, 2u, 8u}) {
    for (int round = 0; round < 20; ++round) {
      CHECK(testing::message_of<std::runtime_error>([&] {
              parallel_for(200, threads, [](std::size_t i) {
                if (i % 3 == 2) throw std::runtime_error(std::to_string(i));
              });
            }) == "2");
    }
  }
}

TEST_CASE("nothing to do is done at once") {
  parallel_for(0, 4, [](std::size_t) { FAIL("called"); });
}

}  // namespace
}  // namespace skyreplay::sweep
