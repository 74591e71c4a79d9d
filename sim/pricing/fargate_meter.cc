#include "pricing/fargate_meter.h"

#include <fmt/format.h>

namespace skyreplay::pricing {
namespace {

constexpr std::chrono::seconds kMinimum{60};  // C119
constexpr std::uint64_t kMibPerGib = 1024;

const Tariff& linux_tariff(const Catalogue& catalogue, const FargateTask& task,
                           std::string_view dimension, std::string_view region) {
  const bool arm = task.architecture == FargateTask::Architecture::kArm;
  return catalogue.tariff(fmt::format("fargate.linux_{}_{}", arm ? "arm" : "x86", dimension),
                          region);
}

}  // namespace

FargateMeter::FargateMeter(const Catalogue& catalogue, const FargateTask& task,
                           std::string_view region, BilledSpan span, Meters& meters,
                           const FargatePurchase& purchase)
    : task_(task), span_(span), sizes_{{task.cpu_units, task.memory_mib}} {
  const auto buy = [&](const Tariff& vcpu, const Tariff& memory) {
    const std::uint32_t cpu_item = meters.add_item(vcpu);
    return Bought{{BilledTime(span, kMinimum)}, cpu_item, meters.add_item(memory)};
  };
  if (purchase.on_demand) {
    on_demand_ = buy(linux_tariff(catalogue, task, "vcpu", region),
                     linux_tariff(catalogue, task, "memory", region));
  }
  if (purchase.spot_vcpu != nullptr) spot_ = buy(*purchase.spot_vcpu, *purchase.spot_memory);
  if (task_.ephemeral_storage_gib <= kIncludedStorageGib) return;
  storage_item_ = meters.add_item(catalogue.tariff("fargate.ephemeral_storage_over_20gb", region));
}

std::uint32_t FargateMeter::add_size(std::uint32_t cpu_units, std::uint32_t memory_mib) {
  for (std::optional<Bought>* bought : {&on_demand_, &spot_}) {
    if (*bought) (*bought)->time.emplace_back(span_, kMinimum);
  }
  sizes_.push_back({cpu_units, memory_mib});
  return static_cast<std::uint32_t>(sizes_.size() - 1);
}

void FargateMeter::read(TimePoint now, Meters& meters) const {
  std::uint64_t seconds = 0;
  for (const std::optional<Bought>* bought : {&on_demand_, &spot_}) {
    if (!*bought) continue;
    std::uint64_t cpu = 0;
    std::uint64_t memory = 0;
    for (std::size_t size = 0; size < sizes_.size(); ++size) {
      const std::uint64_t billed = (*bought)->time[size].at(now);
      cpu += billed * sizes_[size].cpu_units;
      memory += billed * sizes_[size].memory_mib;
      seconds += billed;
    }
    meters.advance_to((*bought)->cpu_item, cpu);
    meters.advance_to((*bought)->memory_item, memory);
  }
  if (task_.ephemeral_storage_gib <= kIncludedStorageGib) return;
  meters.advance_to(storage_item_,
                    seconds * (task_.ephemeral_storage_gib - kIncludedStorageGib) * kMibPerGib);
}

}  // namespace skyreplay::pricing
