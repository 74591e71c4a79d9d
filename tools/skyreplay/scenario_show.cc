#include <skyreplay/scenario.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "scenario_settings.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  std::filesystem::path file;
  ScenarioSettings settings;
};

}  // namespace

void add_scenario_show(CLI::App& scenario, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      *scenario.add_subcommand("show", "Print a scenario with every default filled in");
  verb.add_option("FILE", options->file, "The scenario file, YAML or JSON")->required();
  options->settings.add_to(verb);
  verb.callback([options, &chosen] {
    chosen = [options] {
      std::cout << Scenario::load(options->file, options->settings.all()).show();
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
