#include "sweep/answers_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "report/human.h"
#include "sweep/human_value.h"
#include "sweep/results.h"
#include "sweep/traffic.h"

namespace skyreplay::sweep {
namespace {

using report::printable;

constexpr std::size_t kMaxText = 400;
constexpr std::size_t kNameWidth = 52;
constexpr std::size_t kEffectWidth = 44;
constexpr std::size_t kMaxFront = 20;
constexpr std::size_t kMaxEffects = 8;

class Text {
 public:
  Text(const SweepOutcome& outcome, const Answers& answers, TextLines& out)
      : found_(outcome), answers_(answers), out_(out) {}

  void print() {
    best();
    other("Least of " + found_.sweep.against, answers_.fastest);
    other("Balanced", answers_.balanced);
    bindings();
    break_evens();
    front();
    for (const VariantEffects& effects : answers_.effects) this->effects(effects);
  }

 private:
  const CellOutcome& cell(std::size_t ordinal) const { return found_.cells[ordinal]; }

  std::string objective(std::size_t ordinal) const {
    return human_value(cell(ordinal).objective->mean, found_.asks.objective.unit());
  }

  /// "cell 12: instance_type m7i.large, desired_capacity 3"
  std::string named(std::size_t ordinal) const {
    const StoredCell& stored = found_.sweep.cells[ordinal];
    std::vector<std::string> paths;
    for (const StoredValue& value : stored.values) paths.push_back(value.path);
    const std::vector<std::string> names = short_names(paths);
    std::string text = fmt::format("cell {}", ordinal);
    if (has_variants()) text += fmt::format(" of {}", stored.variant);
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += fmt::format("{} {} {}", i == 0 ? ":" : ",", names[i], stored.values[i].value);
    }
    return printable(text, kMaxText);
  }

  bool has_variants() const {
    return std::ranges::any_of(found_.sweep.cells, [&](const StoredCell& stored) {
      return stored.variant != found_.sweep.cells.front().variant;
    });
  }

  void best() {
    if (!answers_.best) {
      out_.paragraph("Best: none, no finished cell is feasible", "", 0);
      return;
    }
    const Best& best = *answers_.best;
    out_.paragraph(fmt::format("{}, {}", objective(best.ordinal), named(best.ordinal)), "Best:", 6);
    if (!best.next) return;
    std::string text = fmt::format("next is {}, {}", objective(*best.next), named(*best.next));
    if (best.ahead) {
      const check::Unit unit = found_.asks.objective.unit();
      text += fmt::format("; over the seeds it is {} behind ({} to {} with 95 %), {}",
                          human_value(best.ahead->mean, unit), human_value(best.ahead->low, unit),
                          human_value(best.ahead->high, unit),
                          best.ahead->low > 0 ? "which is no accident" : "which may be luck");
    }
    out_.paragraph(text, "", 6);
  }

  void other(const std::string& name, const std::optional<std::size_t>& ordinal) {
    if (!ordinal) return;
    out_.paragraph(fmt::format("{}: {} at {}, {}", printable(name, kNameWidth),
                               human_value(cell(*ordinal).against(found_.asks)->mean,
                                           found_.asks.against.unit),
                               objective(*ordinal), named(*ordinal)),
                   "", 0);
  }

  void bindings() {
    out_.line("\nConstraints");
    for (const Binding& binding : answers_.bindings) {
      const std::string name =
          binding.constraint ? found_.sweep.constraints[*binding.constraint] : "to be stable";
      std::string text = fmt::format("{}: {} break{} it", printable(name, kMaxText),
                                     grouped(binding.breaks), binding.breaks == 1 ? "s" : "");
      if (binding.without) {
        text += fmt::format("; it BINDS: without it {} would do, {}", objective(*binding.without),
                            named(*binding.without));
      }
      out_.paragraph(text, "  -", 4);
    }
  }

