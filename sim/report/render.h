#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace skyreplay::report {

/// Reads `folder`/result.binpb once and writes beside it timeline.csv, activities.csv, bill.csv and
/// summary.json, each whole or not at all. Memory is one block and the summary. Throws InputError
/// for a damaged result, MachineError for what the machine refuses.
/// In the timeline the `timeline_services` busiest services have lines of their own, and the others
/// one together; without it, all have.
void render(const std::filesystem::path& folder,
            std::optional<std::size_t> timeline_services = std::nullopt);

}  // namespace skyreplay::report
