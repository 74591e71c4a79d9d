#pragma once

#include "report/json_writer.h"
#include "sweep/answers.h"

namespace skyreplay::sweep {

/// Writes the answers as the value of a key; docs/sweeps.md lists the keys.
void write_answers(report::JsonWriter& json, const SweepOutcome& outcome, const Answers& answers);

}  // namespace skyreplay::sweep
