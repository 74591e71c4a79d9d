#pragma once

#include <cstdint>
#include <vector>

namespace skyreplay::trace {

/// Draws an index with given weights in constant time (Walker 1977, Vose 1991), in integers so that
/// it is the same on every machine.
class AliasTable {
 public:
  /// REQUIRES at least one weight, none negative, at least one positive. They are taken to 2^-40 of
  /// the largest.
  explicit AliasTable(const std::vector<double>& weights);

  std::uint32_t pick(std::uint64_t draw) const {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(draw) * cells_.size();
    const auto index = static_cast<std::uint32_t>(product >> 64);
    // The product's low half is uniform within the cell.
    const Cell& cell = cells_[index];
    return static_cast<std::uint64_t>(product) < cell.threshold ? index : cell.other;
  }

 private:
  struct Cell {
    std::uint64_t threshold;  ///< of 2^64; below it the cell's own index
    std::uint32_t other;
  };
  std::vector<Cell> cells_;
};

}  // namespace skyreplay::trace
