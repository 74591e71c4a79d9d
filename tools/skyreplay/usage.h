#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace skyreplay::tool {

/// Throws InputError if a word on the command line stands where a verb must and is none, naming the
/// nearest verb.
void check_verb(const CLI::App& app, int argc, char** argv);

/// One message for every argument that the chosen verb does not take, with the nearest flag that it
/// does. REQUIRES app.parse() threw.
std::vector<std::string> extra_arguments(const CLI::App& app);

/// Takes digits up to 2^64 - 1 only: CLI11 by itself takes -1 and whatever is larger for just that.
CLI::Validator whole_number();

/// "--keep: expected a number, not 'x'", of what CLI11 could not convert.
std::string no_number(const CLI::ConversionError& error);

}  // namespace skyreplay::tool
