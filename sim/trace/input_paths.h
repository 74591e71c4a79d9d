#pragma once

#include <string>
#include <vector>

namespace skyreplay::trace {

/// The files that an import reads: `inputs` in their order, each folder replaced by every regular
/// file in it and below, in bytewise order of path. Hidden files and folders (".x") in a folder are
/// passed over, and links to folders are not followed. Throws InputError for a folder without a
/// file and for a second "-", MachineError for a folder that cannot be read.
std::vector<std::string> input_paths(const std::vector<std::string>& inputs);

}  // namespace skyreplay::trace
