#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace skyreplay {

/// What `skyreplay explain` is told.
struct ExplainOptions {
  std::filesystem::path folder;  ///< of results: the --out of a run
  std::uint64_t request = 0;     ///< row of the trace; the first is 0
  std::filesystem::path trace;   ///< where the trace is now; empty: where the run found it
  std::string version;           ///< of this program, to tell where another made the result
};

/// One request's story.
struct Explanation {
  std::string text;  ///< for people
  std::string json;  ///< for programs: one object with a line break at its end
};

/// Replays the run that left the results up to the request's last answer, and tells what became of
/// it: every attempt and call, where it went, what it waited for, what its service looked like.
/// Throws InputError where the results are damaged, the trace is not the one they are of, or has no
/// such row; MachineError.
Explanation explain_request(const ExplainOptions& options);

}  // namespace skyreplay
