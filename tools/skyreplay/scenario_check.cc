#include <skyreplay/error.h>
#include <skyreplay/scenario.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "scenario_settings.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  std::vector<std::filesystem::path> files;
  ScenarioSettings settings;
};

/// Checks every file before it complains, so that one run finds all mistakes of all of them, also
/// where one cannot be read.
int check(const Options& options) {
  std::vector<std::string> mistakes;
  bool only_unreadable = true;
  for (const std::filesystem::path& file : options.files) {
    try {
      const Scenario scenario = Scenario::load(file, options.settings.all());
      std::cout << file.string() << ": ok, digest " << scenario.digest() << '\n';
    } catch (const InputError& error) {
      mistakes.emplace_back(error.what());
      only_unreadable = false;
    } catch (const MachineError& error) {
      mistakes.emplace_back(error.what());
    }
  }
  if (mistakes.empty()) return 0;
  const InputError all(mistakes);
  if (only_unreadable) throw MachineError(all.what());
  throw all;
}

}  // namespace

void add_scenario_check(CLI::App& scenario, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *scenario.add_subcommand("check", "Report every mistake of scenario files");
  verb.add_option("FILE", options->files, "Scenario files, YAML or JSON")->required();
  options->settings.add_to(verb);
  verb.callback([options, &chosen] { chosen = [options] { return check(*options); }; });
}

}  // namespace skyreplay::tool
