#include "ecs/capacity_shares.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::ecs {
namespace {

constexpr std::uint64_t kCpuWeight = 9;  // C121
constexpr int kFraction = 32;            // bits

std::uint64_t weight_of(const Resources& resources) {
  return kCpuWeight * resources.cpu_units + resources.memory_mib;
}

}  // namespace

std::uint32_t CapacityShares::add_service() {
  services_.push_back({.reserved = {.since = read_}, .parts = {}});
  return static_cast<std::uint32_t>(services_.size() - 1);
}

void CapacityShares::reserve(std::uint32_t service, const Resources& task, bool more,
                             TimePoint now) {
  Integral& reserved = services_[service].reserved;
  reserved.advance(now);
  reserved.weight += more ? weight_of(task) : -weight_of(task);
}

void CapacityShares::bill(const Resources& instance, bool more, TimePoint now) {
  billed_.advance(now);
  billed_.weight += more ? weight_of(instance) : -weight_of(instance);
}

void CapacityShares::read(TimePoint until, const pricing::Meters& whole) {
  SKY_CHECK(until >= read_);
  read_ = until;
  seen_.resize(whole.size(), 0);
  idle_.resize(whole.size(), 0);
  billed_.advance(until);
  std::vector<std::uint64_t> rest(whole.size());
  for (std::uint32_t item = 0; item < whole.size(); ++item) {
    rest[item] = whole.units(item) - seen_[item];
  }
  for (Share& share : services_) {
    share.reserved.advance(until);
    share.parts.resize(whole.size());
    const Wide ratio = billed_.sum == 0 ? 0 : (share.reserved.sum << kFraction) / billed_.sum;
    for (std::uint32_t item = 0; item < whole.size(); ++item) {
      Part& part = share.parts[item];
      part.exact += ratio * (whole.units(item) - seen_[item]);
      const auto due = static_cast<std::uint64_t>(part.exact >> kFraction) - part.given;
      const std::uint64_t takes = std::min(due, rest[item]);
      part.given += takes;
      rest[item] -= takes;
    }
    share.reserved.sum = 0;
  }
  for (std::uint32_t item = 0; item < whole.size(); ++item) {
    idle_[item] += rest[item];
    seen_[item] = whole.units(item);
  }
  billed_.sum = 0;
}

}  // namespace skyreplay::ecs
