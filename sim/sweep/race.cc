#include "sweep/race.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace skyreplay::sweep {
namespace {

/// How much of the budget each of the two samples may take.
constexpr double kSamplePart = 0.25;
/// Of the candidates of one sample, those that meet the next.
constexpr double kPromising = 0.2;
/// Estimates that strain no more than this may be feasible.
constexpr double kNearlyFeasible = 1.02;
/// Before anything of a group was replayed in full, samples are believed less.
constexpr double kPerhapsFeasible = 1.15;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What is known of a candidate.
struct Known {
  std::optional<Trial> brief;   ///< on the short sample
  std::optional<Trial> longer;  ///< on the longer one
  std::optional<Trial> whole;
};

/// What longer replays of a group came to against its shorter ones.
struct Correction {
  double log_objective = 0;
  double log_strain = 0;
  std::size_t count = 0;

  void add(const Trial& sampled, const Trial& whole) {
    const auto log_ratio = [](double to, double from) {
      return to > 0 && from > 0 && std::isfinite(to) && std::isfinite(from) ? std::log(to / from)
                                                                            : 0;
    };
    log_objective += log_ratio(whole.objective, sampled.objective);
    log_strain += log_ratio(whole.strain, sampled.strain);
    ++count;
  }
  double objective() const {
    return count == 0 ? 1 : std::exp(log_objective / static_cast<double>(count));
  }
  double strain() const {
    return count == 0 ? 1 : std::exp(log_strain / static_cast<double>(count));
  }
};

class Race {
 public:
  Race(const RaceField& field, const Replay& replay)
      : field_(field), replay_(replay), known_(field.group_of.size()) {}

  RaceResult run() {
    const auto n = static_cast<double>(known_.size());
    const double share = std::min(1.0, field_.budget * kSamplePart);
    std::vector<std::size_t> all(known_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (share * n * static_cast<double>(field_.whole_requests) >= 1) {
      sample(all, share, &Known::brief);
      const double longer = share / kPromising;
      if (longer < 1) sample(promising(), longer, &Known::longer);
      compare_samples();
    }
    lead();
    pursue();
    result_.open = open();
    return std::move(result_);
  }

 private:
  std::size_t group(std::size_t candidate) const { return field_.group_of[candidate]; }
  double allowed() const {
    return field_.budget * static_cast<double>(known_.size()) *
           static_cast<double>(field_.whole_requests);
  }
  bool can_afford_whole() const {
    return static_cast<double>(result_.requests + field_.whole_requests) <= allowed();
  }

  void step(const std::vector<std::size_t>& candidates, double share) {
    if (candidates.empty()) return;
    std::vector<Trial> trials = replay_(candidates, share);
    for (const Trial& trial : trials) result_.requests += trial.requests;
    result_.steps.push_back({share, candidates, std::move(trials)});
  }

  void sample(const std::vector<std::size_t>& candidates, double share,
              std::optional<Trial> Known::* which) {
    step(candidates, share);
    const RaceStep& last = result_.steps.back();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      known_[candidates[i]].*which = last.trials[i];
    }
  }

  void compare_samples() {
    for (std::size_t c = 0; c < known_.size(); ++c) {
      const Known& known = known_[c];
      if (known.brief && known.longer) to_longer_[group(c)].add(*known.brief, *known.longer);
    }
  }

  /// What the longer sample came to, or would: the short one's, corrected.
  std::optional<Trial> sampled(std::size_t candidate) const {
    const Known& known = known_[candidate];
    if (known.longer || !known.brief) return known.longer;
    const Correction by = of(to_longer_, candidate);
    Trial trial = *known.brief;
    trial.objective *= by.objective();
    trial.strain *= by.strain();
    return trial;
  }

  void whole(std::size_t candidate) {
    step({candidate}, 1);
    const Trial trial = result_.steps.back().trials.front();
    Known& known = known_[candidate];
    known.whole = trial;
    if (const auto sample = sampled(candidate)) to_whole_[group(candidate)].add(*sample, trial);
    if (!trial.is_feasible || !(trial.objective < best_objective_)) return;
    best_objective_ = trial.objective;
    result_.best = candidate;
  }

