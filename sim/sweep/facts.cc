#include "sweep/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "replay/result_reader.h"
#include "report/human.h"
#include "sweep/court.h"
#include "sweep/spans.h"

namespace skyreplay::sweep {
namespace {

constexpr std::size_t kMaxMessage = 600;

std::vector<std::string> platforms_of(const replay::ResultHeader& header) {
  std::set<std::string> platforms;
  for (const replay::ServiceHeader& service : header.services) platforms.insert(service.platform);
  return {platforms.begin(), platforms.end()};
}

/// Cold starts of the services that can have them, and the largest capacity of one service.
void add_services(const replay::ResultHeader& header, const replay::Summary& summary,
                  RunFacts& facts) {
  for (std::size_t i = 0; i < header.services.size(); ++i) {
    const replay::ServiceHeader& service = header.services[i];
    const metrics::Counters& counters = summary.services[i].requests.counters;
    if (service.has_cold_starts) {
      facts.cold_starts = facts.cold_starts.value_or(0) + counters.cold_starts;
      facts.cold_attempts += counters.attempts;
    }
    if (!service.has_capacity) continue;
    ++facts.services_with_capacity;
    const std::uint64_t peak = summary.services[i].usage.capacity_running_max;
    if (!facts.peak || peak > facts.peak->count) {
      facts.peak = {peak, service.capacity_unit, service.name};
    }
  }
}

/// A requirement with windows of its own needs the result's to fit into them.
void check_buckets(const check::Requirement& requirement, const replay::ResultHeader& header) {
  if (!requirement.each || *requirement.each % header.window == Duration{}) return;
  throw InputError(fmt::format("buckets of {} are no multiple of recorder.window, {}",
                               format_duration(*requirement.each), format_duration(header.window)));
}

/// Measures all requirements; reads the windows only where some requirement is of a part of the
/// run.
std::vector<check::Measurement> measure(replay::ResultReader& reader, const check::Span& span,
                                        std::span<const check::Requirement> requirements) {
  const replay::ResultHeader& header = reader.header();
  Court court([&](std::size_t i, const InputError& error) {
    // The names in it come from the trace.
    throw InputError(fmt::format("requirement '{}': {}", requirements[i].text,
                                 report::printable(error.what(), kMaxMessage)));
  });
  for (const check::Requirement& requirement : requirements) {
    court.add([&] {
      check_buckets(requirement, header);
      return check::judge_of(requirement, span, header.start, header.end);
    });
  }
  if (std::ranges::any_of(requirements, &check::Requirement::is_timed)) court.hear(reader);
  std::vector<check::Measurement> measured;
  for (const check::Judgement& judgement : court.finish()) {
    measured.push_back({judgement.known, judgement.worst, judgement.holds});
  }
  return measured;
}

}  // namespace

std::optional<pricing::NanoUsd> RunFacts::cost_per_million() const {
  if (billed_arrivals == 0) return std::nullopt;
  using Wide = __int128;
  const Wide n{billed_arrivals};
  return static_cast<pricing::NanoUsd>((Wide{cost} * 1'000'000 + n / 2) / n);
}

bool RunFacts::meets() const {
  return verdict == replay::Verdict::kStable &&
         std::ranges::all_of(measured, [](const auto& m) { return m.holds; });
}

RunFacts read_facts(const std::filesystem::path& result,
                    std::span<const check::Requirement> requirements) {
  replay::ResultReader reader(result);
  const replay::ResultHeader& header = reader.header();
  const replay::Summary summary = reader.summary();
  RunFacts facts;
  facts.digest = reader.digest();
  facts.platforms = platforms_of(header);
  facts.verdict = summary.verdict;
  facts.verdict_reason = summary.verdict_reason;
  facts.notes = summary.notes;
  facts.cost = summary.cost;
  facts.monthly = summary.monthly;
  facts.monthly_unavailable = summary.monthly_unavailable;
  facts.billed_arrivals = summary.conservation.arrivals;
  facts.counters = summary.overall.counters;
  facts.in_flight_at_end = summary.overall.in_flight_at_end;
  const std::int64_t max_ns = summary.overall.latency_max_ns;
  facts.latency = replay::percentiles(summary.overall.latency, max_ns);
  facts.overhead = replay::percentiles(summary.overall.overhead, max_ns);
  add_services(header, summary, facts);
  facts.measured = measure(reader, span_of(header, summary), requirements);
  return facts;
}

RunFacts replay_and_read(const RunTask& task, std::span<const check::Requirement> requirements,
                         const std::function<void(const replay::Progress&)>& progress) {
  const std::unique_ptr<trace::Source> source = task.trace.open();
  replay::RunSettings settings;
  settings.result = task.result;
  settings.provenance.version = task.version;
  settings.provenance.scenario = task.scenario.filename();
  settings.provenance.trace = task.trace.given().string();
  settings.progress = progress;
  replay::run(task.scenario, *source, settings);
  try {
    return read_facts(task.result, requirements);
  } catch (const InputError& error) {
    throw InputError(task.scenario.filename() + ": " + error.what());
  }
}

}  // namespace skyreplay::sweep
