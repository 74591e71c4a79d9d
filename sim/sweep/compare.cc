#include <fmt/format.h>
#include <skyreplay/compare.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "core/atomic_file.h"
#include "core/check.h"
#include "core/error.h"
#include "core/scratch_folder.h"
#include "report/render.h"
#include "sweep/candidates.h"
#include "sweep/compare_json.h"
#include "sweep/compare_table.h"
#include "sweep/comparison.h"
#include "sweep/parallel_for.h"
#include "sweep/runs_progress.h"

namespace skyreplay {
namespace sweep {
namespace {

/// Below and above what a scenario is likely to say.
constexpr std::array<double, 2> kOtherShares = {0.2, 0.8};

/// One comparison from its options to its report.
class Compare {
 public:
  explicit Compare(const CompareOptions& options) : options_(options) {
    if (!options.out.empty()) kept_.emplace(options.out, options.force, "compare.json");
    found_.requirements = parse_requirements(options.requirements);
    found_.candidates = load_candidates(options.scenarios, options.sets);
    trace_.emplace(trace_of(found_.candidates, options.trace));
    found_.trace = trace_->open()->info();
    found_.seed = found_.candidates.front().scenario.message().seed();
    plan();
  }

  CompareReport report() {
    replay_all();
    decide_all();
    const std::filesystem::path folder = kept_ ? kept_->temporary() : scratch_.path();
    write_compare_json(folder / "compare.json", found_);
    CompareReport report;
    report.table = compare_table(found_);
    report.answered = found_.base.winner.has_value();
    std::ifstream json(folder / "compare.json", std::ios::binary);
    report.json.assign(std::istreambuf_iterator<char>(json), {});
    if (!kept_) return report;
    AtomicFile text(folder / "compare.txt");
    text.write(report.table);
    text.commit();
    kept_->commit();
    return report;
  }

 private:
  /// One run: whose round it belongs to, of which candidate, under which further settings.
  struct Job {
    Round* round = nullptr;
    std::size_t candidate = 0;
    std::vector<std::string> sets;
    bool keep = false;
  };

  void plan() {
    found_.work_share = common_work_share();
    if (found_.trace.durations == trace::Durations::kOneDuration) {
      std::ranges::copy_if(kOtherShares, std::back_inserter(found_.other_shares),
                           [&](double share) { return share != found_.work_share; });
    }
    // Sized once: the jobs point into them.
    found_.at_other_shares.resize(found_.other_shares.size());
    found_.replications.resize(options_.replications - 1);
    add_round(found_.base, {}, kept_.has_value());
    for (std::size_t i = 0; i < found_.other_shares.size(); ++i) {
      add_round(found_.at_other_shares[i],
                fmt::format("workload.work_share={}", found_.other_shares[i]), false);
    }
    for (std::size_t i = 0; i < found_.replications.size(); ++i) {
      add_round(found_.replications[i], fmt::format("seed={}", found_.seed + i + 1), false);
    }
  }

  void add_round(Round& round, const std::string& set, bool keep) {
    round.runs.resize(found_.candidates.size());
    for (std::size_t i = 0; i < found_.candidates.size(); ++i) {
      Job job{.round = &round, .candidate = i, .sets = {}, .keep = keep};
      if (!set.empty()) job.sets.push_back(set);
      jobs_.push_back(std::move(job));
    }
  }

  std::optional<double> common_work_share() const {
    const auto share = [](const Candidate& candidate) {
      return candidate.scenario.message().workload().work_share();
    };
    const double first = share(found_.candidates.front());
    for (const Candidate& candidate : found_.candidates) {
      if (share(candidate) != first) return std::nullopt;
    }
    return first;
  }

  void replay_all() {
    RunsProgressSum progress(jobs_.size(), options_.progress);
    parallel_for(jobs_.size(), options_.threads, [&](std::size_t i) {
      replay_one(i, progress);
      progress.done(i);
    });
  }

  void replay_one(std::size_t i, RunsProgressSum& progress) {
    const Job& job = jobs_[i];
    const Candidate& candidate = found_.candidates[job.candidate];
    std::filesystem::path folder = scratch_.path() / std::to_string(i);
    if (job.keep) folder = kept_->temporary() / candidate.folder;
    std::filesystem::create_directory(folder);
    const RunTask task{
        .scenario = job.sets.empty() ? candidate.scenario : candidate.scenario.with(job.sets),
        .trace = *trace_,
        .result = folder / "result.binpb",
        .version = options_.version};
    job.round->runs[job.candidate] = replay_and_read(task, found_.requirements, progress.of_run(i));
    if (job.keep) return report::render(folder);
    std::filesystem::remove_all(folder);
  }

  void decide_all() {
    found_.trace.rows =
        found_.base.runs.front().billed_arrivals;  // a spec does not know beforehand
    decide(found_.candidates, found_.base);
    for (Round& round : found_.at_other_shares) decide(found_.candidates, round);
    for (Round& round : found_.replications) decide(found_.candidates, round);
    found_.monthly_winner = cheapest_by_month(found_.candidates, found_.base);
  }

  const CompareOptions& options_;
  std::optional<AtomicFolder> kept_;
  ScratchFolder scratch_{"skyreplay-compare"};
  std::optional<replay::TraceChoice> trace_;
  Comparison found_;
  std::vector<Job> jobs_;
};

}  // namespace
}  // namespace sweep

CompareReport compare_scenarios(const CompareOptions& options) {
  SKY_CHECK(options.threads > 0 && options.replications > 0);
  return sweep::Compare(options).report();
}

}  // namespace skyreplay
