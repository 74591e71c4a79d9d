#pragma once

#include <filesystem>
#include <string>

#include "replay/result_types.h"
#include "replay/summary.h"

namespace skyreplay::report {

/// Writes summary.json, docs/results.md. Nothing in it depends on the program's version or command,
/// so that two files of equal results are equal. Throws MachineError.
void write_summary_json(const std::filesystem::path& path, const replay::ResultHeader& header,
                        const replay::Summary& summary, const std::string& digest);

}  // namespace skyreplay::report
