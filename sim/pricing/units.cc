#include "pricing/units.h"

namespace skyreplay::pricing {
namespace {

constexpr std::uint64_t kHour = 3600;          // seconds
constexpr std::uint64_t kMonth = 730 * kHour;  // seconds; the month of every estimate
constexpr std::uint64_t kGb = 1024;  // MiB; AWS's GB is 2^30 bytes (L92, and its 10 TB tiers)

constexpr UnitOfSale kUnits[] = {
    {"GB", "byte", kGb * 1024 * 1024},
    {"GB-hour", "MiB*s", kGb* kHour},
    {"GB-memory", "MiB", kGb},
    {"GB-month", "MiB*s", kGb* kMonth},
    {"GB-second", "MiB*ms", kGb * 1000},
    {"IOPS-month", "IOPS*s", kMonth},
    {"LCU-hour", "nanoLCU-hour", 1'000'000'000},
    {"MiBps-month", "MiBps*s", kMonth},
    {"USD", "microUSD*s/h", 1'000'000 * kHour},
    {"USD-on-demand", "nanoUSD", 1'000'000'000},
    {"alarm-metric-month", "alarm-metric*s", kMonth},
    {"alarm-month", "alarm*s", kMonth},
    {"connection-minute", "connection*ms", 60'000},
    {"hour", "s", kHour},
    {"instance-month", "instance*s", kMonth},
    {"message", "message", 1},
    {"metric-month", "metric*s", kMonth},
    {"request", "request", 1},
    {"vCPU-hour", "CPU-unit*s", 1024 * kHour},
};

}  // namespace

const UnitOfSale* find_unit(std::string_view name) {
  for (const UnitOfSale& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::vector<std::string> unit_names() {
  std::vector<std::string> names;
  for (const UnitOfSale& unit : kUnits) names.emplace_back(unit.name);
  return names;
}

}  // namespace skyreplay::pricing
