#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/node.h"

namespace skyreplay::scenario {

/// What a scenario's file says, together with what it extends.
struct SourceTree {
  SourceNode root;
  /// The files that it extends, nearest first; the n-th is source n of the places in `root`.
  std::vector<std::string> files;
};

/// Reads the text of `path` and of every file that it extends. A top-level field takes the place of
/// the extended file's whole; paths of files in what is taken over are rewritten to start from the
/// folder of `path`. Mistakes of form are collected. Throws InputError through `mistakes` where a
/// text cannot be read on, a file is not there, or files extend each other in a circle.
SourceTree read_source_tree(std::string_view text, const std::filesystem::path& path,
                            Mistakes& mistakes);

/// A scenario file's bytes. Throws InputError for a folder or one above 64 MiB, MachineError if it
/// cannot be read.
std::string read_scenario_file(const std::filesystem::path& path);

}  // namespace skyreplay::scenario
