#include "sweep/answers.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

#include "sweep/traffic.h"

namespace skyreplay::sweep {
namespace {

/// The cell with the least objective among those that `may` be; of equals the first.
std::optional<std::size_t> least(const SweepOutcome& outcome,
                                 const std::function<bool(const CellOutcome&)>& may) {
  std::optional<std::size_t> best;
  for (const CellOutcome& cell : outcome.cells) {
    if (!cell.is_finished || !cell.objective || !may(cell)) continue;
    const bool is_less = !best || cell.objective->mean < outcome.cells[*best].objective->mean;
    if (is_less) best = cell.ordinal;
  }
  return best;
}

bool is_feasible(const CellOutcome& cell) { return cell.is_feasible; }

std::optional<Best> best_of(const SweepOutcome& outcome) {
  const std::optional<std::size_t> first = least(outcome, is_feasible);
  if (!first) return std::nullopt;
  Best best{.ordinal = *first, .next = std::nullopt, .ahead = std::nullopt};
  const std::string& digest = outcome.sweep.cells[*first].digest;
  best.next = least(outcome, [&](const CellOutcome& cell) {
    return cell.is_feasible && outcome.sweep.cells[cell.ordinal].digest != digest;
  });
  if (!best.next) return best;
  std::vector<std::int64_t> differences;
  for (std::size_t r = 0; r < outcome.sweep.replications; ++r) {
    const auto mine = outcome.cells[*first].objective_of(r, outcome.asks);
    const auto other = outcome.cells[*best.next].objective_of(r, outcome.asks);
    if (mine && other) differences.push_back(*other - *mine);
  }
  best.ahead = paired_interval(differences);
  return best;
}

/// The feasible cell with the least of a number; of equals the cheaper, then the first.
std::optional<std::size_t> feasible_with_least(
    const SweepOutcome& outcome, const std::function<double(const CellOutcome&)>& number) {
  std::optional<std::size_t> found;
  const auto key = [&](std::size_t ordinal) {
    const CellOutcome& cell = outcome.cells[ordinal];
    return std::pair(number(cell), cell.objective->mean);
  };
  for (const CellOutcome& cell : outcome.cells) {
    const bool counts = cell.is_finished && cell.is_feasible && cell.objective &&
                        cell.against(outcome.asks).has_value();
    if (counts && (!found || key(cell.ordinal) < key(*found))) found = cell.ordinal;
  }
  return found;
}

std::vector<std::size_t> front_of(const SweepOutcome& outcome) {
  std::vector<const CellOutcome*> cells;
  for (const CellOutcome& cell : outcome.cells) {
    const bool has_both = cell.is_finished && cell.is_stable && cell.objective &&
                          cell.against(outcome.asks).has_value();
    if (has_both) cells.push_back(&cell);
  }
  const auto against = [&](const CellOutcome* cell) { return cell->against(outcome.asks)->mean; };
  std::ranges::stable_sort(cells, [&](const CellOutcome* a, const CellOutcome* b) {
    if (a->objective->mean != b->objective->mean) return a->objective->mean < b->objective->mean;
    return against(a) < against(b);
  });
  std::vector<std::size_t> front;
  std::int64_t reached = std::numeric_limits<std::int64_t>::max();
  for (const CellOutcome* cell : cells) {
    if (against(cell) >= reached) continue;
    reached = against(cell);
    front.push_back(cell->ordinal);
  }
  return front;
}

/// Whether a cell satisfies everything but one constraint; `but` nothing: but stability.
bool satisfies_rest(const CellOutcome& cell, std::optional<std::size_t> but) {
  if (but && !cell.is_stable) return false;
  return std::ranges::all_of(cell.broken, [&](std::size_t c) { return but && c == *but; });
}

std::vector<Binding> bindings_of(const SweepOutcome& outcome, const std::optional<Best>& best) {
  std::vector<Binding> bindings;
  const auto add = [&](std::optional<std::size_t> constraint) {
    Binding binding{.constraint = constraint, .breaks = 0, .without = std::nullopt};
    for (const CellOutcome& cell : outcome.cells) {
      if (!cell.is_finished) continue;
      const bool breaks =
          constraint ? std::ranges::count(cell.broken, *constraint) > 0 : !cell.is_stable;
      binding.breaks += breaks ? 1 : 0;
    }
    const auto without =
        least(outcome, [&](const CellOutcome& cell) { return satisfies_rest(cell, constraint); });
    const bool is_better = without && (!best || outcome.cells[*without].objective->mean <
                                                    outcome.cells[best->ordinal].objective->mean);
    if (is_better) binding.without = without;
    bindings.push_back(binding);
  };
  for (std::size_t c = 0; c < outcome.asks.constraints.size(); ++c) add(c);
  add(std::nullopt);
  return bindings;
}

/// The best of each variant at one multiple of the traffic, by variant.
struct AtTraffic {
  double traffic = 0;
  std::map<std::string, std::size_t> best;
  std::optional<std::string> winner;
};

std::vector<AtTraffic> by_traffic(const SweepOutcome& outcome) {
  std::map<double, AtTraffic> at;
  for (const CellOutcome& cell : outcome.cells) {
    const std::optional<double> traffic =
        number_of(outcome.value(cell.ordinal, std::string(kTraffic)));
    if (!traffic || !cell.is_finished || !cell.is_feasible || !cell.objective) continue;
    AtTraffic& here = at[*traffic];
    here.traffic = *traffic;
    const std::string& variant = outcome.sweep.cells[cell.ordinal].variant;
    const auto [found, added] = here.best.try_emplace(variant, cell.ordinal);
    const auto mean = [&](std::size_t ordinal) { return outcome.cells[ordinal].objective->mean; };
    if (!added && mean(cell.ordinal) < mean(found->second)) found->second = cell.ordinal;
    if (!here.winner || mean(here.best[variant]) < mean(here.best[*here.winner])) {
      here.winner = variant;
    }
  }
  std::vector<AtTraffic> ascending;
  for (auto& [traffic, here] : at) ascending.push_back(std::move(here));
  return ascending;
}

std::vector<BreakEven> break_evens_of(const SweepOutcome& outcome) {
  const std::vector<AtTraffic> at = by_traffic(outcome);
  std::vector<BreakEven> found;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const AtTraffic& low = at[i - 1];
    const AtTraffic& high = at[i];
    if (low.winner == high.winner) continue;
    BreakEven even{.from = low.traffic,
                   .to = high.traffic,
                   .before = *low.winner,
                   .after = *high.winner,
                   .at = std::nullopt,
                   .requests_per_s = std::nullopt};
    const auto ahead = [&](const AtTraffic& here) {  // of `before`; nothing where one is missing
      const auto before = here.best.find(even.before);
      const auto after = here.best.find(even.after);
      if (before == here.best.end() || after == here.best.end()) return std::optional<double>();
      return std::optional(static_cast<double>(outcome.cells[after->second].objective->mean -
                                               outcome.cells[before->second].objective->mean));
    };
    const auto at_low = ahead(low);
    const auto at_high = ahead(high);
    if (at_low && at_high && *at_low > *at_high) {
      even.at = even.from + (even.to - even.from) * *at_low / (*at_low - *at_high);
      const RunFacts& run = outcome.cells[low.best.at(even.before)].runs.front();
      const double span_s = static_cast<double>(outcome.sweep.span_ns) * 1e-9;
      const double rate = static_cast<double>(run.billed_arrivals) / span_s / low.traffic;
      if (span_s > 0) even.requests_per_s = rate * *even.at;
    }
    found.push_back(std::move(even));
  }
  return found;
}

/// What effects are made of: the cells of one variant that have a response.
class VariantAnalysis {
 public:
  VariantAnalysis(const SweepOutcome& outcome, const std::string& variant)
      : outcome_(outcome), variant_(variant) {
    for (const CellOutcome& cell : outcome.cells) {
      const StoredCell& stored = outcome.sweep.cells[cell.ordinal];
      if (stored.variant != variant) continue;
      cells_.push_back(&cell);
      std::vector<std::string> row;
      for (const StoredValue& value : stored.values) row.push_back(value.value);
      if (rows_.empty()) {
        for (const StoredValue& value : stored.values) paths_.push_back(value.path);
      }
      rows_.push_back(std::move(row));
    }
  }

