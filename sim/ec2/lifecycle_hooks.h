#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "core/time.h"

namespace skyreplay::ec2 {

/// A lifecycle hook of a group, launching or terminating.
struct LifecycleHook {
  enum class Result : std::uint8_t { kContinue, kAbandon };

  std::string name;
  Duration heartbeat_timeout = std::chrono::seconds{3600};  ///< E9
  Result default_result = Result::kAbandon;
  std::optional<Distribution> completes_after{};  ///< none: nobody ever completes it
  std::optional<Duration> heartbeat_interval{};   ///< how often one restarts the timer; none: never

  /// How long an instance waits at most.
  Duration limit() const;
};

/// How long an instance waits at a transition, and what comes of it.
struct HookWait {
  Duration lasts{};
  const LifecycleHook* abandoned_by = nullptr;  ///< the hook that ended the wait by ABANDON
};

/// The hooks of one transition.
///
///     Pending -> Pending:Wait -> Pending:Proceed -> InService
///                     | ABANDON
///                     +-----> terminated, and another is launched
///     drained -> Terminating:Wait -> Terminating:Proceed -> Terminated
///
/// Hooks run side by side. One ends by CONTINUE when its work completes in its heartbeat timeout,
/// at the very end included, else at the timeout by its default result (E9). The wait ends with the
/// last of them, or with the first ABANDON. Heartbeats that come in time put the timeout off to
/// 100 times its length, and 48 h at most.
/// **Cost** a draw a hook and instance.
class LifecycleHooks {
 public:
  /// `entity` is the group's name path.
  LifecycleHooks(std::vector<LifecycleHook> hooks, std::uint64_t seed, const std::string& entity);

  bool empty() const { return hooks_.empty(); }
  /// Of the instance of that ordinal.
  HookWait wait(std::uint32_t ordinal) const;

 private:
  std::vector<LifecycleHook> hooks_;
  std::vector<RandomStream> draws_;  ///< by hook
};

}  // namespace skyreplay::ec2
