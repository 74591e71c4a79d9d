#include "sweep/compare_table.h"

#include <algorithm>

#include "core/text.h"
#include "sweep/assumptions.h"
#include "sweep/human_value.h"
#include "sweep/outcomes.h"
#include "sweep/replications.h"
#include "sweep/text_lines.h"

namespace skyreplay::sweep {
namespace {

using report::human_ms;
using report::human_share;
using report::human_usd;
using report::padded;
using report::printable;

constexpr std::size_t kNameWidth = 20;
constexpr std::size_t kMaxText = 400;

std::string plural(std::size_t n, std::string_view one) {
  return fmt::format("{} {}{}", grouped(n), one, n == 1 ? "" : "s");
}

/// A value or a note, and the candidates that have it.
struct Shared {
  std::string text;
  std::vector<std::size_t> holders;
};

void share_out(std::vector<Shared>& all, const std::string& text, std::size_t holder) {
  const auto found = std::ranges::find(all, text, &Shared::text);
  if (found == all.end()) {
    all.push_back({text, {holder}});
  } else if (found->holders.back() != holder) {
    found->holders.push_back(holder);
  }
}

class Table {
 public:
  explicit Table(const Comparison& comparison) : found_(comparison) {}

  std::string text() {
    title();
    answer();
    costs();
    requirements();
    latency();
    requests();
    capacity();
    work_share();
    replications();
    assumptions();
    notes();
    return out_.take();
  }

 private:
  std::size_t size() const { return found_.candidates.size(); }
  const RunFacts& run(std::size_t i) const { return found_.base.runs[i]; }
  std::string name(std::size_t i) const { return printable(found_.candidates[i].name, kNameWidth); }
  std::string name(std::optional<std::size_t> i) const { return i ? name(*i) : "none"; }
  /// The first column: a star before the cheapest.
  std::string first(std::size_t i) const {
    return padded((found_.base.winner == i ? "* " : "  ") + name(i), kNameWidth + 2);
  }

  void title();
  void answer();
  void costs();
  void requirements();
  void latency();
  void requests();
  void capacity();
  void work_share();
  void say_changes();
  void replications();
  void assumptions();
  void notes();
  void shared(const std::vector<Shared>& all, std::string_view head);

