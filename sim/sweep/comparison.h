#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/requirement.h"
#include "scenario/scenario.h"
#include "sweep/decide.h"
#include "sweep/facts.h"
#include "trace/format.h"

namespace skyreplay::sweep {

struct Candidate {
  std::string name;    ///< the scenario's; its file where two scenarios have one name
  std::string folder;  ///< below the output folder
  scenario::Scenario scenario;
};

/// All candidates under one other assumption or seed, in the candidates' order.
struct Round {
  std::vector<RunFacts> runs;
  std::optional<std::size_t> winner;
};

/// Everything that compare found out; the table and the JSON are rendered from it.
struct Comparison {
  std::vector<Candidate> candidates;
  std::vector<check::Requirement> requirements;
  trace::TraceInfo trace;
  std::uint64_t seed = 0;

  Round base;  ///< as the scenarios say
  /// The work share of all candidates, where they agree.
  std::optional<double> work_share;
  /// Other shares, ascending; none where the trace has work and wait apart.
  std::vector<double> other_shares;
  std::vector<Round> at_other_shares;
  /// Seeds seed + 1 and on.
  std::vector<Round> replications;
  /// Who would be the cheapest by the month, free tier and tiers applied.
  std::optional<std::size_t> monthly_winner;
};

/// Decides a round whose runs are filled in.
void decide(const std::vector<Candidate>& candidates, Round& round);

/// By month; nothing where a candidate that meets the requirements has no monthly estimate.
std::optional<std::size_t> cheapest_by_month(const std::vector<Candidate>& candidates,
                                             const Round& round);

/// The base and the other shares in ascending order; REQUIRES one work share of all candidates.
std::vector<AtShare> points_of(const Comparison& comparison);

}  // namespace skyreplay::sweep
