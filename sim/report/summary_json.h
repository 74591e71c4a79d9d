#pragma once

#include <filesystem>

#include "replay/result_reader.h"

namespace skyreplay::report {

/// Writes summary.json, docs/results.md. Nothing in it depends on the program's version or command,
/// so that two files of equal results are equal. Memory is one service's summary. Throws InputError
/// and MachineError.
void write_summary_json(const std::filesystem::path& path, replay::ResultReader& result);

}  // namespace skyreplay::report
