#include <skyreplay/sweep.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "engine.h"
#include "live_progress.h"
#include "scenario_settings.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  SweepOptions sweep;
  ScenarioSettings settings;
  std::string shard;
  bool quiet = false;
};

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

SweepReport sweep(Options& options) {
  if (options.quiet) return run_sweep(options.sweep);
  LiveProgress progress;
  options.sweep.progress = [&progress](const RunsProgress& at) { progress.update(at); };
  return run_sweep(options.sweep);
}

int run(Options& options) {
  options.sweep.sets = options.settings.all();
  options.sweep.shard =
      options.shard.empty() ? shard_of_array_job(environment) : parse_shard(options.shard);
  const SweepReport report = sweep(options);
  std::cout << report.text;
  return report.answered || !report.complete ? 0 : 1;
}

}  // namespace

void add_sweep_run(CLI::App& sweep_verb, Action& chosen) {
  const auto options = std::make_shared<Options>();
  SweepOptions& sweep = options->sweep;
  sweep.threads = std::max(1U, std::thread::hardware_concurrency());
  sweep.version = SKYREPLAY_ENGINE;
  sweep.clock = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  CLI::App& verb = *sweep_verb.add_subcommand(
      "run", "Replay what of a sweep is not in its store yet, and answer it");
  verb.add_option("FILE", sweep.file, "The sweep, YAML or JSON")->required();
  verb.add_option("--store", sweep.store, "The file of results; made where there is none")
      ->required();
  verb.add_option("--trace", sweep.trace, "The .skytrace file; overrides the sweep's");
  verb.add_option("--shard", options->shard,
                  "Only every N-th cell, from K on; in an array job this task's")
      ->type_name("K/N");
  options->settings.add_to(verb);
  verb.add_option("--threads", sweep.threads, "Replay at most N cells side by side (all cores)")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  verb.add_flag("--quiet", options->quiet, "No progress");
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
