#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancing/fleet.h"
#include "kernel/loop.h"

namespace skyreplay::ec2 {

/// When a group takes its target group's word for an instance's health.
struct HealthReplacementConfig {
  Duration grace{};   ///< from in service on; the verdict does not count before its end (E13)
  Duration warmup{};  ///< a new instance is there once it has passed a check and this is over (E14)
};

/// Replaces the instances of a group that its target group finds unhealthy: health_check_type ELB
/// (E12).
///
///     in service -> unhealthy, grace over -> marked -> its turn: drains, another is launched
///
/// One verdict marks an instance for good, also where it passes checks again later. Marked ones go
/// in the order of their launches, while less than a tenth of desired capacity, and at least one
/// instance, is missing: not in service yet, or in service and without its first passed check or
/// still warming (E14). They drain as any (E15); neither termination policies nor scale-in
/// protection matter (E15, E17).
///
/// **Order** What happens is looked at in an event of its own, at its instant. **Cost** O(members)
/// a change of health or of the members; nothing on the path of a request.
class HealthReplacement final : public kernel::Process {
 public:
  HealthReplacement(kernel::Loop& loop, balancing::Fleet& fleet,
                    const HealthReplacementConfig& config)
      : loop_(loop), fleet_(fleet), config_(config), process_(loop.add(*this)) {}

  /// Verdicts do not count, and nobody is replaced, while that is suspended (E22).
  void suspend(bool health_checks, bool replacements);
  /// The member at that place is in service from now on, or was before the run.
  void member_in_service(std::uint32_t member);
  void health_changed(std::uint32_t member);
  /// Members came or went, or are to: there may be room for a replacement.
  void members_changed() { look_at(loop_.now()); }

  void fire(const kernel::Event& event) override;

 private:
  /// What is known of the member at a place.
  struct Record {
    bool passed = false;  ///< a check, since it was launched
    bool marked = false;
  };

  void look_at(TimePoint time) { loop_.schedule(time, process_, 0, 0); }
  void mark();
  std::uint32_t missing() const;
  /// The marked member that was launched first.
  std::optional<std::uint32_t> next() const;

  kernel::Loop& loop_;
  balancing::Fleet& fleet_;
  HealthReplacementConfig config_;
  kernel::ProcessId process_;
  std::vector<Record> records_;  ///< by place; of meaning for members in service
  bool checks_suspended_ = false;
  bool replacements_suspended_ = false;
};

}  // namespace skyreplay::ec2