  const Comparison& found_;
  TextLines out_;
};

void Table::title() {
  out_.paragraph(fmt::format("{} on one trace: {} over {} from {}, seed {}",
                             plural(size(), "candidate"), plural(found_.trace.rows, "request"),
                             report::human_span(found_.trace.end - found_.trace.start),
                             to_rfc3339(found_.trace.start), found_.seed),
                 "", 0);
}

void Table::answer() {
  const bool required = !found_.requirements.empty();
  const std::string asked = required ? "meets the requirements" : "is stable (no --require given)";
  if (!found_.base.winner) {
    out_.paragraph(fmt::format("No candidate {}.", asked), "", 0);
  } else {
    const std::size_t winner = *found_.base.winner;
    out_.paragraph(fmt::format("Cheapest that {}: {}, {} USD for this trace", asked, name(winner),
                               human_usd(run(winner).cost)),
                   "", 0);
  }
  if (found_.base.winner && found_.monthly_winner && found_.monthly_winner != found_.base.winner) {
    out_.paragraph(fmt::format("By the month, with free tier and price tiers, {} is the cheapest.",
                               name(*found_.monthly_winner)),
                   "", 0);
  }
}

void Table::costs() {
  pricing::NanoUsd trace = 0;
  pricing::NanoUsd month = 0;
  pricing::NanoUsd million = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    trace = std::max(trace, run(i).cost);
    month = std::max(month, run(i).monthly.value_or(0));
    million = std::max(million, run(i).cost_per_million().value_or(0));
  }
  out_.line("\n{:<22}{:>12}{:>7}{:>15}{:>15}{:>15}{:>13}", "Cost, USD", "verdict", "meets",
            "this trace", "730 h like it", "per million", "to cheapest");
  for (std::size_t i = 0; i < size(); ++i) {
    const auto per_million = run(i).cost_per_million();
    std::string relative;
    if (found_.base.winner && found_.base.winner != i && run(*found_.base.winner).cost > 0) {
      const auto best = static_cast<double>(run(*found_.base.winner).cost);
      relative = fmt::format("{:+.1f} %", 100 * (static_cast<double>(run(i).cost) / best - 1));
    }
    out_.line("{}{:>12}{:>7}{:>15}{:>15}{:>15}{:>13}", first(i), replay::to_string(run(i).verdict),
              run(i).meets() ? "yes" : "no", human_usd(run(i).cost, trace),
              run(i).monthly ? human_usd(*run(i).monthly, month) : "unknown",
              per_million ? human_usd(*per_million, million) : "", relative);
  }
  for (std::size_t i = 0; i < size(); ++i) {
    if (run(i).verdict == replay::Verdict::kStable) continue;
    out_.paragraph(fmt::format("{} is {}: {}", name(i), replay::to_string(run(i).verdict),
                               printable(run(i).verdict_reason, kMaxText)),
                   "  ", 4);
  }
}

void Table::requirements() {
  if (found_.requirements.empty()) return;
  out_.line("\n{}", "Requirements");
  for (std::size_t r = 0; r < found_.requirements.size(); ++r) {
    const check::Requirement& requirement = found_.requirements[r];
    out_.paragraph(printable(requirement.text, kMaxText), fmt::format("  {}.", r + 1), 5);
    for (std::size_t i = 0; i < size(); ++i) {
      const check::Measurement& measured = run(i).measured[r];
      out_.line("     {}{:>20}   {}", padded(name(i), kNameWidth),
                measured.known ? human_value(measured.value, requirement.unit) : "no such request",
                measured.holds ? "holds" : "FAILS");
    }
  }
}

void Table::latency() {
  out_.line("\n{:<22}{:^36}{:^36}", "Completed requests, ms", "latency", "overhead");
  out_.line("{:<22}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}", "", "p50", "p90", "p99", "p99.9",
            "p50", "p90", "p99", "p99.9");
  for (std::size_t i = 0; i < size(); ++i) {
    const auto& l = run(i).latency;
    const auto& o = run(i).overhead;
    if (!l || !o) {
      out_.line("{}{:>9}", first(i), "none");
      continue;
    }
    out_.line("{}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}", first(i), human_ms(l->p50),
              human_ms(l->p90), human_ms(l->p99), human_ms(l->p99_9), human_ms(o->p50),
              human_ms(o->p90), human_ms(o->p99), human_ms(o->p99_9));
  }
  out_.line("  overhead is latency beyond a request's own work and wait");
}

void Table::requests() {
  std::string heading = "\n" + padded("Requests", kNameWidth + 2);
  for (const OutcomeLabel& label : kOutcomeLabels) {
    heading += fmt::format("{:>{}}", label.heading, label.width);
  }
  out_.line("{}{:>11}", heading, "in flight");
  for (std::size_t i = 0; i < size(); ++i) {
    std::string row = first(i);
    for (std::size_t k = 0; k < kOutcomeLabels.size(); ++k) {
      row += fmt::format("{:>{}}", grouped(run(i).counters.outcomes[k]), kOutcomeLabels[k].width);
    }
    out_.line("{}{:>11}", row, grouped(run(i).in_flight_at_end));
  }
  out_.paragraph(
      "gave up: by the client's timeout; cut off: by the service's own; by call: a service that "
      "was "
      "called failed; in flight: at the end",
      "  ", 2);
}

void Table::capacity() {
  out_.line("\n{:<22}{:>14}{:>14}   {}", "Capacity", "cold starts", "of attempts",
            "largest of one service");
  for (std::size_t i = 0; i < size(); ++i) {
    const RunFacts& facts = run(i);
    std::string peak;
    if (facts.peak) {
      std::string unit = printable(facts.peak->unit, kNameWidth);
      if (facts.peak->count == 1 && unit.ends_with('s')) unit.pop_back();
      peak = fmt::format("{} {}", grouped(facts.peak->count), unit);
      if (facts.services_with_capacity > 1) {
        peak += fmt::format(" ({})", printable(facts.peak->service, kNameWidth));
      }
    }
    out_.line("{}{:>14}{:>14}   {}", first(i),
              facts.cold_starts ? grouped(*facts.cold_starts) : "-",
              facts.cold_starts ? human_share(*facts.cold_starts, facts.cold_attempts) : "", peak);
  }
}

void Table::work_share() {
  out_.blank();
  if (found_.trace.durations == trace::Durations::kWorkAndWait) {
    out_.paragraph(
        "measured: the trace has CPU work and waiting apart, so the answer does not hang on it",
        "Work share ", 11);
    return;
  }
  out_.paragraph(
      "ASSUMED: the trace has one duration for each request, of which this part is taken for CPU "
      "work and the rest for waiting",
      "Work share ", 11);
  out_.line("  {:<22}{:<24}{:>15}", "with work share", "the cheapest is", "USD");
  const auto row = [&](const std::string& share, const Round& round) {
    out_.line("  {:<22}{}{:>15}", share, padded(name(round.winner), 24),
              round.winner ? human_usd(round.runs[*round.winner].cost) : "");
  };
  bool base_shown = false;
  const auto show_base = [&] {
    if (base_shown) return;
    row(found_.work_share ? fmt::format("{} (as given)", *found_.work_share) : "as given",
        found_.base);
    base_shown = true;
  };
  if (!found_.work_share) show_base();
  for (std::size_t i = 0; i < found_.other_shares.size(); ++i) {
    if (found_.work_share && *found_.work_share < found_.other_shares[i]) show_base();
    row(fmt::format("{}", found_.other_shares[i]), found_.at_other_shares[i]);
  }
  show_base();
  say_changes();
}

void Table::say_changes() {
  std::string said;
  if (found_.work_share) {
    for (const Change& change : changes(points_of(found_))) {
      said += fmt::format("{} between {} and {}: from {} to {}", said.empty() ? "" : ";",
                          change.from.share, change.to.share, name(change.from.winner),
                          name(change.to.winner));
    }
  } else {
    for (std::size_t i = 0; i < found_.other_shares.size(); ++i) {
      const std::optional<std::size_t> winner = found_.at_other_shares[i].winner;
      if (winner == found_.base.winner) continue;
      said += fmt::format("{} at {}: {} instead of {}", said.empty() ? "" : ";",
                          found_.other_shares[i], name(winner), name(found_.base.winner));
    }
  }
  out_.paragraph(
      said.empty() ? "The answer is the same at each of them." : "The answer CHANGES" + said + ".",
      "  ", 2);
}

void Table::replications() {
  if (found_.replications.empty()) return;
  const std::size_t seeds = found_.replications.size() + 1;
  out_.line("\n{}", fmt::format("Replications: seeds {} to {}", found_.seed,
                                found_.seed + found_.replications.size()));
  out_.line("{:<22}{:>14}{:>14}", "", "meets in", "cheapest in");
  for (std::size_t i = 0; i < size(); ++i) {
    std::size_t meets = run(i).meets() ? 1 : 0;
    std::size_t wins = found_.base.winner == i ? 1 : 0;
    for (const Round& round : found_.replications) {
      meets += round.runs[i].meets() ? 1 : 0;
      wins += round.winner == i ? 1 : 0;
    }
    out_.line("{}{:>14}{:>14}", first(i), fmt::format("{} of {}", meets, seeds),
              fmt::format("{} of {}", wins, seeds));
  }
  const std::vector<PairedDifference> pairs = paired_differences(found_);
  if (pairs.empty()) return;
  out_.line("\nDifference to {}, seed by seed", name(found_.base.winner));
  out_.line("{:<22}{:<30}{:>16}{:>16}{:>16}", "", "of", "mean", "95 % from", "to");
  for (const PairedDifference& pair : pairs) {
    const std::string of = pair.requirement ? fmt::format("requirement {}", *pair.requirement + 1)
                                            : "cost, this trace";
    out_.line("{}{}{:>16}{:>16}{:>16}", first(pair.candidate), padded(of, 30),
              human_difference(pair.interval.mean, pair.unit),
              human_difference(pair.interval.low, pair.unit),
              human_difference(pair.interval.high, pair.unit));
  }
  out_.paragraph(
      "Intervals are Student's t over the seeds. The trace is the same in all: they hold what the "
      "models draw, not how traffic differs from day to day.",
      "  ", 2);
}

void Table::assumptions() {
  std::vector<Shared> all;
  for (std::size_t i = 0; i < size(); ++i) {
    for (const Assumption& a : assumptions_of(found_.candidates[i].scenario)) {
      share_out(all, fmt::format("{} = {}{}", a.path, a.value, a.is_default ? " (default)" : ""),
                i);
    }
  }
  out_.line("\nAssumptions: values that nobody publishes; --set PATH=VALUE tries another");
  shared(all, "  ");
}

void Table::notes() {
  std::vector<Shared> all;
  for (std::size_t i = 0; i < size(); ++i) {
    for (const std::string& note : run(i).notes) share_out(all, note, i);
  }
  if (all.empty()) return;
  out_.line("\nNotes");
  shared(all, "  - ");
}

void Table::shared(const std::vector<Shared>& all, std::string_view head) {
  for (const Shared& one : all) {
    std::string names;
    for (const std::size_t i : one.holders) names += (names.empty() ? "" : ", ") + name(i);
    const bool everyone = one.holders.size() == size();
    out_.paragraph(printable(one.text, kMaxText) + (everyone ? "" : " [" + names + "]"), head,
                   head.size());
  }
}

}  // namespace

std::string compare_table(const Comparison& comparison) { return Table(comparison).text(); }

}  // namespace skyreplay::sweep
