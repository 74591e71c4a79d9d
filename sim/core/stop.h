#pragma once

#include "skyreplay/error.h"  // IWYU pragma: export

namespace skyreplay {

/// Throws Interrupted once request_stop() was called. Whatever reads or writes block by block calls
/// it for each, so that a stop is never far and destructors remove what is half-written.
void throw_if_stopped();

}  // namespace skyreplay
