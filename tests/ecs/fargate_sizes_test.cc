#include "ecs/fargate_sizes.h"

#include <doctest/doctest.h>

namespace skyreplay::ecs {

TEST_CASE("C9: Fargate has its published sizes and no others") {
  CHECK(valid_fargate_size(256, 512));
  CHECK(valid_fargate_size(256, 1024));
  CHECK(valid_fargate_size(256, 2048));
  CHECK_FALSE(valid_fargate_size(256, 1536));
  CHECK_FALSE(valid_fargate_size(256, 4096));
  CHECK(valid_fargate_size(512, 3072));
  CHECK_FALSE(valid_fargate_size(512, 512));
  CHECK_FALSE(valid_fargate_size(512, 5120));
  CHECK(valid_fargate_size(1024, 8192));
  CHECK_FALSE(valid_fargate_size(1024, 1024));
  CHECK(valid_fargate_size(4096, 30 * 1024));
  CHECK_FALSE(valid_fargate_size(4096, 31 * 1024));
  CHECK(valid_fargate_size(8192, 20 * 1024));
  CHECK_FALSE(valid_fargate_size(8192, 18 * 1024));
  CHECK(valid_fargate_size(16384, 120 * 1024));
  CHECK_FALSE(valid_fargate_size(16384, 36 * 1024));
  CHECK(valid_fargate_size(32768, 244 * 1024));
  CHECK_FALSE(valid_fargate_size(32768, 128 * 1024));
  CHECK_FALSE(valid_fargate_size(1000, 2048));
  CHECK_FALSE(valid_fargate_size(0, 0));
}

TEST_CASE("C9: in all Fargate has 77 sizes") {
  // 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3
  int sizes = 0;
  for (std::uint32_t cpu = 128; cpu <= 65536; cpu += 128) {
    for (std::uint32_t memory = 256; memory <= 300 * 1024; memory += 256)
      sizes += valid_fargate_size(cpu, memory) ? 1 : 0;
  }
  CHECK(sizes == 77);
}

TEST_CASE("C9: what is valid is said for the CPU units, or of them") {
  CHECK(valid_fargate_sizes(256) == "256 CPU units go with 512 MiB, 1 GiB or 2 GiB of memory");
  CHECK(valid_fargate_sizes(4096) ==
        "4096 CPU units go with 8 GiB to 30 GiB of memory in steps of 1 GiB");
  CHECK(valid_fargate_sizes(32768) ==
        "32768 CPU units go with 60 GiB, 120 GiB or 244 GiB of memory");
  CHECK(valid_fargate_sizes(300) ==
        "Fargate has 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 CPU units");
}

}  // namespace skyreplay::ecs
