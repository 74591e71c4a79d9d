#pragma once

#include <cstdint>
#include <string>

#include "sweep/outcome.h"

namespace skyreplay::sweep {

/// The answers and every cell of a sweep, for people: at most 100 columns.
std::string results_table(const SweepOutcome& outcome);

/// A row a cell, RFC 4180; docs/sweeps.md lists the columns.
std::string results_csv(const SweepOutcome& outcome);

/// The same as JSON, with the answers; docs/sweeps.md lists the keys.
std::string results_json(const SweepOutcome& outcome);

/// How far a store is, and how long the rest takes at the pace of its last cells.
std::string status_text(const SweepOutcome& outcome, const StoredPace& pace, std::int64_t now_ms);

/// Names of parameters, as short as they are still told apart: the last parts of their paths.
std::vector<std::string> short_names(const std::vector<std::string>& paths);

}  // namespace skyreplay::sweep
