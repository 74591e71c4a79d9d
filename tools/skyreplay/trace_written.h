#pragma once

#include <skyreplay/trace.h>

#include <filesystem>

namespace skyreplay::tool {

/// The answer of a verb that writes a trace: what is in the file, and its digest as the last line.
void print_written(const std::filesystem::path& path, const TraceWritten& written);

}  // namespace skyreplay::tool
