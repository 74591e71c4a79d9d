#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace skyreplay::tool {

/// A script that teaches a shell to complete the program's verbs, flags, values and files. Made
/// from the declared verbs, so it says what the program takes. zsh runs bash's.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace skyreplay::tool
