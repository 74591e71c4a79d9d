#include <skyreplay/diff.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  std::filesystem::path a;
  std::filesystem::path b;
  bool json = false;
};

int run(const Options& options) {
  const DiffReport report = diff_results(options.a, options.b);
  std::cout << (options.json ? report.json : report.text);
  return report.same ? 0 : 1;
}

}  // namespace

void add_diff(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *app.add_subcommand("diff", "Explain how two results differ");
  verb.add_option("DIR_A", options->a, "The --out of a run")->required();
  verb.add_option("DIR_B", options->b, "The --out of another")->required();
  verb.add_flag("--json", options->json, "Print what differs as JSON");
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
