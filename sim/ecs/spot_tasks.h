#pragma once

#include <cstdint>
#include <string>

#include "core/distribution.h"
#include "core/random.h"
#include "kernel/loop.h"

namespace skyreplay::ecs {

class FargateService;

/// Interrupts a service's tasks on FARGATE_SPOT (C74), each by itself.
///
/// **Order** A task's time is drawn by its ordinal, when it comes into service. **Cost** one event
/// a task; nothing on the path of a request.
class SpotTasks final : public kernel::Process {
 public:
  /// `service` outlives this; `entity` is its name path.
  SpotTasks(kernel::Loop& loop, FargateService& service, Distribution time_to_interruption,
            std::uint64_t seed, const std::string& entity)
      : loop_(loop),
        service_(service),
        law_(std::move(time_to_interruption)),
        draws_(seed, entity, "time_to_interruption"),
        process_(loop.add(*this)) {}

  /// The task at that place is in service, on FARGATE_SPOT.
  void in_service(std::uint32_t member, std::uint32_t ordinal);
  /// So large a share of those in service, the oldest, is interrupted now.
  void interrupt(double share);

  void fire(const kernel::Event& event) override;

 private:
  kernel::Loop& loop_;
  FargateService& service_;
  Distribution law_;
  RandomStream draws_;
  kernel::ProcessId process_;
};

}  // namespace skyreplay::ecs
