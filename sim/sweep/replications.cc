#include "sweep/replications.h"

namespace skyreplay::sweep {
namespace {

std::vector<const Round*> all_rounds(const Comparison& comparison) {
  std::vector<const Round*> rounds = {&comparison.base};
  for (const Round& round : comparison.replications) rounds.push_back(&round);
  return rounds;
}

std::optional<std::int64_t> value_of(const RunFacts& run, std::optional<std::size_t> requirement) {
  if (!requirement) return run.cost;
  const check::Measurement& measured = run.measured[*requirement];
  return measured.known ? std::optional(measured.value) : std::nullopt;
}

}  // namespace

std::vector<PairedDifference> paired_differences(const Comparison& comparison) {
  std::vector<PairedDifference> pairs;
  if (comparison.replications.empty() || !comparison.base.winner) return pairs;
  const std::size_t winner = *comparison.base.winner;
  const auto add = [&](std::size_t candidate, std::optional<std::size_t> requirement) {
    std::vector<std::int64_t> differences;
    for (const Round* round : all_rounds(comparison)) {
      const auto mine = value_of(round->runs[candidate], requirement);
      const auto best = value_of(round->runs[winner], requirement);
      if (mine && best) differences.push_back(*mine - *best);
    }
    const auto interval = paired_interval(differences);
    if (!interval) return;
    pairs.push_back(
        {.candidate = candidate,
         .requirement = requirement,
         .unit = requirement ? comparison.requirements[*requirement].unit : check::Unit::kUsd,
         .seeds = differences.size(),
         .interval = *interval});
  };
  for (std::size_t i = 0; i < comparison.candidates.size(); ++i) {
    if (i == winner) continue;
    add(i, std::nullopt);
    for (std::size_t r = 0; r < comparison.requirements.size(); ++r) add(i, r);
  }
  return pairs;
}

}  // namespace skyreplay::sweep