  void break_evens() {
    if (!std::ranges::count(found_.parameters(), std::string(kTraffic))) return;
    out_.line("\nTraffic: where another becomes the best");
    if (answers_.break_evens.empty()) out_.line("  nowhere between the multiples replayed");
    for (const BreakEven& even : answers_.break_evens) {
      std::string text = fmt::format("from {} to {} between {:g} and {:g} times the traffic",
                                     printable(even.before, kNameWidth),
                                     printable(even.after, kNameWidth), even.from, even.to);
      if (even.at) text += fmt::format(", at about {:.3g}", *even.at);
      if (even.requests_per_s) text += fmt::format(" ({:.3g} requests/s)", *even.requests_per_s);
      out_.paragraph(text, "  -", 4);
    }
  }

  void front() {
    out_.line("\nPareto front: {} against {}", printable(found_.sweep.minimize, kNameWidth),
              printable(found_.sweep.against, kNameWidth));
    for (std::size_t i = 0; i < std::min(answers_.front.size(), kMaxFront); ++i) {
      const std::size_t ordinal = answers_.front[i];
      const std::string value =
          human_value(cell(ordinal).against(found_.asks)->mean, found_.asks.against.unit);
      out_.paragraph(fmt::format("{}  {}  {}{}", objective(ordinal), value, named(ordinal),
                                 cell(ordinal).is_feasible ? "" : " (not feasible)"),
                     "  -", 4);
    }
    if (answers_.front.size() > kMaxFront) {
      out_.line("  and {} more in --format json", answers_.front.size() - kMaxFront);
    }
  }

  static std::string number(double value, check::Unit unit) {
    return human_value(std::llround(value), unit);
  }

  void model(const char* of, const std::string& name, const LinearModel& model, check::Unit unit) {
    if (!model.none.empty()) {
      out_.paragraph(
          fmt::format("{} {}: no model, {}", of, printable(name, kNameWidth), model.none), "  ", 2);
      return;
    }
    out_.paragraph(fmt::format("{} {}: a linear model{} explains {:.1f} % of the variance (R2)", of,
                               printable(name, kNameWidth),
                               model.has_interactions ? " with products" : "", 100 * model.r2),
                   "  ", 2);
    const std::size_t shown = std::min(model.effects.size(), kMaxEffects);
    for (std::size_t i = 0; i < shown; ++i) {
      const Effect& effect = model.effects[i];
      out_.line("    {:<{}} {:>15}  ({} to {})", printable(effect.name, kEffectWidth), kEffectWidth,
                number(effect.change, unit), number(effect.low, unit), number(effect.high, unit));
    }
    if (model.effects.size() > shown)
      out_.line("    and {} smaller ones", model.effects.size() - shown);
  }

  void effects(const VariantEffects& effects) {
    out_.line("\nWhat the parameters{} do",
              has_variants() ? " of " + printable(effects.variant, kNameWidth) : "");
    model("on", found_.sweep.minimize, effects.objective, found_.asks.objective.unit());
    model("on", found_.sweep.against, effects.against, found_.asks.against.unit);
    if (effects.indices.empty()) {
      out_.paragraph("Sobol's indices: none, " + effects.no_indices, "  ", 2);
      return;
    }
    out_.line("  shares of its variance (Sobol's indices)        alone         with all others");
    for (const SobolIndex& index : effects.indices) {
      out_.line("    {:<36} {:>6.3f}{:<16} {:>6.3f}{}", printable(index.path, 36),
                index.first.value, interval(index.first), index.total.value, interval(index.total));
    }
  }

  static std::string interval(const Share& share) {
    if (share.low == share.high) return "";
    return fmt::format(" ({:.2f} to {:.2f})", share.low, share.high);
  }

  const SweepOutcome& found_;
  const Answers& answers_;
  TextLines& out_;
};

}  // namespace

void print_answers(const SweepOutcome& outcome, const Answers& answers, TextLines& out) {
  Text(outcome, answers, out).print();
}

}  // namespace skyreplay::sweep
