#include <skyreplay/optimize.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include "live_progress.h"
#include "scenario_settings.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  OptimizeOptions optimize;
  ScenarioSettings settings;
  bool quiet = false;
  bool json = false;
};

OptimizeReport optimize(Options& options) {
  if (options.quiet) return optimize_sweep(options.optimize);
  LiveProgress progress;
  options.optimize.progress = [&progress](const RunsProgress& at) { progress.update(at); };
  return optimize_sweep(options.optimize);
}

int run(Options& options) {
  options.optimize.sets = options.settings.all();
  const OptimizeReport report = optimize(options);
  std::cout << (options.json ? report.json : report.text);
  return report.answered ? 0 : 1;
}

}  // namespace

void add_optimize(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  OptimizeOptions& optimize = options->optimize;
  optimize.threads = std::max(1U, std::thread::hardware_concurrency());
  optimize.version = SKYREPLAY_VERSION;
  CLI::App& verb = *app.add_subcommand(
      "optimize", "Find a sweep's best cell with a tenth of the requests replayed");
  verb.add_option("FILE", optimize.file, "The sweep, YAML or JSON")->required();
  verb.add_option("--trace", optimize.trace, "The .skytrace file; overrides the sweep's");
  verb.add_option("--budget", optimize.budget,
                  "The share of the requests of all cells that may be replayed (0.1)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0001, 1.0));
  options->settings.add_to(verb);
  verb.add_option("--threads", optimize.threads, "Replay at most N cells side by side (all cores)")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  verb.add_flag("--quiet", options->quiet, "No progress");
  verb.add_flag("--json", options->json, "Print the answer and every replay as JSON");
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
