#include "sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>

#include "core/digest.h"
#include "core/error.h"
#include "pricing/data_digest.h"
#include "scenario/field_path.h"
#include "scenario/show.h"
#include "sweep/design.h"
#include "sweep/effects.h"
#include "sweep/knob.h"
#include "sweep/parallel_for.h"
#include "sweep/traffic.h"

namespace skyreplay::sweep {
namespace {

constexpr std::size_t kMaxMistakes = 100;

/// A value that is a bare whole number.
std::optional<std::uint64_t> whole(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "a=1, b=2": which cell it is.
std::string described(const Variant& variant, const Point& values) {
  std::string text;
  for (std::size_t a = 0; a < values.size(); ++a) {
    text += fmt::format("{}{}={}", a == 0 ? "" : ", ", variant.axes[a].path, values[a]);
  }
  return text.empty() ? variant.name : text;
}

/// What a scenario complains about, said of the value in the sweep's file that it comes from.
std::string placed(std::string_view line, const SweepFile& sweep, const Cell& cell) {
  const Variant& variant = sweep.variants[cell.variant];
  for (std::size_t a = 0; a < variant.axes.size(); ++a) {
    const Axis& axis = variant.axes[a];
    const std::string head = fmt::format("--set {}: ", axis.path);
    if (!line.starts_with(head)) continue;
    return fmt::format("{}: {}={}: {}", to_string(axis.position), axis.path, cell.values[a],
                       line.substr(head.size()));
  }
  return fmt::format("with {}: {}", described(variant, cell.values), line);
}

/// Mistakes of cells, each told once.
class CellMistakes {
 public:
  void add(std::string_view text, const SweepFile& sweep, const Cell& cell, std::size_t ordinal) {
    const std::lock_guard lock(mutex_);
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      lines_.emplace_back(ordinal, placed(line, sweep, cell));
    }
  }

  void throw_if_any() {
    if (lines_.empty()) return;
    std::ranges::stable_sort(lines_, {}, &Line::first);
    std::vector<std::string> told;
    for (const Line& line : lines_) {
      if (std::ranges::find(told, line.second) == told.end()) told.push_back(line.second);
      if (told.size() == kMaxMistakes) break;
    }
    throw InputError(told);
  }

 private:
  using Line = std::pair<std::size_t, std::string>;
  std::mutex mutex_;
  std::vector<Line> lines_;
};

/// The part of a cell's digest that all cells share.
std::string common_digest(const Plan& plan, const std::string& version) {
  return fmt::format("skyreplay {} prices {} trace {}\n", version, pricing::data_digest(),
                     plan.trace_digest);
}

std::string digest_of(const scenario::Scenario& scenario, const std::string& common) {
  proto::Scenario message = scenario.message();
  message.clear_expectations();
  // The digest of the trace itself stands for it, wherever it lies.
  message.mutable_workload()->clear_trace();
  message.mutable_workload()->clear_counts();
  message.mutable_workload()->clear_synth();
  return hex_digest(common + scenario::to_yaml(message, scenario::Comments::kNone));
}

}  // namespace

std::vector<std::string> settings_of(const Variant& variant, const Point& values) {
  std::vector<std::string> settings;
  for (std::size_t a = 0; a < values.size(); ++a) {
    const std::string& path = variant.axes[a].path;
    if (path == kTraffic) continue;
    const std::optional<std::uint64_t> number = whole(values[a]);
    const bool is_count = path.ends_with(".ec2.desired_capacity") && number && *number > 0;
    if (!is_count) {
      settings.push_back(path + "=" + values[a]);
      continue;
    }
    for (std::string& one : Knob(variant.base, path).settings(*number)) {
      // A bound that is varied itself stays as it is.
      const std::string bound = one.substr(0, one.find('='));
      const bool is_varied = bound != path && std::ranges::find(variant.axes, bound, &Axis::path) !=
                                                  variant.axes.end();
      if (!is_varied) settings.push_back(std::move(one));
    }
  }
  return settings;
}

scenario::Scenario scenario_of(const SweepFile& sweep, const Cell& cell,
                               std::uint32_t replication) {
  const Variant& variant = sweep.variants[cell.variant];
  std::vector<std::string> sets = settings_of(variant, cell.values);
  // Not said again of the first: a scenario may hold seeds beyond what a setting takes.
  if (replication > 0) {
    sets.push_back(fmt::format("seed={}", variant.base.message().seed() + replication));
  }
  return variant.base.with(sets);
}

double traffic_of(const Variant& variant, const Point& values) {
  for (std::size_t a = 0; a < values.size(); ++a) {
    if (variant.axes[a].path == kTraffic) return number_of(values[a]).value_or(1);
  }
  return 1;
}

replay::TraceChoice trace_of(const SweepFile& sweep) {
  const scenario::Scenario& first = sweep.variants.front().base;
  const replay::TraceChoice choice(first, sweep.trace);
  for (const Variant& variant : sweep.variants) {
    const replay::TraceChoice other(variant.base, sweep.trace);
    if (other.text() == choice.text()) continue;
    throw InputError(fmt::format("{} names {}, {} names {}; name one in the sweep, or with --trace",
                                 first.filename(), choice.text(), variant.base.filename(),
                                 other.text()));
  }
  replay::TraceChoice changed = choice;
  for (const trace::Transformation& one : sweep.transformations) changed = changed.with(one);
  return changed;
}

Plan make_plan(const SweepFile& sweep, const std::string& version, std::uint32_t threads) {
  Plan plan;
  const trace::TraceInfo info = trace_of(sweep).open()->info();
  plan.trace_digest = info.digest;
  plan.span = info.end - info.start;
  for (std::size_t v = 0; v < sweep.variants.size(); ++v) {
    const Variant& variant = sweep.variants[v];
    for (Point& point : design_points(sweep.message.design(), variant.name, variant.axes)) {
      plan.cells.push_back({.variant = v, .values = std::move(point), .digest = {}});
    }
  }
  const std::string common = common_digest(plan, version);
  CellMistakes mistakes;
  parallel_for(plan.cells.size(), threads, [&](std::size_t i) {
    Cell& cell = plan.cells[i];
    const Variant& variant = sweep.variants[cell.variant];
    try {
      const std::string traffic = fmt::format("traffic {}\n", traffic_of(variant, cell.values));
      cell.digest =
          digest_of(variant.base.with(settings_of(variant, cell.values)), common + traffic);
    } catch (const InputError& error) {
      mistakes.add(error.what(), sweep, cell, i);
    }
  });
  mistakes.throw_if_any();
  return plan;
}

}  // namespace skyreplay::sweep
