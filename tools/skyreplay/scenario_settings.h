#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace skyreplay::tool {

/// The flags that change a scenario from the command line: --set, and two short forms of it.
class ScenarioSettings {
 public:
  /// Declares the flags on a verb. REQUIRES *this to outlive the verb.
  void add_to(CLI::App& verb);
  /// All as PATH=VALUE; the short forms come last and win.
  std::vector<std::string> all() const;

 private:
  std::vector<std::string> sets_;
  std::string seed_;
  std::string window_;
};

}  // namespace skyreplay::tool
