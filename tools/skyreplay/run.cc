#include <skyreplay/error.h>
#include <skyreplay/replay.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>

#include "verbs.h"

namespace skyreplay::tool {
namespace {

volatile std::sig_atomic_t stop_signal = 0;

void on_signal(int signal) { stop_signal = signal; }

/// A line that redraws itself on a terminal; nothing elsewhere. Also where a signal stops the run.
void show(const RunProgress& at, bool draw) {
  if (stop_signal != 0) throw Interrupted(stop_signal);
  if (draw) {
    std::fprintf(stderr, "\r%5.1f %%  %llu requests", at.share * 100,
                 static_cast<unsigned long long>(at.requests));
  }
}

int replay(RunOptions& options, bool quiet) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  const bool draw = !quiet && ::isatty(STDERR_FILENO) == 1;
  options.progress = [draw](const RunProgress& at) { show(at, draw); };
  const RunReport report = run_scenario(options);
  if (draw) std::fprintf(stderr, "\r\033[K");
  std::cout << report.table << "digest " << report.digest << '\n';
  return 0;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<RunOptions>();
  const auto quiet = std::make_shared<bool>(false);
  const auto seed = std::make_shared<std::string>();
  const auto window = std::make_shared<std::string>();
  CLI::App& verb = *app.add_subcommand("run", "Replay a trace against a scenario");
  verb.add_option("SCENARIO", options->scenario, "The scenario, YAML or JSON")->required();
  verb.add_option("--trace", options->trace, "The .skytrace file; overrides the scenario's");
  verb.add_option("--out", options->out, "The folder to write the results to")->required();
  verb.add_flag("--force", options->force, "Replace the folder if it exists");
  verb.add_option("--set", options->sets, "PATH=VALUE: override a field; may be repeated")
      ->allow_extra_args(false);
  verb.add_option("--seed", *seed, "Override the scenario's seed");
  verb.add_option("--window", *window, "Override recorder.window, such as 60s");
  verb.add_flag("--quiet", *quiet, "No progress");
  verb.callback([options, quiet, seed, window, &chosen] {
    if (!seed->empty()) options->sets.push_back("seed=" + *seed);
    if (!window->empty()) options->sets.push_back("recorder.window=" + *window);
    options->version = SKYREPLAY_VERSION;
    chosen = [options, quiet] { return replay(*options, *quiet); };
  });
}

}  // namespace skyreplay::tool
