#pragma once

#include <cstdint>
#include <memory>

#include "kernel/loop.h"
#include "lambda/idle_queue.h"
#include "lambda/provisioned_scaling.h"
#include "lambda/provisioned_use.h"
#include "lambda/token_bucket.h"
#include "pricing/provisioned_meter.h"

namespace skyreplay::lambda {

/// What there is of one function's provisioned concurrency (L35): environments that are initialized
/// before requests come, and stay.
///
///     configured -> preparing, until all that are missing are ready -> ready <-> serving
///
/// A smaller number takes effect at once: idle ones go, the one idle longest first, then busy ones
/// end with what they serve, the one created first before others.
struct Provisioned {
  explicit Provisioned(const pricing::BilledSpan& span) : configured(span) {}

  std::uint32_t wanted = 0;     ///< configured
  std::uint32_t alive = 0;      ///< those that end when next idle not among them
  std::uint32_t in_flight = 0;  ///< requests, in those that end when next idle too
  IdleQueue ready;
  TokenBucket rate{0, 0};      ///< requests a second, beyond which they spill over (L37, L48)
  kernel::EventId allocation;  ///< pending, of what is missing
  std::uint64_t mib_ms = 0;    ///< billed as provisioned duration: Init and Invoke
  pricing::ProvisionedMeter configured;
  ProvisionedUse window_use;                    ///< read by each window
  std::uint64_t invocations = 0;                ///< that began on it
  std::uint64_t invocations_told = 0;           ///< of them, in windows that have ended
  std::uint64_t requests_told = 0;              ///< so too of all of the function's
  ProvisionedUse minute_use;                    ///< read by what scales it
  std::unique_ptr<ProvisionedScaling> scaling;  ///< none where nothing does
};

}  // namespace skyreplay::lambda
