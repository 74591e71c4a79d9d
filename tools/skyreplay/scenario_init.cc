#include <skyreplay/scenario.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  std::string platform;
  std::filesystem::path out;
};

int init(const Options& options) {
  if (options.out.empty()) {
    std::cout << starter_scenario(options.platform);
  } else {
    write_starter_scenario(options.platform, options.out);
    std::cout << "wrote " << options.out.string() << '\n';
  }
  return 0;
}

}  // namespace

void add_scenario_init(CLI::App& scenario, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *scenario.add_subcommand("init", "Print a commented scenario to start from");
  verb.add_option("PLATFORM", options->platform, "The platform of its one service")
      ->required()
      ->check(CLI::IsMember(starter_platforms()));
  verb.add_option("--out", options->out, "Write it to this file, which must not exist");
  verb.callback([options, &chosen] { chosen = [options] { return init(*options); }; });
}

}  // namespace skyreplay::tool
