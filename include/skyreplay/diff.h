#pragma once

#include <filesystem>
#include <string>

namespace skyreplay {

struct DiffReport {
  bool same = false;  ///< equal to the bit: one digest
  std::string text;   ///< for people, at most 100 columns
  std::string json;   ///< for programs; docs/check.md lists the keys
};

/// Explains how two result folders of `skyreplay run` differ: in scenario, trace and seed; the
/// first window and the first activity that differ; and what it did to latency, failures, capacity
/// and cost. Throws InputError for a folder that holds no undamaged result.
DiffReport diff_results(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace skyreplay