  double objective(std::size_t candidate) const {
    const Known& known = known_[candidate];
    if (known.whole) return known.whole->objective;
    const std::optional<Trial> sample = sampled(candidate);
    return sample ? sample->objective * of(to_whole_, candidate).objective() : kInfinity;
  }
  double strain(std::size_t candidate) const {
    const Known& known = known_[candidate];
    if (known.whole) return known.whole->strain;
    const std::optional<Trial> sample = sampled(candidate);
    return sample ? sample->strain * of(to_whole_, candidate).strain() : kInfinity;
  }
  Correction of(const std::map<std::size_t, Correction>& corrections, std::size_t candidate) const {
    const auto found = corrections.find(group(candidate));
    return found == corrections.end() ? Correction{} : found->second;
  }

  /// Candidates of one group, the most promising first: what may be feasible by objective, then the
  /// rest by how far it is from feasible.
  std::vector<std::size_t> ranked(std::size_t wanted) const {
    std::vector<std::size_t> candidates;
    for (std::size_t c = 0; c < known_.size(); ++c) {
      if (group(c) == wanted) candidates.push_back(c);
    }
    std::ranges::stable_sort(candidates, [&](std::size_t a, std::size_t b) {
      const bool may_a = strain(a) <= kPerhapsFeasible;
      const bool may_b = strain(b) <= kPerhapsFeasible;
      if (may_a != may_b) return may_a;
      return may_a ? objective(a) < objective(b) : strain(a) < strain(b);
    });
    return candidates;
  }

  std::vector<std::size_t> groups() const {
    std::vector<std::size_t> all = field_.group_of;
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  /// A share of each group, one at least.
  std::vector<std::size_t> promising() const {
    std::vector<std::size_t> chosen;
    for (const std::size_t one : groups()) {
      const std::vector<std::size_t> order = ranked(one);
      const auto keep = static_cast<std::size_t>(
          std::max(1.0, std::floor(kPromising * static_cast<double>(order.size()))));
      chosen.insert(chosen.end(), order.begin(),
                    order.begin() + static_cast<std::ptrdiff_t>(std::min(keep, order.size())));
    }
    std::ranges::sort(chosen);
    return chosen;
  }

  /// Of each group the cheapest that its samples hold for feasible, so that groups can be compared.
  void lead() {
    for (const std::size_t one : groups()) {
      const std::vector<std::size_t> order = ranked(one);
      const auto first = std::ranges::find_if(
          order, [&](std::size_t c) { return strain(c) <= 1 && std::isfinite(objective(c)); });
      whole(first == order.end() ? order.front() : *first);
    }
  }

  /// The candidate to replay in full next.
  std::optional<std::size_t> next() const {
    std::optional<std::size_t> cheapest;
    std::optional<std::size_t> doubtful;
    std::optional<std::size_t> nearest;
    for (std::size_t c = 0; c < known_.size(); ++c) {
      if (known_[c].whole) continue;
      const bool may_be = strain(c) <= kNearlyFeasible && objective(c) < best_objective_;
      if (may_be && (!cheapest || objective(c) < objective(*cheapest))) cheapest = c;
      const bool is_doubt = strain(c) <= kPerhapsFeasible && objective(c) < best_objective_;
      if (is_doubt && (!doubtful || strain(c) < strain(*doubtful))) doubtful = c;
      if (!nearest || strain(c) < strain(*nearest)) nearest = c;
    }
    if (cheapest) return cheapest;
    // What is left of the budget goes to what is most in doubt.
    if (doubtful) return doubtful;
    return result_.best ? std::nullopt : nearest;
  }

  void pursue() {
    for (auto candidate = next(); candidate && can_afford_whole(); candidate = next()) {
      whole(*candidate);
    }
  }

  std::vector<std::size_t> open() const {
    std::vector<std::size_t> left;
    for (std::size_t c = 0; c < known_.size(); ++c) {
      const bool is_near = strain(c) <= kPerhapsFeasible && objective(c) < best_objective_;
      if (!known_[c].whole && is_near) left.push_back(c);
    }
    std::ranges::stable_sort(left, {}, [&](std::size_t c) { return strain(c); });
    return left;
  }

  const RaceField& field_;
  const Replay& replay_;
  std::vector<Known> known_;
  std::map<std::size_t, Correction> to_longer_;  ///< from the short sample, by group
  std::map<std::size_t, Correction> to_whole_;   ///< from the longer one
  double best_objective_ = kInfinity;
  RaceResult result_;
};

}  // namespace

RaceResult race(const RaceField& field, const Replay& replay) { return Race(field, replay).run(); }

}  // namespace skyreplay::sweep
