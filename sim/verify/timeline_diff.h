#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "verify/tolerance.h"

namespace skyreplay::verify {

/// One cell that differs.
struct CellDifference {
  std::string window_start;  ///< RFC 3339
  std::string service;
  std::string column;  ///< "row" where only one of them has the row at all
  std::string a;       ///< as timeline.csv has it; empty: no value, or no row
  std::string b;
};

struct ColumnDifference {
  std::string column;
  std::uint64_t cells = 0;  ///< that differ
  CellDifference first;
  CellDifference largest;  ///< by the share of A's value; of cells without a number the first
};

/// How two timelines differ.
struct TimelineDifference {
  std::optional<CellDifference> first;  ///< earliest window, then A's order of services and columns
  std::vector<ColumnDifference> columns;  ///< those that differ, in the order of the file
  std::uint64_t windows = 0;              ///< with a difference
  std::uint64_t all_windows = 0;
};

/// Compares two timeline.csv window by window, rows by service, cells beyond the tolerance. Memory
/// is one window of each. Throws InputError where one is no timeline, or their columns differ.
TimelineDifference compare_timelines(const std::filesystem::path& a, const std::filesystem::path& b,
                                     const Tolerances& tolerances);

/// "12.40 -> 18.00 (+45.2 %)"; what is missing is called "nothing".
std::string change_text(const std::string& a, const std::string& b);

}  // namespace skyreplay::verify
