#include "ec2/lifecycle_hooks.h"

#include <algorithm>

namespace skyreplay::ec2 {

Duration LifecycleHook::limit() const {
  constexpr int kMostTimes = 100;
  constexpr Duration kMost = std::chrono::hours{48};
  if (!heartbeat_interval || *heartbeat_interval > heartbeat_timeout) return heartbeat_timeout;
  return std::min(kMost, heartbeat_timeout * kMostTimes);
}

LifecycleHooks::LifecycleHooks(std::vector<LifecycleHook> hooks, std::uint64_t seed,
                               const std::string& entity)
    : hooks_(std::move(hooks)) {
  for (const LifecycleHook& hook : hooks_) {
    draws_.emplace_back(seed, entity + ".lifecycle_hooks." + hook.name, "completes_after");
  }
}

HookWait LifecycleHooks::wait(std::uint32_t ordinal) const {
  HookWait wait;
  Duration longest{};
  for (std::size_t i = 0; i < hooks_.size(); ++i) {
    const LifecycleHook& hook = hooks_[i];
    RandomEngine draw = draws_[i].at(ordinal);
    const Duration work =
        hook.completes_after ? hook.completes_after->sample(draw) : Duration::max();
    longest = std::max(longest, std::min(work, hook.limit()));
    const bool is_in_time = work <= hook.limit();
    if (is_in_time || hook.default_result == LifecycleHook::Result::kContinue) continue;
    if (wait.abandoned_by != nullptr && wait.lasts <= hook.limit()) continue;
    wait = {hook.limit(), &hook};
  }
  if (wait.abandoned_by == nullptr) wait.lasts = longest;
  return wait;
}

}  // namespace skyreplay::ec2
