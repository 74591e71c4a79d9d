#include <fmt/format.h>
#include <skyreplay/check.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "core/atomic_file.h"
#include "core/check.h"
#include "core/error.h"
#include "core/scratch_folder.h"
#include "replay/result_reader.h"
#include "replay/run.h"
#include "replay/trace_choice.h"
#include "report/render.h"
#include "sweep/candidates.h"
#include "sweep/parallel_for.h"
#include "sweep/runs_progress.h"
#include "verify/baseline.h"
#include "verify/changed_files.h"
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

/// A baseline's folders are called by the scenarios' names.
void require_different_names(const std::vector<scenario::Scenario>& scenarios) {
  std::map<std::string, std::string> files;
  for (const scenario::Scenario& scenario : scenarios) {
    const std::string folder = sweep::folder_name(scenario.message().name(), {});
    const auto [found, added] = files.emplace(folder, scenario.filename());
    if (added) continue;
    throw InputError(fmt::format("{} and {} have one name, '{}', by which a baseline keeps them",
                                 found->second, scenario.filename(), scenario.message().name()));
  }
}

/// One check from its options to its report.
class Check {
 public:
  explicit Check(const CheckOptions& options)
      : options_(options),
        tolerances_(options.tolerances),
        scenarios_(load_all(find_scenarios(options.paths), options.sets)) {
    if (!options.tolerances.empty() && options.baseline.empty()) {
      throw InputError("--tolerance is for a comparison with --baseline, which is not given");
    }
    if (keeps_results()) require_different_names(scenarios_);
    if (!options.changed_since.empty()) pass_over_unchanged();
  }

  CheckReport report() {
    CheckReport report;
    report.unchanged = unchanged_;
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
  bool keeps_results() const { return !options_.record.empty() || !options_.baseline.empty(); }

  void pass_over_unchanged() {
    std::map<std::filesystem::path, std::set<std::filesystem::path>> changed;  // by folder
    std::erase_if(scenarios_, [&](const scenario::Scenario& scenario) {
      const auto folder = std::filesystem::absolute(scenario.filename()).parent_path();
      const auto [found, added] = changed.try_emplace(folder);
      if (added) found->second = changed_files(folder, options_.changed_since);
      // The files that decide its result, beside the program.
      const std::filesystem::path trace = replay::TraceChoice(scenario, options_.trace).file();
      std::vector<std::filesystem::path> files = {scenario.filename(), trace};
      for (const std::string& file : scenario.extended_files()) files.emplace_back(file);
      for (const std::filesystem::path& file : files) {
        if (found->second.contains(std::filesystem::weakly_canonical(file))) return false;
      }
      unchanged_.emplace_back(scenario.filename());
      return true;
    });
  }

  ScenarioChecked check(std::size_t i, sweep::RunsProgressSum& progress) {
    const scenario::Scenario& scenario = scenarios_[i];
    const double start = now();
    // Recorded where it stays, or in a folder of its own for as long as it is looked at.
    std::filesystem::path folder = scratch_.path() / std::to_string(i);
    std::optional<AtomicFolder> recorded;
    if (!options_.record.empty()) {
      std::filesystem::create_directories(options_.record);
      recorded.emplace(baseline_folder(options_.record, scenario.message().name()), true,
                       "result.binpb");
      folder = recorded->temporary();
    } else {
      std::filesystem::create_directory(folder);
    }
    const std::filesystem::path result = folder / "result.binpb";
    replay::RunSettings settings;
    settings.result = result;
    settings.provenance.version = options_.version;
    settings.provenance.scenario = scenario.filename();
    settings.provenance.trace = options_.trace.string();
    settings.progress = progress.of_run(i);
    const auto source = replay::TraceChoice(scenario, options_.trace).open();
    ScenarioChecked checked;
    checked.digest = replay::run(scenario, *source, settings);
    checked.file = scenario.filename();
    checked.name = scenario.message().name();
    checked.verdict = replay::to_string(replay::ResultReader(result).summary_head().verdict);
    checked.expectations = judge_result(result, scenario.expectations());
    if (keeps_results()) report::render(folder);
    if (recorded) recorded->commit();
    if (!options_.baseline.empty()) {
      checked.expectations.push_back(compare_with_baseline(
          folder, baseline_folder(options_.baseline, checked.name), tolerances_));
    }
    checked.seconds = now() - start;
    if (!recorded) std::filesystem::remove_all(folder);
    return checked;
  }

  const CheckOptions& options_;
  Tolerances tolerances_;
  std::vector<std::filesystem::path> unchanged_;
  std::vector<scenario::Scenario> scenarios_;
  ScratchFolder scratch_{"skyreplay-check"};
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
