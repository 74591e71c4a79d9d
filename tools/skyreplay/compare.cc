#include <skyreplay/compare.h>
#include <skyreplay/error.h>

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
  CompareOptions compare;
  ScenarioSettings settings;
  bool quiet = false;
  bool json = false;
};

CompareReport compare(Options& options) {
  if (options.quiet) return compare_scenarios(options.compare);
  LiveProgress progress;
  options.compare.progress = [&progress](const RunsProgress& at) { progress.update(at); };
  return compare_scenarios(options.compare);
}

int run(Options& options) {
  options.compare.sets = options.settings.all();
  if (options.compare.force && options.compare.out.empty()) {
    throw InputError("--force replaces the folder of --out, which is not given");
  }
  const CompareReport report = compare(options);
  std::cout << (options.json ? report.json : report.table);
  return report.answered ? 0 : 1;
}

}  // namespace

void add_compare(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CompareOptions& compare = options->compare;
  compare.threads = std::max(1U, std::thread::hardware_concurrency());
  compare.version = SKYREPLAY_VERSION;
  CLI::App& verb =
      *app.add_subcommand("compare", "Replay a trace on several scenarios: which is the cheapest?");
  verb.add_option("SCENARIO", compare.scenarios, "The candidates, YAML or JSON")->required();
  verb.add_option("--trace", compare.trace, "The .skytrace file; overrides the scenarios'");
  verb.add_option("--require", compare.requirements,
                  "What a candidate must meet, such as 'p99(latency of *) < 300ms' (repeatable)")
      ->type_name("EXPR")
      ->allow_extra_args(false);
  verb.add_option("--replications", compare.replications, "Replay under N seeds: --seed and on")
      ->type_name("N")
      ->check(CLI::Range(1U, 10'000U));
  verb.add_option("--out", compare.out, "A folder to keep every candidate's results in");
  verb.add_flag("--force", compare.force, "Replace the folder if it holds an earlier comparison");
  options->settings.add_to(verb);
  verb.add_option("--threads", compare.threads, "Replay at most N runs side by side (all cores)")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  verb.add_flag("--quiet", options->quiet, "No progress");
  verb.add_flag("--json", options->json, "Print compare.json instead of the table");
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
