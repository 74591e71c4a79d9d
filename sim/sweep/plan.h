#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "replay/trace_choice.h"
#include "sweep/design.h"
#include "sweep/sweep_file.h"

namespace skyreplay::sweep {

/// One combination of a variant's values.
struct Cell {
  std::size_t variant = 0;  ///< index in SweepFile::variants
  Point values;             ///< by the variant's axes
  /// 32 hex digits over everything that decides its results: the resolved scenario without its
  /// expectations and the trace's name, the trace's content, the prices, the program's version.
  /// Equal cells have equal results.
  std::string digest;
};

/// Every cell of a sweep, in a stable order: variant by variant, each in its design's.
struct Plan {
  std::vector<Cell> cells;
  std::string trace_digest;
  Duration span{};  ///< of the trace
};

/// What gives a cell its values, for Scenario::with(): the values themselves, and room for them in
/// the bounds of Auto Scaling groups.
std::vector<std::string> settings_of(const Variant& variant, const Point& values);

/// Expands a sweep. Throws InputError with what is wrong in any cell's scenario, at the place of
/// the value in the sweep's file; for a trace that differs between variants. **Cost** a scenario is
/// read and resolved for each cell, on `threads` threads.
Plan make_plan(const SweepFile& sweep, const std::string& version, std::uint32_t threads);

/// A cell's scenario with the seed of a replication, counted from 0. Throws InputError.
scenario::Scenario scenario_of(const SweepFile& sweep, const Cell& cell, std::uint32_t replication);

/// How many times the trace's traffic a cell has.
double traffic_of(const Variant& variant, const Point& values);

/// The trace that a sweep replays: the file's own or `--trace`, else the one that all scenarios
/// name; transformed as the file says.
replay::TraceChoice trace_of(const SweepFile& sweep);

}  // namespace skyreplay::sweep
