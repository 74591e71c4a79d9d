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
                           std::string_view region, BilledSpan span, Meters& meters)
    : time_(span, kMinimum),
      task_(task),
      cpu_item_(meters.add_item(linux_tariff(catalogue, task, "vcpu", region))),
      memory_item_(meters.add_item(linux_tariff(catalogue, task, "memory", region))) {
  if (task_.ephemeral_storage_gib <= kIncludedStorageGib) return;
  storage_item_ = meters.add_item(catalogue.tariff("fargate.ephemeral_storage_over_20gb", region));
}

void FargateMeter::read(TimePoint now, Meters& meters) const {
  const std::uint64_t seconds = time_.at(now);
  meters.advance_to(cpu_item_, seconds * task_.cpu_units);
  meters.advance_to(memory_item_, seconds * task_.memory_mib);
  if (task_.ephemeral_storage_gib <= kIncludedStorageGib) return;
  meters.advance_to(storage_item_,
                    seconds * (task_.ephemeral_storage_gib - kIncludedStorageGib) * kMibPerGib);
}

}  // namespace skyreplay::pricing
