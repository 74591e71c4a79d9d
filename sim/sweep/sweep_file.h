#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "check/requirement.h"
#include "scenario/scenario.h"
#include "skyreplay/sweep.pb.h"
#include "sweep/axis.h"
#include "sweep/objective.h"
#include "trace/transform.h"

namespace skyreplay::sweep {

/// One of the scenarios of a sweep, and what is varied of it.
struct Variant {
  std::string name;
  scenario::Scenario base;
  std::vector<Axis> axes;  ///< in the order of the file, the sweep's own before the variant's
};

/// A sweep file that was read and checked, every default filled in.
struct SweepFile {
  std::string name;
  proto::Sweep message;
  std::vector<Variant> variants;  ///< at least one; their names differ
  std::filesystem::path trace;    ///< as `--trace` has it; empty where the scenarios name it
  std::vector<trace::Transformation> transformations;  ///< of the trace, in order
  Objective objective;
  check::Requirement against;  ///< what is measured of it
  std::vector<check::Requirement> constraints;
};

/// Reads a sweep file and its scenarios; `sets` are overrides of every scenario. Throws InputError
/// with all mistakes at once, each with its position: of the file, of the scenarios, of designs
/// that their parameters do not allow; seeds that differ. MachineError if a file cannot be read.
SweepFile read_sweep_file(const std::filesystem::path& path, const std::vector<std::string>& sets);

}  // namespace skyreplay::sweep
