#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pricing/tariff.h"

namespace skyreplay::pricing {

/// One row of a catalogue file: one tier of one line item in one region.
struct CatalogueRow {
  std::uint32_t line = 0;  ///< in the file, from 1
  std::string line_item;
  std::string region;
  std::string unit;
  Tier tier;
};

/// The rows of tab-separated text, in its order: `#` lines are comments, the first other line names
/// the columns. Throws InputError listing every bad row with line and column (counted in
/// characters).
std::vector<CatalogueRow> read_catalogue_rows(std::string_view text, const std::string& file);

}  // namespace skyreplay::pricing