  bool has_parameters() const { return !paths_.empty(); }

  VariantEffects effects() const {
    VariantEffects found{.variant = variant_,
                         .objective = model([](const CellOutcome& c) { return c.objective; }),
                         .against = model([&](const CellOutcome& c) {
                           return c.is_finished ? c.against(outcome_.asks) : std::nullopt;
                         }),
                         .indices = {},
                         .no_indices = {}};
    add_indices(found);
    return found;
  }

 private:
  using ValueOf = std::function<std::optional<Estimate>(const CellOutcome&)>;

  LinearModel model(const ValueOf& value_of) const {
    std::vector<std::vector<std::string>> rows;
    std::vector<double> response;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const std::optional<Estimate> value = value_of(*cells_[i]);
      if (!value) continue;
      rows.push_back(rows_[i]);
      response.push_back(static_cast<double>(value->mean));
    }
    return fit(factors_of(paths_, rows), rows, response);
  }

  void add_indices(VariantEffects& found) const {
    std::vector<double> response;
    for (const CellOutcome* cell : cells_) {
      if (cell->objective) response.push_back(static_cast<double>(cell->objective->mean));
    }
    if (response.size() < cells_.size()) {
      found.no_indices = "some cells have no value of the objective";
    } else if (outcome_.sweep.indices > 0) {
      found.indices = radial_indices(paths_, response);
    } else if (outcome_.sweep.design == "grid") {
      found.indices = grid_indices(paths_, levels(), response);
    } else {
      found.no_indices = "needs a grid, or a sobol design with indices: true";
      return;
    }
    if (found.no_indices.empty() && found.indices.empty()) {
      found.no_indices = "the objective never changes";
    }
  }

