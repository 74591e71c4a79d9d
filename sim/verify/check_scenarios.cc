#include <skyreplay/check.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/check.h"
#include "core/error.h"
#include "replay/result_reader.h"
#include "replay/run.h"
#include "replay/trace_choice.h"
#include "sweep/parallel_for.h"
#include "sweep/runs_progress.h"
#include "sweep/scratch_folder.h"
#include "verify/check_json.h"
#include "verify/check_text.h"
#include "verify/find_scenarios.h"
#include "verify/judge_result.h"

namespace skyreplay {
namespace verify {
namespace {

/// All files' mistakes at once.
std::vector<scenario::Scenario> load_all(const std::vector<std::filesystem::path>& files,
                                         const std::vector<std::string>& sets) {
  std::vector<scenario::Scenario> scenarios;
  std::vector<std::string> mistakes;
  for (const std::filesystem::path& file : files) {
    try {
      scenarios.push_back(scenario::Scenario::load(file, sets));
    } catch (const InputError& error) {
      mistakes.emplace_back(error.what());
    }
  }
  if (!mistakes.empty()) throw InputError(mistakes);
  return scenarios;
}

/// One check from its options to its report.
class Check {
 public:
  explicit Check(const CheckOptions& options)
      : options_(options), scenarios_(load_all(find_scenarios(options.paths), options.sets)) {}

  CheckReport report() {
    CheckReport report;
    report.scenarios.resize(scenarios_.size());
    sweep::RunsProgressSum progress(scenarios_.size(), options_.progress);
    sweep::parallel_for(scenarios_.size(), options_.threads, [&](std::size_t i) {
      report.scenarios[i] = check(i, progress);
      progress.done(i);
    });
    report.text = check_text(report);
    const std::filesystem::path json = scratch_.path() / "check.json";
    write_check_json(json, report);
    std::ifstream file(json, std::ios::binary);
    report.json.assign(std::istreambuf_iterator<char>(file), {});
    return report;
  }

 private:
  double now() const { return options_.clock ? options_.clock() : 0; }

  ScenarioChecked check(std::size_t i, sweep::RunsProgressSum& progress) {
    const scenario::Scenario& scenario = scenarios_[i];
    const double start = now();
    const std::filesystem::path result = scratch_.path() / (std::to_string(i) + ".binpb");
    replay::RunSettings settings;
    settings.result = result;
    settings.provenance.version = options_.version;
    settings.progress = progress.of_run(i);
    const auto source = replay::TraceChoice(scenario, options_.trace).open();
    ScenarioChecked checked;
    checked.digest = replay::run(scenario, *source, settings);
    checked.file = scenario.filename();
    checked.name = scenario.message().name();
    checked.verdict = replay::to_string(replay::ResultReader(result).summary_head().verdict);
    checked.expectations = judge_result(result, scenario.expectations());
    checked.seconds = now() - start;
    std::filesystem::remove(result);
    return checked;
  }

  const CheckOptions& options_;
  std::vector<scenario::Scenario> scenarios_;
  sweep::ScratchFolder scratch_{"skyreplay-check"};
};

}  // namespace
}  // namespace verify

std::size_t ScenarioChecked::failures() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(expectations, [](const auto& checked) { return !checked.holds; }));
}

bool CheckReport::passed() const {
  return std::ranges::all_of(scenarios,
                             [](const auto& scenario) { return scenario.failures() == 0; });
}

CheckReport check_scenarios(const CheckOptions& options) {
  SKY_CHECK(options.threads > 0);
  return verify::Check(options).report();
}

}  // namespace skyreplay
