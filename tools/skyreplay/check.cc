#include <skyreplay/check.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "live_progress.h"
#include "scenario_settings.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  CheckOptions check;
  ScenarioSettings settings;
  std::filesystem::path junit;
  bool quiet = false;
  bool json = false;
};

CheckReport check(Options& options) {
  if (options.quiet) return check_scenarios(options.check);
  LiveProgress progress;
  options.check.progress = [&progress](const RunsProgress& at) { progress.update(at); };
  return check_scenarios(options.check);
}

/// The time in UTC, without its zone: as JUnit's schema wants it.
std::string timestamp() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  std::array<char, 32> text{};
  gmtime_r(&now, &utc);
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  return text.data();
}

std::string hostname() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

int run(Options& options) {
  options.check.sets = options.settings.all();
  const CheckReport report = check(options);
  if (!options.junit.empty()) write_junit(report, timestamp(), hostname(), options.junit);
  std::cout << (options.json ? report.json : report.text);
  return report.passed() ? 0 : 1;
}

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CheckOptions& check = options->check;
  check.threads = std::max(1U, std::thread::hardware_concurrency());
  check.version = SKYREPLAY_VERSION;
  check.clock = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  CLI::App& verb = *app.add_subcommand(
      "check", "Replay scenarios and hold their expectations against the results");
  verb.add_option("PATH", check.paths, "Scenario files, or folders of them")->required();
  verb.add_option("--trace", check.trace, "The .skytrace file; overrides the scenarios'");
  verb.add_option("--junit", options->junit, "Write what was found as JUnit XML, too");
  CLI::Option* record = verb.add_option("--record", check.record,
                                        "Keep every result below this folder, as a baseline");
  verb.add_option("--baseline", check.baseline, "Compare every result with a baseline, too")
      ->excludes(record);
  verb.add_option("--tolerance", check.tolerances,
                  "How far a column of timeline.csv may be from the baseline's: COLUMN=5% or "
                  "COLUMN=0.01, * for all others (repeatable)")
      ->type_name("COLUMN=AMOUNT")
      ->allow_extra_args(false);
  verb.add_option("--changed-since", check.changed_since,
                  "Pass over scenarios none of whose files changed since this git revision")
      ->type_name("REV");
  options->settings.add_to(verb);
  verb.add_option("--threads", check.threads, "Replay at most N scenarios side by side (all cores)")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  verb.add_flag("--quiet", options->quiet, "No progress");
  verb.add_flag("--json", options->json, "Print what was found as JSON");
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
