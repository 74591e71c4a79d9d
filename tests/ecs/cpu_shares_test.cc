#include "ecs/cpu_shares.h"

#include <doctest/doctest.h>

#include <vector>

namespace skyreplay::ecs {
namespace {

/// What is left of a vCPU, and used beside.
std::vector<std::uint32_t> divide(std::uint32_t serving_shares, std::vector<CpuClaim> others,
                                  std::uint32_t units = 1024) {
  const CpuDivision division = divide_cpu(units, serving_shares, others);
  return {division.left, division.beside};
}

TEST_CASE("C3: a container that wants less than its share leaves the rest") {
  CHECK(divide(512, {{.shares = 512, .cpu_units = 100}}) == std::vector<std::uint32_t>{924, 100});
  CHECK(divide(512, {}) == std::vector<std::uint32_t>{1024, 0});
}

TEST_CASE("C3: a container that wants more than its share gets its share") {
  CHECK(divide(768, {{.shares = 256, .cpu_units = 1024}}) == std::vector<std::uint32_t>{768, 256});
}

TEST_CASE("C3: what one leaves of its share is the others', in proportion to theirs") {
  // 924 are left by the first, of which the second, with 256 of 768 shares, has a third.
  const std::vector<CpuClaim> others = {{.shares = 256, .cpu_units = 1000},
                                        {.shares = 256, .cpu_units = 100}};
  CHECK(divide(512, others) == std::vector<std::uint32_t>{616, 408});
}

TEST_CASE("C3: a container without cpu has a share of 2") {
  // 1,024 x 2 / 1,026 are 1.996 units.
  CHECK(divide(1024, {{.cpu_units = 500}}) == std::vector<std::uint32_t>{1023, 1});
}

TEST_CASE("C3: sidecars may have all while the container that serves does not run") {
  CHECK(divide(0, {{.shares = 256, .cpu_units = 1000}}) == std::vector<std::uint32_t>{24, 1000});
  const std::vector<CpuClaim> both = {{.shares = 1, .cpu_units = 900},
                                      {.shares = 3, .cpu_units = 900}};
  CHECK(divide(0, both) == std::vector<std::uint32_t>{0, 1024});
}

}  // namespace
}  // namespace skyreplay::ecs
