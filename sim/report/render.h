#pragma once

#include <filesystem>

namespace skyreplay::report {

/// Reads `folder`/result.binpb once and writes beside it timeline.csv, activities.csv, bill.csv and
/// summary.json, each whole or not at all. Memory is one block and the summary. Throws InputError
/// for a damaged result, MachineError for what the machine refuses.
void render(const std::filesystem::path& folder);

}  // namespace skyreplay::report
