#pragma once

#include <filesystem>
#include <string>

#include "skyreplay/check.h"
#include "verify/tolerance.h"

namespace skyreplay::verify {

/// The folder of a baseline that a scenario's result goes to, by the scenario's name.
std::filesystem::path baseline_folder(const std::filesystem::path& baseline,
                                      const std::string& scenario);

/// Compares a rendered result folder with the baseline's; the answer reads like an expectation.
/// Throws InputError where the baseline is damaged.
ExpectationChecked compare_with_baseline(const std::filesystem::path& result,
                                         const std::filesystem::path& baseline,
                                         const Tolerances& tolerances);

}  // namespace skyreplay::verify
