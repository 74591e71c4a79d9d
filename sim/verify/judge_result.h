#pragma once

#include <filesystem>
#include <vector>

#include "check/expectation.h"
#include "skyreplay/check.h"

namespace skyreplay::verify {

/// Holds a scenario's expectations against its result file; one answer each, in their order, with
/// the window and the activities that explain a failure. Reads the file once, and once more where
/// something fails. Throws InputError, at the expectation's position, where the result has no
/// answer to it.
std::vector<ExpectationChecked> judge_result(const std::filesystem::path& result,
                                             const std::vector<check::Expectation>& expectations);

}  // namespace skyreplay::verify
