#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sweep/facts.h"

namespace skyreplay::sweep {

/// Marks a file as a store of ours: "SKYS".
inline constexpr std::int32_t kApplicationId = 0x534B5953;
/// The layout of the tables; a store of another one is refused.
inline constexpr std::int32_t kStoreFormat = 1;

/// The tables, docs/sweeps.md says what is in them.
extern const char* const kTables;

/// A column of `runs` that holds one whole number of a run, or none.
struct RunColumn {
  std::string_view name;
  std::optional<std::int64_t> (*get)(const RunFacts&);
  void (*set)(RunFacts&, const std::optional<std::int64_t>&);
};
/// In the order of the table, behind `cell`, `replication`, `result_digest`, `platforms`
/// and `verdict`, and before `peak_unit` and `peak_service`.
std::span<const RunColumn> run_columns();

}  // namespace skyreplay::sweep
