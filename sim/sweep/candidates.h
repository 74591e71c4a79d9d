#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "check/requirement.h"
#include "sweep/comparison.h"

namespace skyreplay::sweep {

/// Reads the candidates' files, names them, and gives each a folder of its own. Throws InputError
/// with every mistake of every file; for a file given twice; for seeds that differ, since a
/// comparison needs common random numbers.
std::vector<Candidate> load_candidates(const std::vector<std::filesystem::path>& files,
                                       const std::vector<std::string>& sets);

/// Reads every requirement; throws InputError with all mistakes.
std::vector<check::Requirement> parse_requirements(const std::vector<std::string>& texts);

/// The trace to replay: `given`, else the one that all scenarios name. Throws InputError where one
/// names none, or two name different ones.
replay::TraceChoice trace_of(const std::vector<Candidate>& candidates,
                             const std::filesystem::path& given);

/// A name as a folder: what is not a letter, digit, '.', '_' or '-' becomes '_', a leading '.' too;
/// one that is `taken` gets a number.
std::string folder_name(const std::string& name, const std::vector<std::string>& taken);

}  // namespace skyreplay::sweep
