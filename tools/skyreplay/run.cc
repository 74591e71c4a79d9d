#include <skyreplay/replay.h>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>

#include "live_progress.h"
#include "scenario_settings.h"
#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  RunOptions run;
  ScenarioSettings settings;
  std::uint32_t threads = 1;
  bool quiet = false;
  bool json = false;
};

RunReport replay(Options& options) {
  if (options.quiet) return run_scenario(options.run);
  LiveProgress progress;
  options.run.progress = [&progress](const RunProgress& at) { progress.update(at); };
  return run_scenario(options.run);
}

void say_requests(const RunOptions& run, const RunReport& report) {
  std::cerr << "wrote " << run.requests.string() << ": " << report.requests_written
            << " requests\n";
  if (report.requests_left_out > 0) {
    std::cerr << "requests that the format has no line for: " << report.requests_left_out << '\n';
  }
}

int run(Options& options) {
  options.run.sets = options.settings.all();
  const RunReport report = replay(options);
  if (!options.run.requests.empty()) say_requests(options.run, report);
  if (options.json) {
    std::cout << std::ifstream(options.run.out / "summary.json").rdbuf();
  } else {
    std::cout << report.table << "digest " << report.digest << '\n';
  }
  return 0;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *app.add_subcommand("run", "Replay a trace against a scenario");
  verb.add_option("SCENARIO", options->run.scenario, "The scenario, YAML or JSON")->required();
  verb.add_option("--trace", options->run.trace, "The .skytrace file; overrides the scenario's");
  verb.add_option("--out", options->run.out, "The folder to write the results to")->required();
  verb.add_flag("--force", options->run.force, "Replace the folder if it holds an earlier result");
  options->settings.add_to(verb);
  verb.add_option("--threads", options->threads,
                  "Use at most N threads; one run uses one, whatever N")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  verb.add_flag("--quiet", options->quiet, "No progress");
  verb.add_flag("--json", options->json, "Print summary.json instead of the table");
  verb.add_option("--timeline-services", options->run.timeline_services,
                  "Only the N busiest services have lines of their own in timeline.csv, the others "
                  "one together")
      ->type_name("N")
      ->check(whole_number());
  verb.add_option("--requests", options->run.requests,
                  "Also write what became of requests to this file; .gz or .zst compresses it");
  verb.add_option("--requests-format", options->run.requests_format,
                  "Otherwise as the file's name ends: .csv, .log, .lambda")
      ->check(CLI::IsMember({"csv", "alb", "lambda"}));
  verb.add_option("--requests-sample", options->run.requests_sample,
                  "all | 1/N | slowest: which of them (all)")
      ->type_name("SAMPLE");
  options->run.version = SKYREPLAY_VERSION;
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
