#pragma once

#include "sweep/answers.h"
#include "sweep/text_lines.h"

namespace skyreplay::sweep {

/// Prints the answers of a sweep, for people.
void print_answers(const SweepOutcome& outcome, const Answers& answers, TextLines& out);

}  // namespace skyreplay::sweep
