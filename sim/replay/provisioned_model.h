#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lambda/provisioned_scaling.h"
#include "pricing/meters.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::replay {

/// Of which run, and on whose bill.
struct ProvisionedScalingFacts {
  std::string entity;  ///< the function's name path
  std::string name;
  std::string region;
  std::uint64_t seed = 0;
  TimePoint trace_start;
  pricing::BilledSpan span;
  bool steady = true;
};

/// What scales a function's provisioned concurrency, read from the resolved message; none where
/// nothing does. Adds what its alarms cost to `meters` (E102).
std::optional<lambda::ProvisionedScalingConfig> provisioned_scaling(
    const proto::ProvisionedConcurrencyConfig& from, const ProvisionedScalingFacts& facts,
    pricing::Meters& meters);

}  // namespace skyreplay::replay
