#include "ecs/fargate_sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace skyreplay::ecs {
namespace {

constexpr std::uint32_t kGib = 1024;  // MiB

/// The memory that goes with one number of CPU units: `first` to `last` in steps, in MiB.
struct Size {
  std::uint32_t cpu_units;
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
};

// C9. The smallest and the largest size have no even steps: their choices are listed below.
constexpr Size kStepped[] = {
    {512, 1 * kGib, 4 * kGib, kGib},        {1024, 2 * kGib, 8 * kGib, kGib},
    {2048, 4 * kGib, 16 * kGib, kGib},      {4096, 8 * kGib, 30 * kGib, kGib},
    {8192, 16 * kGib, 60 * kGib, 4 * kGib}, {16384, 32 * kGib, 120 * kGib, 8 * kGib},
};

struct Listed {
  std::uint32_t cpu_units;
  std::array<std::uint32_t, 3> memory_mib;
};

constexpr Listed kListed[] = {
    {256, {512, 1 * kGib, 2 * kGib}},
    {32768, {60 * kGib, 120 * kGib, 244 * kGib}},
};

std::string memory_text(std::uint32_t mib) {
  return mib % kGib == 0 ? fmt::format("{} GiB", mib / kGib) : fmt::format("{} MiB", mib);
}

}  // namespace

bool valid_fargate_size(std::uint32_t cpu_units, std::uint32_t memory_mib) {
  for (const Listed& size : kListed) {
    if (size.cpu_units == cpu_units) return std::ranges::count(size.memory_mib, memory_mib) > 0;
  }
  for (const Size& size : kStepped) {
    if (size.cpu_units != cpu_units) continue;
    return memory_mib >= size.first && memory_mib <= size.last &&
           (memory_mib - size.first) % size.step == 0;
  }
  return false;
}

std::string valid_fargate_sizes(std::uint32_t cpu_units) {
  for (const Listed& size : kListed) {
    if (size.cpu_units != cpu_units) continue;
    return fmt::format("{} CPU units go with {}, {} or {} of memory", cpu_units,
                       memory_text(size.memory_mib[0]), memory_text(size.memory_mib[1]),
                       memory_text(size.memory_mib[2]));
  }
  for (const Size& size : kStepped) {
    if (size.cpu_units != cpu_units) continue;
    return fmt::format("{} CPU units go with {} to {} of memory in steps of {}", cpu_units,
                       memory_text(size.first), memory_text(size.last), memory_text(size.step));
  }
  std::vector<std::uint32_t> known;
  for (const Listed& size : kListed) known.push_back(size.cpu_units);
  for (const Size& size : kStepped) known.push_back(size.cpu_units);
  std::ranges::sort(known);
  return fmt::format("Fargate has {} CPU units", fmt::join(known, ", "));
}

}  // namespace skyreplay::ecs
