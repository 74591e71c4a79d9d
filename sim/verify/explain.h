#pragma once

#include <filesystem>
#include <string>

#include "check/expectation.h"
#include "check/judge.h"

namespace skyreplay::verify {

/// Why an expectation failed, from the result's windows and activities: of the failing span the
/// window that is farthest off with where its requests spent their time, and the last activities of
/// the services before that window's end. Empty where there is nothing to say. Reads the file
/// twice. REQUIRES the judgement to be this result's, and not to hold.
std::string explain(const std::filesystem::path& result, const check::Expectation& expectation,
                    const check::Judgement& judgement);

/// "12:05" where the seconds are 0, else "12:05:30".
std::string clock_text(TimePoint time);
/// "2026-01-05 12:05 to 12:10".
std::string span_text(TimePoint from, TimePoint to);

}  // namespace skyreplay::verify
