#include "ecs/registered_resources.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace skyreplay::ecs {
namespace {

struct Observed {
  std::string_view type;
  std::uint32_t memory_mib;
};

// C19, C20.
constexpr Observed kObserved[] = {
    {"t2.micro", 993},     {"t2.small", 2001},    {"t2.medium", 3952},     {"t2.large", 7984},
    {"t2.xlarge", 16048},  {"t2.2xlarge", 32176}, {"m4.large", 7985},      {"m4.xlarge", 16048},
    {"m4.2xlarge", 32176}, {"m4.4xlarge", 64417}, {"m4.10xlarge", 161185}, {"c4.large", 3765},
    {"c4.xlarge", 7480},   {"c4.2xlarge", 15040}, {"c4.4xlarge", 30145},   {"c4.8xlarge", 60385},
    {"r4.large", 15292},   {"r4.xlarge", 30664},  {"r4.2xlarge", 61408},   {"r4.4xlarge", 122881},
};

constexpr std::uint32_t kSmall = 8 * 1024;   // MiB
constexpr std::uint32_t kSmallPercent = 95;  // ASSUMED: C21
constexpr std::uint32_t kLargePercent = 97;

struct Trunked {
  std::string_view size;
  std::uint32_t tasks;
};

// C14, of m5, c5, r5, m6g, c6g and their like.
constexpr Trunked kTrunked[] = {
    {"medium", 4},     {"large", 10},     {"xlarge", 20},    {"2xlarge", 40},
    {"4xlarge", 60},   {"8xlarge", 60},   {"9xlarge", 60},   {"12xlarge", 60},
    {"16xlarge", 120}, {"18xlarge", 120}, {"24xlarge", 120},
};
constexpr std::string_view kUntrunked[] = {"t2", "t3", "t3a", "t4g"};

/// Of m6i and m6a 90 and 120 where the table has 60.
std::optional<std::uint32_t> larger(std::string_view family, std::string_view size) {
  if (family != "m6i" && family != "m6a") return std::nullopt;
  if (size == "8xlarge") return 90;
  if (size == "12xlarge") return 120;
  return std::nullopt;
}

}  // namespace

std::uint32_t registered_memory(const compute::InstanceType& type) {
  const auto* found = std::find_if(std::begin(kObserved), std::end(kObserved),
                                   [&](const Observed& each) { return each.type == type.name; });
  if (found != std::end(kObserved)) return found->memory_mib;
  const std::uint32_t percent = type.memory_mib <= kSmall ? kSmallPercent : kLargePercent;
  return static_cast<std::uint32_t>(std::uint64_t{type.memory_mib} * percent / 100);
}

std::optional<std::uint32_t> task_interfaces(const compute::InstanceType& type, bool has_trunking) {
  if (!has_trunking) {
    if (type.network_interfaces == 0) return std::nullopt;
    return type.network_interfaces - 1;
  }
  const std::string_view family = type.family;
  if (std::find(std::begin(kUntrunked), std::end(kUntrunked), family) != std::end(kUntrunked)) {
    return std::nullopt;
  }
  const std::string_view size = std::string_view(type.name).substr(family.size() + 1);
  if (family == "a1" && size == "medium") return 10;
  if (const auto more = larger(family, size)) return more;
  const auto* found = std::find_if(std::begin(kTrunked), std::end(kTrunked),
                                   [size](const Trunked& each) { return each.size == size; });
  if (found == std::end(kTrunked)) return std::nullopt;
  return found->tasks;
}

}  // namespace skyreplay::ecs
