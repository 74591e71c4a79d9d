#include "sweep/store_schema.h"

namespace skyreplay::sweep {
namespace {

using Number = std::optional<std::int64_t>;

Number count(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t uncount(const Number& value) { return static_cast<std::uint64_t>(value.value_or(0)); }

template <metrics::Outcome kWhich>
constexpr RunColumn outcome(std::string_view name) {
  constexpr auto kIndex = static_cast<std::size_t>(kWhich);
  return {
      name, [](const RunFacts& run) { return count(run.counters.outcomes[kIndex]); },
      [](RunFacts& run, const Number& value) { run.counters.outcomes[kIndex] = uncount(value); }};
}

template <std::optional<replay::Percentiles> RunFacts::* kOf,
          std::int64_t replay::Percentiles::* kP>
constexpr RunColumn percentile(std::string_view name) {
  return {name,
          [](const RunFacts& run) -> Number {
            return run.*kOf ? Number((*(run.*kOf)).*kP) : std::nullopt;
          },
          [](RunFacts& run, const Number& value) {
            if (!value) return;
            if (!(run.*kOf)) (run.*kOf).emplace();
            (*(run.*kOf)).*kP = *value;
          }};
}

using metrics::Outcome;
using replay::Percentiles;

constexpr RunColumn kColumns[] = {
    {"cost_nano_usd", [](const RunFacts& run) -> Number { return run.cost; },
     [](RunFacts& run, const Number& value) { run.cost = value.value_or(0); }},
    {"monthly_nano_usd", [](const RunFacts& run) -> Number { return run.monthly; },
     [](RunFacts& run, const Number& value) { run.monthly = value; }},
    {"billed_arrivals", [](const RunFacts& run) { return count(run.billed_arrivals); },
     [](RunFacts& run, const Number& value) { run.billed_arrivals = uncount(value); }},
    {"arrivals", [](const RunFacts& run) { return count(run.counters.arrivals); },
     [](RunFacts& run, const Number& value) { run.counters.arrivals = uncount(value); }},
    outcome<Outcome::kCompleted>("completed"),
    outcome<Outcome::kError>("errors"),
    outcome<Outcome::kThrottle>("throttles"),
    outcome<Outcome::kClientTimeout>("client_timeouts"),
    outcome<Outcome::kServerTimeout>("server_timeouts"),
    outcome<Outcome::kRefused>("refused"),
    outcome<Outcome::kDependency>("dependency_errors"),
    {"in_flight_at_end", [](const RunFacts& run) { return count(run.in_flight_at_end); },
     [](RunFacts& run, const Number& value) { run.in_flight_at_end = uncount(value); }},
    percentile<&RunFacts::latency, &Percentiles::p50>("latency_p50_ns"),
    percentile<&RunFacts::latency, &Percentiles::p90>("latency_p90_ns"),
    percentile<&RunFacts::latency, &Percentiles::p99>("latency_p99_ns"),
    percentile<&RunFacts::latency, &Percentiles::p99_9>("latency_p99_9_ns"),
    percentile<&RunFacts::overhead, &Percentiles::p50>("overhead_p50_ns"),
    percentile<&RunFacts::overhead, &Percentiles::p90>("overhead_p90_ns"),
    percentile<&RunFacts::overhead, &Percentiles::p99>("overhead_p99_ns"),
    percentile<&RunFacts::overhead, &Percentiles::p99_9>("overhead_p99_9_ns"),
    {"cold_starts",
     [](const RunFacts& run) { return run.cold_starts ? count(*run.cold_starts) : std::nullopt; },
     [](RunFacts& run, const Number& value) {
       if (value) run.cold_starts = uncount(value);
     }},
    {"cold_attempts", [](const RunFacts& run) { return count(run.cold_attempts); },
     [](RunFacts& run, const Number& value) { run.cold_attempts = uncount(value); }},
    {"peak_capacity",
     [](const RunFacts& run) { return run.peak ? count(run.peak->count) : std::nullopt; },
     [](RunFacts& run, const Number& value) {
       if (value) run.peak = Peak{uncount(value), "", ""};
     }},
};

}  // namespace

const char* const kTables = R"(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE plan (ordinal INTEGER PRIMARY KEY, cell TEXT NOT NULL, variant TEXT NOT NULL);
CREATE TABLE parameters (ordinal INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY (ordinal, position)) WITHOUT ROWID;
CREATE TABLE constraints (position INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE runs (cell TEXT NOT NULL, replication INTEGER NOT NULL, result_digest TEXT NOT NULL,
  platforms TEXT NOT NULL, verdict TEXT NOT NULL, cost_nano_usd INTEGER NOT NULL,
  monthly_nano_usd INTEGER, billed_arrivals INTEGER NOT NULL, arrivals INTEGER NOT NULL,
  completed INTEGER NOT NULL, errors INTEGER NOT NULL, throttles INTEGER NOT NULL,
  client_timeouts INTEGER NOT NULL, server_timeouts INTEGER NOT NULL, refused INTEGER NOT NULL,
  dependency_errors INTEGER NOT NULL, in_flight_at_end INTEGER NOT NULL,
  latency_p50_ns INTEGER, latency_p90_ns INTEGER, latency_p99_ns INTEGER, latency_p99_9_ns INTEGER,
  overhead_p50_ns INTEGER, overhead_p90_ns INTEGER, overhead_p99_ns INTEGER,
  overhead_p99_9_ns INTEGER, cold_starts INTEGER, cold_attempts INTEGER NOT NULL,
  peak_capacity INTEGER, peak_unit TEXT, peak_service TEXT,
  PRIMARY KEY (cell, replication)) WITHOUT ROWID;
CREATE TABLE measurements (cell TEXT NOT NULL, replication INTEGER NOT NULL,
  quantity TEXT NOT NULL, value INTEGER, PRIMARY KEY (cell, replication, quantity)) WITHOUT ROWID;
CREATE TABLE timings (cell TEXT PRIMARY KEY, finished_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL) WITHOUT ROWID;
)";

std::span<const RunColumn> run_columns() { return kColumns; }

}  // namespace skyreplay::sweep
