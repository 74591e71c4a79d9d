#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"
#include "sweep/axis.h"
#include "trace/format.h"

namespace skyreplay::sweep {

/// What `tune --over` says, as axes: fields joined by commas, each a path or, where one service has
/// it, a field's name alone, with `=[VALUES]` or the values below.
///
/// | field | values |
/// | --- | --- |
/// | memory_size | 128, 256, 512, 1024, 1769, 3008, 5120, 10240 |
/// | architectures | x86_64, arm64 |
/// | instance_type | of the scenario's size in the families m7i, m7g, c7i, c7g, r7i, t3, t4g |
/// | desired_capacity, desired_count | from half to twice what the scenario has |
/// | task_definition | Fargate's sizes from 0.25 to 8 vCPUs with 2 GiB each |
/// | target_value | 30 to 80 in steps of 10 |
///
/// A default value that the scenario cannot have (a type that its Region does not) is left out, and
/// so is less memory than the trace's requests used. Throws InputError for a field that is not
/// there or is in several services, or has no values, and where scenario and trace do not fit.
std::vector<Axis> read_choices(const scenario::Scenario& scenario, const trace::TraceInfo& trace,
                               const std::string& over);

/// Whether `--over` asks for a choice among values, not for the smallest of a whole number: it
/// names several fields, gives values, or its one field has values above and is no count.
bool is_choice(const std::string& over);

}  // namespace skyreplay::sweep
