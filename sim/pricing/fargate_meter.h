#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pricing/billed_time.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"

namespace skyreplay::pricing {

/// What one Fargate task asks for, and pays for whether it uses it or not.
struct FargateTask {
  enum class Architecture : std::uint8_t { kX86, kArm };

  Architecture architecture = Architecture::kX86;
  std::uint32_t cpu_units = 0;  ///< 1,024 to a vCPU
  std::uint32_t memory_mib = 0;
  std::uint32_t ephemeral_storage_gib = 20;  ///< 20 are included (C10)
};

/// How tasks are bought: on demand, on spare capacity at these prices, or both.
struct FargatePurchase {
  bool on_demand = true;
  const Tariff* spot_vcpu = nullptr;  ///< outlives the meter
  const Tariff* spot_memory = nullptr;
};

/// Meters the Linux tasks of a service on Fargate, of one size or of several (C118, C119): vCPU,
/// memory and the ephemeral storage above 20 GiB, from the start of the image's pull until the task
/// has stopped, rounded up to whole seconds, at least 60 s a task (C120). The caller starts a
/// task's time at its `pullStartedAt` and ends it at its `stoppedAt`; what comes before the pull is
/// free.
class FargateMeter {
 public:
  /// Adds "fargate.linux_x86_vcpu" and "fargate.linux_x86_memory" (or linux_arm) to `meters`, and
  /// "fargate.ephemeral_storage_over_20gb" for a task with more than 20 GiB; the items of Spot
  /// tasks are their tariffs'. Throws InputError where a price in `region` is not known.
  FargateMeter(const Catalogue& catalogue, const FargateTask& task, std::string_view region,
               BilledSpan span, Meters& meters, const FargatePurchase& purchase = {});

  /// Another size that tasks may have, which a deployment brings; returns its number, the first
  /// one's being 0. Architecture and storage are those of all.
  std::uint32_t add_size(std::uint32_t cpu_units, std::uint32_t memory_mib);

  RunningId start(TimePoint pull_started_at, bool is_spot = false, std::uint32_t size = 0) {
    return bought(is_spot).time[size].start(pull_started_at);
  }
  void end(RunningId id, TimePoint stopped_at, bool is_spot = false, std::uint32_t size = 0) {
    bought(is_spot).time[size].end(id, stopped_at);
  }

  /// Brings `meters` up to `now`: CPU units x s and MiB x s. Cost: O(tasks + sizes).
  void read(TimePoint now, Meters& meters) const;

 private:
  static constexpr std::uint32_t kIncludedStorageGib = 20;  // C10

  /// Tasks bought in one way.
  struct Bought {
    std::vector<BilledTime> time;  ///< by size
    std::uint32_t cpu_item;
    std::uint32_t memory_item;
  };

  Bought& bought(bool is_spot) { return is_spot ? *spot_ : *on_demand_; }

  struct Size {
    std::uint32_t cpu_units;
    std::uint32_t memory_mib;
  };

  FargateTask task_;
  BilledSpan span_;
  std::vector<Size> sizes_;
  std::optional<Bought> on_demand_;
  std::optional<Bought> spot_;
  std::uint32_t storage_item_ = 0;  ///< of meaning only above kIncludedStorageGib
};

}  // namespace skyreplay::pricing
