#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <tuple>
#include <utility>

#include "core/external_sorter.h"
#include "trace/format.h"

namespace skyreplay::trace {

/// Puts rows in order of arrival in bounded memory (ExternalSorter has cost and errors).
///
/// **Order** rows of one arrival stay in the order in which they were added, whatever the memory.
class RowSorter {
  /// A row and when it was added: together the order.
  struct Item {
    Row row;
    std::uint64_t ordinal = 0;
  };
  struct Before {
    bool operator()(const Item& a, const Item& b) const {
      return std::tie(a.row.arrival, a.ordinal) < std::tie(b.row.arrival, b.ordinal);
    }
  };
  using Sorter = ExternalSorter<Item, Before>;

 public:
  static constexpr std::uint64_t kLeastMemory = Sorter::kLeastMemory;

  /// What does not fit goes to files in `folder`, which is not touched before memory is used up.
  RowSorter(std::uint64_t memory_bytes, std::filesystem::path folder)
      : sorter_(memory_bytes, std::move(folder),
                "TMPDIR names another folder, --memory allows more memory") {}

  /// REQUIRES no next() before.
  void add(const Row& row) { sorter_.add({row, sorter_.added()}); }
  /// Takes the next row in order of arrival; false at the end. The first call ends the adding.
  bool next(Row& row) {
    Item item;
    if (!sorter_.next(item)) return false;
    row = item.row;
    return true;
  }

  std::uint64_t rows() const { return sorter_.added(); }
  /// How many runs were spilled while rows were added.
  std::size_t spilled_runs() const { return sorter_.spilled_runs(); }

 private:
  Sorter sorter_;
};

}  // namespace skyreplay::trace
