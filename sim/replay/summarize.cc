#include "replay/summarize.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "core/check.h"
#include "core/text.h"
#include "pricing/monthly.h"

namespace skyreplay::replay {
namespace {

Conservation conservation_of(const Finished& run) {
  Conservation conservation;
  conservation.trace_requests = run.trace.rows;
  conservation.arrivals = run.clients.arrivals();
  conservation.warm_up_arrivals = run.clients.warm_up_arrivals();
  conservation.outcomes = run.clients.ended();
  conservation.in_flight_at_end = run.clients.in_flight();
  SKY_CHECK(conservation.holds());
  return conservation;
}

/// What no model of its own delivers is replayed as a synchronous call.
void note_kinds(const Finished& run, std::vector<std::string>& notes) {
  std::map<trace::InvocationKind, std::uint64_t> calls;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < run.trace.routes.size(); ++i) {
    const trace::InvocationKind kind = run.wiring.kinds[i];
    const proto::Service& service = *run.wiring.services[run.wiring.route_to_service[i]].config;
    if (kind == trace::InvocationKind::kSync) continue;
    if (scenario::delivery_of(service, kind) != scenario::Delivery::kDirect) continue;
    calls[kind] += run.trace.routes[i].rows;
    sum += run.trace.routes[i].rows;
  }
  if (sum == 0) return;
  std::string list;
  for (const auto& [kind, count] : calls) {
    if (count == 0) continue;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", to_string(kind), grouped(count));
  }
  notes.push_back(
      fmt::format("{} calls are replayed as synchronous ones ({})", grouped(sum), list));
}

void note_assumptions(const Finished& run, std::vector<std::string>& notes) {
  if (run.trace.durations == trace::Durations::kOneDuration) {
    notes.push_back(fmt::format(
        "ASSUMED: {} of each recorded duration is CPU work, the rest waiting (workload.work_share)",
        run.scenario.workload().work_share()));
  }
  for (const trace::ProvenanceStep& step : run.trace.provenance) {
    for (const std::string& drawn : step.drawn) {
      notes.push_back(fmt::format("drawn, not measured, by {}: {}", step.tool, drawn));
    }
  }
}

/// By service, as far as there is an estimate.
using Monthly = std::vector<std::optional<pricing::NanoUsd>>;

Monthly add_costs(const Finished& run, Summary& summary) {
  std::vector<pricing::BilledService> billed;
  std::map<std::string, std::uint32_t> index;
  Monthly monthly(run.names.size());
  for (std::uint32_t i = 0; i < run.names.size(); ++i) {
    const pricing::Meters& meters = run.costs.meters(i);
    billed.push_back({run.names[i], &meters});
    index[run.names[i]] = i;
    summary.cost += run.costs.cost(i);
    for (std::uint32_t item = 0; item < meters.size(); ++item) {
      const pricing::Tariff& tariff = meters.tariff(item);
      summary.meters.push_back({run.names[i], tariff.line_item(), std::string(tariff.meter_unit()),
                                std::to_string(meters.units(item))});
    }
  }
  const pricing::MonthlyEstimate month = pricing::monthly_estimate(
      billed, run.trace.end - run.trace.start,
      run.scenario.account().free_tier() ? pricing::FreeTier::kTaken : pricing::FreeTier::kNone);
  summary.monthly_unavailable = month.unavailable;
  if (!month.unavailable.empty()) return monthly;
  summary.monthly = month.total;
  monthly.assign(run.names.size(), 0);
  for (const pricing::BillRow& row : month.rows) *monthly[index.at(row.service)] += row.amount;
  return monthly;
}

}  // namespace

void write_summary(const Finished& run, ResultWriter& writer) {
  Summary summary;
  summary.conservation = conservation_of(run);
  summary.overall = run.recorder.total_span();
  const Judgement judgement = judge(summary.overall.counters, run.costs.queue());
  summary.verdict = judgement.verdict;
  summary.verdict_reason = judgement.reason;
  note_kinds(run, summary.notes);
  note_assumptions(run, summary.notes);
  summary.notes.insert(summary.notes.end(), run.notes.begin(), run.notes.end());
  const Monthly monthly = add_costs(run, summary);
  writer.summary(
      summary,
      [&](std::uint32_t i) {
        return ServiceSummary{.requests = run.recorder.service_span(i),
                              .usage = run.costs.usage(i),
                              .cost = run.costs.cost(i),
                              .monthly = monthly[i]};
      },
      [&](std::uint32_t route) { return run.recorder.route_span(route); });
}

}  // namespace skyreplay::replay
