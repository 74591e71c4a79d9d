#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "report/human.h"
#include "sweep/human_value.h"
#include "sweep/optimum.h"
#include "sweep/results.h"
#include "sweep/text_lines.h"

namespace skyreplay::sweep {
namespace {

using report::printable;

constexpr std::size_t kMaxText = 400;
constexpr std::size_t kMaxOpen = 10;

class Text {
 public:
  explicit Text(const Optimum& found) : found_(found) {}

  std::string text() {
    title();
    answer();
    tried();
    certainty();
    return out_.take();
  }

 private:
  std::string value(double nano) const {
    return human_value(std::llround(nano), found_.asks->objective.unit());
  }

  std::string named(std::size_t number) const {
    const Cell& cell = found_.plan->cells[number];
    const Variant& variant = found_.file->variants[cell.variant];
    std::vector<std::string> paths;
    for (const Axis& axis : variant.axes) paths.push_back(axis.path);
    const std::vector<std::string> names = short_names(paths);
    std::string text = fmt::format("cell {}", number);
    if (found_.file->variants.size() > 1) text += " of " + variant.name;
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += fmt::format("{} {} {}", i == 0 ? ":" : ",", names[i], cell.values[i]);
    }
    return printable(text, kMaxText);
  }

  void title() {
    const double share = static_cast<double>(found_.race.requests) /
                         static_cast<double>(std::max<std::uint64_t>(1, found_.all_requests()));
    out_.paragraph(
        fmt::format("{}: the best of {} cells, found with {} requests replayed: {:.2f} % of what "
                    "all cells on the whole trace would take",
                    printable(found_.file->name, kMaxText), grouped(found_.candidates),
                    grouped(found_.race.requests), 100 * share),
        "", 0);
    out_.paragraph(printable(found_.asks->objective.text, kMaxText), "minimize: ", 10);
    for (std::size_t c = 0; c < found_.asks->constraints.size(); ++c) {
      out_.paragraph(printable(found_.asks->constraints[c].text, kMaxText),
                     fmt::format("  {}. ", c + 1), 5);
    }
  }

  void answer() {
    out_.blank();
    if (!found_.race.best) {
      out_.paragraph("Best: none, nothing that was replayed in full is feasible", "", 0);
      return;
    }
    const std::size_t best = *found_.race.best;
    const CellOutcome& cell = found_.whole.at(best);
    out_.paragraph(
        fmt::format("{}, {}", value(static_cast<double>(cell.objective->mean)), named(best)),
        "Best:", 6);
    const Variant& variant = found_.file->variants[found_.plan->cells[best].variant];
    out_.line("      {}", printable(variant.base.filename(), kMaxText));
    for (const std::string& set : settings_of(variant, found_.plan->cells[best].values)) {
      out_.line("      --set '{}'", printable(set, kMaxText));
    }
    for (std::size_t q = 0; q < found_.asks->quantities.size(); ++q) {
      const check::Requirement& quantity = found_.asks->quantities[q];
      if (!cell.quantities[q]) continue;
      out_.line("      {} is {}", printable(check::quantity_of(quantity), kMaxText),
                human_value(cell.quantities[q]->mean, quantity.unit));
    }
  }

  void tried() {
    out_.line("\nTried");
    for (const RaceStep& step : found_.race.steps) {
      if (step.share >= 1) continue;
      std::uint64_t requests = 0;
      for (const Trial& trial : step.trials) requests += trial.requests;
      const auto feasible = std::ranges::count_if(step.trials, &Trial::is_feasible);
      out_.paragraph(
          fmt::format("{} cells on {:.3g} % of the trace, {} requests: {} feasible there",
                      grouped(step.candidates.size()), 100 * step.share, grouped(requests),
                      grouped(static_cast<std::uint64_t>(feasible))),
          "  -", 4);
    }
    for (const auto& step : found_.race.steps) {
      if (step.share < 1) continue;
      const std::size_t number = step.candidates.front();
      out_.paragraph(fmt::format("on the whole: {}, {}: {}", value(step.trials.front().objective),
                                 named(number), verdict(number)),
                     number == found_.race.best ? "  *" : "  -", 4);
    }
  }

  std::string verdict(std::size_t number) const {
    const CellOutcome& cell = found_.whole.at(number);
    if (cell.is_feasible) return "feasible";
    std::string text = cell.is_stable ? "not feasible," : "not stable,";
    for (const std::size_t c : cell.broken) text += fmt::format(" {}.", c + 1);
    if (text.ends_with(',')) text.pop_back();
    return text;
  }

  void certainty() {
    out_.line("\nHow sure");
    const std::size_t rest = found_.candidates - found_.whole.size();
    out_.paragraph(
        fmt::format("Replayed in full: {}. The other {} were ruled out by estimates: "
                    "what they came to on a part of the trace, corrected by what those replayed "
                    "in full came to against theirs.",
                    grouped(found_.whole.size()), grouped(rest)),
        "  ", 2);
    if (found_.race.open.empty()) {
      out_.paragraph("No other is estimated to be both better and nearly feasible.", "  ", 2);
    } else {
      out_.paragraph(fmt::format("{} estimated to be better and not far from feasible {} left when "
                                 "the budget was used; a larger --budget decides:",
                                 grouped(found_.race.open.size()),
                                 found_.race.open.size() == 1 ? "was" : "were"),
                     "  ", 2);
      for (std::size_t i = 0; i < std::min(kMaxOpen, found_.race.open.size()); ++i) {
        out_.paragraph(named(found_.race.open[i]), "    -", 6);
      }
    }
    if (!found_.ahead) return;
    const check::Unit unit = found_.asks->objective.unit();
    out_.paragraph(
        fmt::format("Over the seeds, {} is {} behind the best ({} to {} with 95 %): {}.",
                    named(*found_.next), human_value(found_.ahead->mean, unit),
                    human_value(found_.ahead->low, unit), human_value(found_.ahead->high, unit),
                    found_.ahead->low > 0 ? "no accident" : "it may be luck"),
        "  ", 2);
  }

  const Optimum& found_;
  TextLines out_;
};

}  // namespace

std::string optimum_text(const Optimum& found) { return Text(found).text(); }

}  // namespace skyreplay::sweep
