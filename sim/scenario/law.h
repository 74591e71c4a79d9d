#pragma once

#include "core/distribution.h"
#include "core/time.h"
#include "skyreplay/scenario.pb.h"

namespace skyreplay::scenario {

/// Nanoseconds of a resolved message.
inline Duration to_duration(const proto::Duration& message) { return Duration{message.ns()}; }

/// The law a message spells. REQUIRES a law that is set. Throws InputError without a position where
/// its parameters make no law; those of a Scenario always do.
Distribution to_distribution(const proto::Distribution& message);

}  // namespace skyreplay::scenario
