#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace skyreplay::verify {

/// What differs between a revision of the git repository around a folder and its files as they are
/// now: changed, deleted, and new ones that no .gitignore names. Absolute paths in their normal
/// form. Throws InputError where there is no repository, or no such revision.
std::set<std::filesystem::path> changed_files(const std::filesystem::path& folder,
                                              const std::string& revision);

}  // namespace skyreplay::verify
