#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "replay/result_types.h"
#include "replay/summary.h"
#include "verify/field_changes.h"
#include "verify/timeline_diff.h"

namespace skyreplay::verify {

/// One of the two results.
struct Side {
  std::filesystem::path folder;
  std::string digest;
  replay::ResultHeader header;
  replay::Summary summary;
};

/// A number of both results, as a person reads it.
struct Effect {
  std::string what;
  std::string a;
  std::string b;
  std::string difference;  ///< empty where it is none, or no number
};

/// Everything that is told of two results.
struct ResultDifference {
  Side a;
  Side b;
  std::vector<FieldChange> fields;
  TimelineDifference timeline;
  /// The first line of activities.csv that differs; empty on a side that has no more.
  std::optional<std::pair<std::string, std::string>> activity;
  std::vector<Effect> effects;
};

/// Throws InputError for a folder that holds no undamaged result.
ResultDifference compare_results(const std::filesystem::path& a, const std::filesystem::path& b);

std::string difference_text(const ResultDifference& difference);
void write_difference_json(const std::filesystem::path& path, const ResultDifference& difference);

}  // namespace skyreplay::verify
