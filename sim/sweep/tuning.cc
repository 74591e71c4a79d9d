#include "sweep/tuning.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "report/human.h"
#include "sweep/human_value.h"
#include "sweep/text_lines.h"

namespace skyreplay::sweep {
namespace {

using report::human_usd;
using report::printable;

constexpr std::size_t kMaxText = 400;
constexpr std::size_t kNameWidth = 40;
/// Columns of measured values that fit beside the others.
constexpr std::size_t kShownRequirements = 3;

/// For a shell: quoted where it would take a character for something else.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=";
  if (text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

std::string set_flags(const Probe& probe) {
  std::string flags;
  for (const std::string& setting : probe.settings) {
    flags += (flags.empty() ? "" : " ") + ("--set " + shell_word(setting));
  }
  return flags;
}

class Table {
 public:
  explicit Table(const Tuning& tuning) : found_(tuning) {}

  std::string text() {
    title();
    answer();
    probes();
    honesty();
    notes();
    return out_.take();
  }

 private:
  std::string asked() const {
    return found_.requirements.empty() ? "is stable (no --require given)"
                                       : "meets the requirements";
  }

  void title() {
    out_.paragraph(
        fmt::format("{}: the smallest {} that {}, on {} requests over {} from {}, seed {}",
                    printable(found_.scenario, kNameWidth), printable(found_.over, kMaxText),
                    asked(), grouped(found_.trace.rows),
                    report::human_span(found_.trace.end - found_.trace.start),
                    to_rfc3339(found_.trace.start), found_.seed),
        "", 0);
  }

  void answer() {
    if (!found_.answer) {
      out_.paragraph(
          fmt::format("Answer: none from {} to {}{}.", grouped(found_.min), grouped(found_.max),
                      found_.requirements.empty() ? " is stable" : " meets them"),
          "", 0);
      return;
    }
    const Probe& best = *found_.probe(*found_.answer);
    out_.paragraph(fmt::format("Answer: {}, {} USD for this trace", grouped(*found_.answer),
                               human_usd(best.run.cost)),
                   "", 0);
    out_.line("  {}", printable(set_flags(best), kMaxText));
    if (best.settings.size() > 1) {
      out_.paragraph("min_size and max_size of the group are moved as far as the count needs", "  ",
                     2);
    }
  }

  void probes() {
    if (!found_.requirements.empty()) out_.line("\nRequirements");
    for (std::size_t r = 0; r < found_.requirements.size(); ++r) {
      out_.paragraph(printable(found_.requirements[r].text, kMaxText), fmt::format("  {}.", r + 1),
                     5);
    }
    const std::size_t shown = std::min(found_.requirements.size(), kShownRequirements);
    std::string heading =
        fmt::format("\n{:<12}{:>12}{:>7}{:>15}", "Replayed", "verdict", "meets", "USD, trace");
    for (std::size_t r = 0; r < shown; ++r) {
      heading += fmt::format("{:>17}", fmt::format("{}.", r + 1));
    }
    out_.line("{}", heading);
    for (const Probe& probe : found_.probes) row(probe, shown);
    if (shown < found_.requirements.size()) {
      out_.line("  {} more requirements are in --json", found_.requirements.size() - shown);
    }
  }

  void row(const Probe& probe, std::size_t shown) {
    pricing::NanoUsd largest = 0;
    for (const Probe& other : found_.probes) largest = std::max(largest, other.run.cost);
    std::string line =
        fmt::format("{}{:>10}{:>12}{:>7}{:>15}", found_.answer == probe.value ? "* " : "  ",
                    grouped(probe.value), replay::to_string(probe.run.verdict),
                    probe.run.meets() ? "yes" : "no", human_usd(probe.run.cost, largest));
    for (std::size_t r = 0; r < shown; ++r) {
      const check::Measurement& measured = probe.run.measured[r];
      line += fmt::format("{:>17}", measured.known
                                        ? human_value(measured.value, found_.requirements[r].unit)
                                        : "none");
    }
    out_.line("{}", line);
  }

  void honesty() {
    out_.blank();
    if (!found_.answer) {
      out_.paragraph(
          "Doubling was tried up to the largest. Values between those listed were not replayed: "
          "that none of them does is an assumption, namely that more is not worse.",
          "", 0);
    } else if (*found_.answer == found_.min) {
      out_.paragraph(fmt::format("{} is the least value that is tried.", *found_.answer), "", 0);
    } else {
      out_.paragraph(
          fmt::format("{} was replayed and {}; {} was replayed and does not. Values that are not "
                      "listed were not replayed: that no smaller one does is an assumption, namely "
                      "that more is not worse.",
                      grouped(*found_.answer), asked(), grouped(*found_.answer - 1)),
          "", 0);
    }
  }

  void notes() {
    const Probe* last = found_.answer ? found_.probe(*found_.answer) : &found_.probes.back();
    if (last->run.notes.empty()) return;
    out_.line("\nNotes");
    for (const std::string& note : last->run.notes) {
      out_.paragraph(printable(note, kMaxText), "  -", 4);
    }
  }

  const Tuning& found_;
  TextLines out_;
};

}  // namespace

const Probe* Tuning::probe(std::uint64_t value) const {
  const auto found = std::ranges::find(probes, value, &Probe::value);
  return found == probes.end() ? nullptr : &*found;
}

std::string tune_table(const Tuning& tuning) { return Table(tuning).text(); }

}  // namespace skyreplay::sweep
