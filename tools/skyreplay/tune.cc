#include <skyreplay/error.h>
#include <skyreplay/tune.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <thread>

#include "live_progress.h"
#include "scenario_settings.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  TuneOptions tune;
  ScenarioSettings settings;
  bool quiet = false;
  bool json = false;
};

TuneReport tune(Options& options) {
  if (options.quiet) return tune_scenario(options.tune);
  LiveProgress progress;
  options.tune.progress = [&progress](const RunsProgress& at) { progress.update(at); };
  return tune_scenario(options.tune);
}

int run(Options& options) {
  options.tune.sets = options.settings.all();
  const TuneReport report = tune(options);
  std::cout << (options.json ? report.json : report.table);
  return report.answered ? 0 : 1;
}

}  // namespace

void add_tune(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  TuneOptions& tune = options->tune;
  tune.threads = std::max(1U, std::thread::hardware_concurrency());
  tune.version = SKYREPLAY_VERSION;
  CLI::App& verb = *app.add_subcommand("tune", "Find the smallest count that meets requirements");
  verb.add_option("SCENARIO", tune.scenario, "The scenario, YAML or JSON")->required();
  verb.add_option("--trace", tune.trace, "The .skytrace file; overrides the scenario's");
  verb.add_option("--over", tune.over,
                  "The field to tune, or several joined by commas to choose among; without it the "
                  "count of the one EC2 or ECS service")
      ->type_name("FIELD[=VALUES],...");
  verb.add_option("--traffic", tune.traffic,
                  "Find the highest multiple of the traffic, such as 0.5..4, that is still met")
      ->type_name("LOW..HIGH");
  verb.add_option("--require", tune.requirements,
                  "What must be met, such as 'p99(latency of *) < 300ms' (repeatable)")
      ->type_name("EXPR")
      ->allow_extra_args(false);
  verb.add_option("--max", tune.max, "The largest value to try (1000)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  options->settings.add_to(verb);
  verb.add_option("--threads", tune.threads,
                  "Replay at most N combinations side by side (all cores)")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  verb.add_flag("--quiet", options->quiet, "No progress");
  verb.add_flag("--json", options->json, "Print the answer and every replay as JSON");
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
