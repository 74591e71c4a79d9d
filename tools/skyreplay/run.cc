#include <skyreplay/error.h>
#include <skyreplay/replay.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string_view>

#include "progress.h"
#include "scenario_settings.h"
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

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

ProgressMeter::Style style_of_standard_error() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  if (::isatty(STDERR_FILENO) != 1 || dumb) return ProgressMeter::Style::kLines;
  return is_set("NO_COLOR") ? ProgressMeter::Style::kBar : ProgressMeter::Style::kColoredBar;
}

/// Writes what a meter says, and takes its bar away also where the run throws.
class Progress {
 public:
  Progress() : meter_(style_of_standard_error(), ProgressMeter::Clock::now()) {}
  ~Progress() { std::cerr << meter_.clear() << std::flush; }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(const RunProgress& at) {
    const std::string text = meter_.update(at, ProgressMeter::Clock::now());
    if (!text.empty()) std::cerr << text << std::flush;
  }

 private:
  ProgressMeter meter_;
};

RunReport replay(Options& options) {
  if (options.quiet) return run_scenario(options.run);
  Progress progress;
  options.run.progress = [&progress](const RunProgress& at) { progress.update(at); };
  return run_scenario(options.run);
}

int run(Options& options) {
  options.run.sets = options.settings.all();
  const RunReport report = replay(options);
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
  verb.add_option_function<std::string>(
          "--requests",
          [](const std::string&) { throw InputError("'run --requests' is not built yet"); })
      ->group("");
  options->run.version = SKYREPLAY_VERSION;
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