  std::vector<std::size_t> levels() const {
    std::vector<std::size_t> counts;
    for (const Factor& factor : factors_of(paths_, rows_)) counts.push_back(factor.levels.size());
    return counts;
  }

  const SweepOutcome& outcome_;
  const std::string& variant_;
  std::vector<const CellOutcome*> cells_;
  std::vector<std::string> paths_;
  std::vector<std::vector<std::string>> rows_;
};

std::vector<VariantEffects> effects_of(const SweepOutcome& outcome) {
  std::vector<std::string> variants;
  for (const StoredCell& cell : outcome.sweep.cells) {
    if (std::ranges::find(variants, cell.variant) == variants.end()) {
      variants.push_back(cell.variant);
    }
  }
  std::vector<VariantEffects> effects;
  for (const std::string& variant : variants) {
    const VariantAnalysis analysis(outcome, variant);
    if (analysis.has_parameters()) effects.push_back(analysis.effects());
  }
  return effects;
}

}  // namespace

Answers answer(const SweepOutcome& outcome) {
  Answers answers;
  answers.best = best_of(outcome);
  const auto against = [&](const CellOutcome& cell) {
    return static_cast<double>(cell.against(outcome.asks)->mean);
  };
  answers.fastest = feasible_with_least(outcome, against);
  answers.balanced = feasible_with_least(outcome, [&](const CellOutcome& cell) {
    return against(cell) * static_cast<double>(cell.objective->mean);
  });
  answers.front = front_of(outcome);
  answers.bindings = bindings_of(outcome, answers.best);
  answers.break_evens = break_evens_of(outcome);
  answers.effects = effects_of(outcome);
  return answers;
}

}  // namespace skyreplay::sweep
