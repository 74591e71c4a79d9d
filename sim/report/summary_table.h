#pragma once

#include <filesystem>
#include <string>

#include "replay/result_types.h"
#include "replay/summary.h"

namespace skyreplay::report {

/// What `skyreplay run` prints: at most 100 columns, units in the headings, ends with a line break.
/// Depends on the result alone.
std::string summary_table(const replay::ResultHeader& header, const replay::Summary& summary);

/// The same of `folder`/result.binpb. Reads its ends only, a service at a time. Throws InputError
/// and MachineError.
std::string summary_table(const std::filesystem::path& folder);

}  // namespace skyreplay::report
