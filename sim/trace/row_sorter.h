#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "trace/format.h"

namespace skyreplay::trace {

/// Puts rows in order of arrival in bounded memory: an external merge sort. Rows are collected, and
/// when they fill the memory they are sorted and spilled as a run; the runs are merged on reading.
///
/// **Order** rows of one arrival stay in the order in which they were added, whatever the memory.
/// **Cost** O(n log n) comparisons; every row goes to disk once, and once more for each further
/// merge where there are more runs than fit side by side (64 MiB: beyond 10^9 rows).
/// **Memory** at most what the constructor is given, but never below kLeastMemory.
/// Runs lie in files that are unlinked as soon as they are open, so that nothing is left behind
/// however the process ends. Every operation throws MachineError where the disk is full or fails,
/// and Interrupted where request_stop() was called.
class RowSorter {
 public:
  static constexpr std::uint64_t kLeastMemory = 16 << 10;

  /// Runs go to files in `folder`, which is not touched before memory is used up.
  RowSorter(std::uint64_t memory_bytes, std::filesystem::path folder);
  ~RowSorter();
  RowSorter(const RowSorter&) = delete;
  RowSorter& operator=(const RowSorter&) = delete;

  /// REQUIRES no next() before.
  void add(const Row& row);
  /// Takes the next row in order of arrival; false at the end. The first call ends the adding.
  bool next(Row& row);

  std::uint64_t rows() const { return rows_; }
  /// How many runs were spilled while rows were added.
  std::size_t spilled_runs() const { return spilled_; }

 private:
  /// A row and when it was added: together the order.
  struct Item {
    Row row;
    std::uint64_t ordinal = 0;
  };
  class SpillFile;
  class Merge;

  static bool before(const Item& a, const Item& b);
  std::size_t fan_in() const;
  void spill();
  void start_merge();
  void merge_pass();

  std::uint64_t memory_;
  std::filesystem::path folder_;
  std::size_t capacity_;
  std::vector<Item> items_;  ///< at most capacity_, unsorted while rows are added
  std::size_t taken_ = 0;    ///< of items_, where nothing was spilled
  std::uint64_t rows_ = 0;
  std::size_t spilled_ = 0;
  bool adding_ = true;
  std::unique_ptr<SpillFile> file_;
  std::unique_ptr<Merge> merge_;
};

}  // namespace skyreplay::trace
