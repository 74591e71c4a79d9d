#pragma once

#include <cstdint>
#include <string>

namespace skyreplay::ecs {

/// Whether Fargate runs Linux tasks of that size (C9): 256 to 32,768 CPU units (1,024 to a vCPU),
/// each with its own choice of memory.
bool valid_fargate_size(std::uint32_t cpu_units, std::uint32_t memory_mib);

/// What is valid, for the error about a size that is not: of the memory where the CPU units are
/// ("4096 CPU units go with 8 GiB to 30 GiB of memory in steps of 1 GiB"), else of the CPU units.
std::string valid_fargate_sizes(std::uint32_t cpu_units);

}  // namespace skyreplay::ecs
