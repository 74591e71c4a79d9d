#pragma once

#include <cstdint>
#include <vector>

#include "workload/clients.h"

namespace skyreplay::workload {

/// The record of an invocation that works on several events, one after the other: it takes the sum
/// of their work and of their wait. `attempt` counts its draws. REQUIRES some events.
std::uint32_t begin_batch(Clients& clients, const std::vector<std::uint32_t>& events,
                          std::uint32_t attempt);
/// What the invocation was to one of its events.
void copy_times(Clients& clients, std::uint32_t batch, std::uint32_t event);

}  // namespace skyreplay::workload
