#include "sweep/compare_json.h"

#include <fmt/format.h>

#include "core/atomic_file.h"
#include "report/json_writer.h"
#include "sweep/assumptions.h"
#include "sweep/facts_json.h"
#include "sweep/outcomes.h"
#include "sweep/paired.h"
#include "sweep/replications.h"

namespace skyreplay::sweep {
namespace {

class Document {
 public:
  Document(AtomicFile& file, const Comparison& comparison) : json_(file), found_(comparison) {}

  void write() {
    json_.begin_object();
    cheapest("cheapest", found_.base.winner);
    trace();
    integer("seed", found_.seed);
    json_.key("requirements");
    json_.begin_array();
    for (const check::Requirement& requirement : found_.requirements) {
      json_.string(requirement.text);
    }
    json_.end_array();
    json_.key("candidates");
    json_.begin_array();
    for (std::size_t i = 0; i < found_.candidates.size(); ++i) candidate(i);
    json_.end_array();
    work_share();
    replications();
    json_.end_object();
    json_.finish();
  }

 private:
  void integer(const char* name, std::uint64_t value) {
    json_.key(name);
    json_.integer(value);
  }
  void string(const char* name, std::string_view value) {
    json_.key(name);
    json_.string(value);
  }
  void boolean(const char* name, bool value) {
    json_.key(name);
    json_.boolean(value);
  }
  void usd(const char* name, std::optional<pricing::NanoUsd> value) {
    json_.key(name);
    value ? json_.usd(*value) : json_.null();
  }
  void value(const char* name, std::int64_t nano, check::Unit unit) {
    json_.key(name);
    write_value(json_, nano, unit);
  }
  void share(double value) {
    json_.key("work_share");
    json_.number(fmt::format("{}", value));
  }
  void cheapest(const char* name, std::optional<std::size_t> winner) {
    json_.key(name);
    winner ? json_.string(found_.candidates[*winner].name) : json_.null();
  }

  void trace() {
    json_.key("trace");
    json_.begin_object();
    string("digest", found_.trace.digest);
    string("start", to_rfc3339(found_.trace.start));
    string("end", to_rfc3339(found_.trace.end));
    integer("requests", found_.trace.rows);
    json_.key("horizon_h");
    json_.ratio(static_cast<std::uint64_t>((found_.trace.end - found_.trace.start).count()),
                3'600'000'000'000);
    boolean("work_and_wait_measured", found_.trace.durations == trace::Durations::kWorkAndWait);
    json_.end_object();
  }

  void candidate(std::size_t index) {
    const Candidate& candidate = found_.candidates[index];
    const RunFacts& run = found_.base.runs[index];
    json_.begin_object();
    string("name", candidate.name);
    string("scenario", candidate.scenario.filename());
    string("folder", candidate.folder);
    string("scenario_digest", candidate.scenario.digest());
    string("digest", run.digest);
    json_.key("platforms");
    json_.begin_array();
    for (const std::string& platform : run.platforms) json_.string(platform);
    json_.end_array();
    string("verdict", replay::to_string(run.verdict));
    string("verdict_reason", run.verdict_reason);
    boolean("meets", run.meets());
    usd("cost_usd", run.cost);
    usd("monthly_usd", run.monthly);
    if (!run.monthly) string("monthly_unavailable", run.monthly_unavailable);
    usd("usd_per_million_requests", run.cost_per_million());
    requests(run);
    measured(run);
    assumptions(candidate);
    json_.key("notes");
    json_.begin_array();
    for (const std::string& note : run.notes) json_.string(note);
    json_.end_array();
    json_.end_object();
  }

  void requests(const RunFacts& run) {
    integer("arrivals", run.counters.arrivals);
    for (std::size_t i = 0; i < kOutcomeLabels.size(); ++i) {
      integer(kOutcomeLabels[i].key, run.counters.outcomes[i]);
    }
    integer("in_flight_at_end", run.in_flight_at_end);
    percentiles("latency_ms", run.latency);
    percentiles("overhead_ms", run.overhead);
    json_.key("cold_starts");
    run.cold_starts ? json_.integer(*run.cold_starts) : json_.null();
    json_.key("peak_capacity");
    if (!run.peak) return json_.null();
    json_.begin_object();
    integer("count", run.peak->count);
    string("unit", run.peak->unit);
    string("service", run.peak->service);
    json_.end_object();
  }

  void percentiles(const char* name, const std::optional<replay::Percentiles>& p) {
    json_.key(name);
    if (!p) return json_.null();
    json_.begin_object();
    const auto one = [&](const char* key, std::int64_t nanoseconds) {
      json_.key(key);
      json_.milliseconds(nanoseconds);
    };
    one("p50", p->p50);
    one("p90", p->p90);
    one("p99", p->p99);
    one("p99_9", p->p99_9);
    json_.end_object();
  }

  void measured(const RunFacts& run) {
    json_.key("measured");
    write_measured(json_, found_.requirements, run.measured);
  }

  void assumptions(const Candidate& candidate) {
    json_.key("assumptions");
    json_.begin_array();
    for (const Assumption& assumption : assumptions_of(candidate.scenario)) {
      json_.begin_object();
      string("path", assumption.path);
      string("value", assumption.value);
      boolean("is_default", assumption.is_default);
      json_.end_object();
    }
    json_.end_array();
  }

  void work_share() {
    json_.key("other_work_shares");
    json_.begin_array();
    for (std::size_t i = 0; i < found_.other_shares.size(); ++i) {
      json_.begin_object();
      share(found_.other_shares[i]);
      round(found_.at_other_shares[i]);
      json_.end_object();
    }
    json_.end_array();
  }

  void replications() {
    json_.key("replications");
    json_.begin_array();
    for (std::size_t i = 0; i < found_.replications.size(); ++i) {
      json_.begin_object();
      integer("seed", found_.seed + i + 1);
      round(found_.replications[i]);
      json_.end_object();
    }
    json_.end_array();
    json_.key("paired_differences");
    json_.begin_array();
    for (const PairedDifference& pair : paired_differences(found_)) {
      json_.begin_object();
      string("candidate", found_.candidates[pair.candidate].name);
      string("against", found_.candidates[*found_.base.winner].name);
      string("of", pair.requirement ? std::string_view(found_.requirements[*pair.requirement].text)
                                    : "cost_usd");
      string("unit", unit_name(pair.unit));
      integer("seeds", pair.seeds);
      value("mean", pair.interval.mean, pair.unit);
      value("low", pair.interval.low, pair.unit);
      value("high", pair.interval.high, pair.unit);
      json_.end_object();
    }
    json_.end_array();
  }

  void round(const Round& round) {
    cheapest("cheapest", round.winner);
    json_.key("candidates");
    json_.begin_array();
    for (std::size_t i = 0; i < round.runs.size(); ++i) {
      json_.begin_object();
      string("name", found_.candidates[i].name);
      string("verdict", replay::to_string(round.runs[i].verdict));
      boolean("meets", round.runs[i].meets());
      usd("cost_usd", round.runs[i].cost);
      measured(round.runs[i]);
      json_.end_object();
    }
    json_.end_array();
  }

  report::JsonWriter json_;
  const Comparison& found_;
};

}  // namespace

void write_compare_json(const std::filesystem::path& path, const Comparison& comparison) {
  AtomicFile file(path);
  Document(file, comparison).write();
  file.commit();
}

}  // namespace skyreplay::sweep
