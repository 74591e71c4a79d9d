#pragma once

#include <filesystem>
#include <vector>

namespace skyreplay::verify {

/// The scenario files that paths name: a file is one; of a folder, every scenario.yaml, .yml, .json
/// or .textproto in it and below, hidden folders passed over and links to folders not followed. In
/// bytewise order, each once. Throws InputError for a path that is not there or has none below.
std::vector<std::filesystem::path> find_scenarios(const std::vector<std::filesystem::path>& paths);

}  // namespace skyreplay::verify
