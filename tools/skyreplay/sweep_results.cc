#include <skyreplay/sweep.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  std::filesystem::path store;
  std::string format = "table";
};

int print(const Options& options) {
  const SweepReport report = sweep_results(options.store, options.format);
  std::cout << report.text;
  return report.answered || !report.complete ? 0 : 1;
}

}  // namespace

void add_sweep_results(CLI::App& sweep, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *sweep.add_subcommand("results", "The answers of a store, and every cell");
  verb.add_option("DB", options->store, "The store of a sweep")->required();
  verb.add_option("--format", options->format, "How to print them (table)")
      ->check(CLI::IsMember({"table", "csv", "json"}));
  verb.callback([options, &chosen] { chosen = [options] { return print(*options); }; });
}

}  // namespace skyreplay::tool
