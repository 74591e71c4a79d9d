#pragma once

#include <CLI/CLI.hpp>

namespace skyreplay::tool {

/// Throws InputError if a word on the command line stands where a verb must and is none, naming the
/// nearest verb.
void check_verb(const CLI::App& app, int argc, char** argv);

/// Throws InputError naming every argument that the chosen verb did not take and, for a flag, the
/// nearest that it does. REQUIRES parsing ended in CLI::ExtrasError.
[[noreturn]] void refuse_extras(const CLI::App& app);

}  // namespace skyreplay::tool
