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
    : task_(task) {
  const auto buy = [&](const Tariff& vcpu, const Tariff& memory) {
    const std::uint32_t cpu_item = meters.add_item(vcpu);
    return Bought{BilledTime(span, kMinimum), cpu_item, meters.add_item(memory)};
  };
  if (purchase.on_demand) {
    on_demand_ = buy(linux_tariff(catalogue, task, "vcpu", region),
                     linux_tariff(catalogue, task, "memory", region));
  }
  if (purchase.spot_vcpu != nullptr) spot_ = buy(*purchase.spot_vcpu, *purchase.spot_memory);
  if (task_.ephemeral_storage_gib <= kIncludedStorageGib) return;
  storage_item_ = meters.add_item(catalogue.tariff("fargate.ephemeral_storage_over_20gb", region));
}

void FargateMeter::read(TimePoint now, Meters& meters) const {
  std::uint64_t seconds = 0;
  for (const std::optional<Bought>* bought : {&on_demand_, &spot_}) {
    if (!*bought) continue;
    const std::uint64_t billed = (*bought)->time.at(now);
    meters.advance_to((*bought)->cpu_item, billed * task_.cpu_units);
    meters.advance_to((*bought)->memory_item, billed * task_.memory_mib);
    seconds += billed;
  }
  if (task_.ephemeral_storage_gib <= kIncludedStorageGib) return;
  meters.advance_to(storage_item_,
                    seconds * (task_.ephemeral_storage_gib - kIncludedStorageGib) * kMibPerGib);
}

}  // namespace skyreplay::pricing
