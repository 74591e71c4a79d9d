#pragma once

#include <filesystem>

#include "sweep/comparison.h"

namespace skyreplay::sweep {

/// Writes compare.json, docs/compare.md. Throws MachineError.
void write_compare_json(const std::filesystem::path& path, const Comparison& comparison);

}  // namespace skyreplay::sweep
