#include "sweep/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenario/field_path.h"
#include "scenario/schema.h"
#include "scenario/values.h"
#include "scenario/yaml_text.h"
#include "sweep/field_at.h"

namespace skyreplay::sweep {
namespace {

using scenario::Entry;
using scenario::SourceNode;

constexpr std::size_t kMaxValues = 100'000;
/// A law's numbers are held as seconds in nanoseconds.
constexpr double kLargestOfLaw = 9e9;

/// A number with what stands behind it.
struct Quantity {
  double number = 0;
  std::string unit;
};

std::optional<Quantity> quantity_of(const SourceNode& node) {
  if (node.kind != SourceNode::Kind::kScalar || node.is_quoted) return std::nullopt;
  const std::string& text = node.scalar;
  const std::size_t end = std::min(text.find_last_of("0123456789.") + 1, text.size());
  Quantity quantity{.number = 0, .unit = text.substr(end)};
  if (!scenario::parse_number(text.substr(0, end), quantity.number)) return std::nullopt;
  return quantity;
}

Duration as_duration(double number) {
  return Duration{static_cast<std::int64_t>(std::llround(number * 1e9))};
}

/// Reads what one axis takes.
class AxisReader {
 public:
  AxisReader(Axis& axis, const std::string& path, scenario::Mistakes& mistakes)
      : axis_(axis), path_(path), mistakes_(mistakes) {}

  void read(const SourceNode& node) {
    if (node.kind == SourceNode::Kind::kList) return list(node);
    if (node.kind != SourceNode::Kind::kMap || node.entries.empty()) {
      return refuse(node, fmt::format("must be a list of values, a range or a law, not {}",
                                      scenario::describe(node)));
    }
    const std::string& first = node.entries.front().key;
    const bool is_range = std::ranges::find(kRangeKeys, first) != std::end(kRangeKeys);
    is_range ? range(node) : law(node);
  }

 private:
  static constexpr std::string_view kRangeKeys[] = {"from", "to", "step", "count", "scale"};

  void refuse(const SourceNode& node, const std::string& text) {
    if (node.kind != SourceNode::Kind::kBroken) mistakes_.add(node.place, path_, text);
  }

  void list(const SourceNode& node) {
    if (node.entries.empty()) return refuse(node, "has no values");
    if (node.entries.size() > kMaxValues) return refuse(node, "has more than 100,000 values");
    for (const Entry& entry : node.entries) {
      const SourceNode& value = entry.value;
      if (value.kind == SourceNode::Kind::kEmpty) refuse(value, "holds an element without a value");
      const std::string text = scenario::flow_text(value);
      if (std::ranges::find(axis_.values, text) != axis_.values.end()) {
        refuse(value, fmt::format("names {} twice", scenario::in_quotes(text)));
      }
      axis_.values.push_back(text);
    }
  }

  /// A number whose unit is the axis'; the first one read decides.
  std::optional<double> number(const SourceNode& node) {
    const std::optional<Quantity> read = quantity_of(node);
    if (!read) {
      refuse(node, fmt::format("needs a number, not {}", scenario::describe(node)));
      return std::nullopt;
    }
    if (!unit_) unit_ = read->unit;
    if (*unit_ == read->unit) return read->number;
    refuse(node, fmt::format("must have one unit: '{}' and '{}' differ", *unit_, read->unit));
    return std::nullopt;
  }

  void range(const SourceNode& node) {
    std::optional<double> from, to, step;
    std::optional<double> count;
    NumberRange range;
    for (const Entry& entry : node.entries) {
      if (entry.key == "from") {
        from = number(entry.value);
      } else if (entry.key == "to") {
        to = number(entry.value);
      } else if (entry.key == "step") {
        step = number(entry.value);
      } else if (entry.key == "count") {
        const std::optional<Quantity> read = quantity_of(entry.value);
        const bool fits = read && read->unit.empty() && read->number >= 2 &&
                          read->number <= kMaxValues && read->number == std::floor(read->number);
        if (!fits) return refuse(entry.value, "count must be a whole number from 2 to 100,000");
        count = read->number;
      } else if (entry.key == "scale") {
        const bool is_known = entry.value.scalar == "linear" || entry.value.scalar == "log";
        if (!is_known) return refuse(entry.value, "scale must be linear or log");
        range.is_log = entry.value.scalar == "log";
      } else {
        return unknown(entry, {kRangeKeys, std::end(kRangeKeys)});
      }
    }
    if (!from || !to) {
      if (!mistakes_.at(path_)) refuse(node, "a range needs from and to");
      return;
    }
    range.from = *from;
    range.to = *to;
    check_range(node, range, step, count);
    if (mistakes_.at(path_)) return;
    axis_.law = NumberLaw{.law = range, .unit = *unit_};
    if (step) stepped(node, range, *step);
    if (count) counted(range, static_cast<std::size_t>(*count));
  }

  void check_range(const SourceNode& node, const NumberRange& range,
                   const std::optional<double>& step, const std::optional<double>& count) {
    if (!(range.from < range.to)) return refuse(node, "a range's from must be below its to");
    if (range.is_log && range.from <= 0) refuse(node, "a range with scale log must be above 0");
    if (step && count) refuse(node, "a range has a step or a count, not both");
    if (step && !(*step > 0)) refuse(node, "a range's step must be above 0");
    if (step && range.is_log) refuse(node, "a range with scale log takes a count, not a step");
    if (step && (range.to - range.from) / *step > kMaxValues) {
      refuse(node, "a range may have 100,000 values");
    }
  }

  void stepped(const SourceNode& node, const NumberRange& range, double step) {
    // A step that does not divide the range leaves its end out; a hair's breadth does not count.
    const double last = std::floor((range.to - range.from) / step + 1e-9);
    for (double i = 0; i <= last; ++i) add(range.from + i * step);
    if (axis_.values.size() < 2) refuse(node, "a range's step leads nowhere within it");
  }

  void counted(const NumberRange& range, std::size_t count) {
    const NumberLaw law{.law = range, .unit = ""};
    for (std::size_t i = 0; i < count; ++i) {
      add(law.quantile(static_cast<double>(i) / static_cast<double>(count - 1)));
    }
  }

  /// Rounding may make two of one.
  void add(double number) {
    const std::string text = number_text(number, axis_.is_whole, *unit_);
    if (axis_.values.empty() || axis_.values.back() != text) axis_.values.push_back(text);
  }

  void unknown(const Entry& entry, std::vector<std::string> known) {
    mistakes_.add(entry.key_place, path_,
                  fmt::format("unknown key {}{}", scenario::in_quotes(entry.key),
                              scenario::suggestion(entry.key, known)));
  }

  void law(const SourceNode& node) {
    const Entry& entry = node.entries.front();
    if (node.entries.size() != 1) return refuse(node, "a law has one name");
    const SourceNode& value = entry.value;
    try {
      if (entry.key == "uniform" || entry.key == "log_uniform") return uniform(entry);
      if (entry.key == "exponential") {
        if (const auto p = named(value, {"mean"})) set(Distribution::Exponential{d(p, 0)});
      } else if (entry.key == "lognormal") {
        if (const auto p = named(value, {"p50", "p99"}))
          set(Distribution::Lognormal{d(p, 0), d(p, 1)});
      } else if (entry.key == "weibull") {
        if (const auto p = named(value, {"mean", "cv"}))
          set(Distribution::Weibull{d(p, 0), (*p)[1]});
      } else if (entry.key == "gamma") {
        if (const auto p = named(value, {"mean", "cv"})) set(Distribution::Gamma{d(p, 0), (*p)[1]});
      } else {
        unknown(entry, {"uniform", "log_uniform", "exponential", "lognormal", "weibull", "gamma",
                        "from", "to"});
      }
    } catch (const InputError& error) {
      refuse(value, error.what());
    }
  }

  using Numbers = std::optional<std::vector<double>>;
  static Duration d(const Numbers& numbers, std::size_t i) { return as_duration((*numbers)[i]); }

  void set(Distribution::Law law) {
    axis_.law = NumberLaw{.law = Distribution(std::move(law)), .unit = unit_.value_or("")};
  }

  void uniform(const Entry& entry) {
    const SourceNode& value = entry.value;
    if (value.kind != SourceNode::Kind::kList || value.entries.size() != 2) {
      return refuse(value, fmt::format("{} takes two numbers, [low, high]", entry.key));
    }
    const std::optional<double> low = number(value.entries[0].value);
    const std::optional<double> high = number(value.entries[1].value);
    if (!low || !high) return;
    const NumberRange range{.from = *low, .to = *high, .is_log = entry.key == "log_uniform"};
    check_range(value, range, std::nullopt, std::nullopt);
    axis_.law = NumberLaw{.law = range, .unit = *unit_};
  }

  /// The numbers of a law's parameters, each there once; a cv has no unit.
  Numbers named(const SourceNode& node, const std::vector<std::string>& names) {
    std::vector<double> numbers(names.size(), std::nan(""));
    if (node.kind != SourceNode::Kind::kMap) {
      refuse(node, fmt::format("takes {{{}: ...}}", fmt::join(names, ": ..., ")));
      return std::nullopt;
    }
    for (const Entry& entry : node.entries) {
      const auto found = std::ranges::find(names, entry.key);
      if (found == names.end()) {
        unknown(entry, names);
        return std::nullopt;
      }
      const std::optional<Quantity> plain = quantity_of(entry.value);
      const bool is_cv = entry.key == "cv" && plain && plain->unit.empty();
      const std::optional<double> read = is_cv ? plain->number : number(entry.value);
      if (!read) return std::nullopt;
      numbers[static_cast<std::size_t>(found - names.begin())] = *read;
    }
    for (const double n : numbers) {
      if (n > 0 && n < kLargestOfLaw) continue;
      refuse(node, fmt::format("takes {}, above 0 and below 9e9", fmt::join(names, " and ")));
      return std::nullopt;
    }
    return numbers;
  }

  Axis& axis_;
  const std::string& path_;
  scenario::Mistakes& mistakes_;
  std::optional<std::string> unit_;
};

}  // namespace

double NumberLaw::quantile(double u) const {
  if (const auto* law_of = std::get_if<Distribution>(&law)) return law_of->quantile_s(u);
  const auto& range = std::get<NumberRange>(law);
  if (range.is_log) return range.from * std::pow(range.to / range.from, u);
  return range.from + (range.to - range.from) * u;
}

std::string Axis::at(double u) const {
  if (law && values.empty()) return number_text(law->quantile(u), is_whole, law->unit);
  const auto index = static_cast<std::size_t>(u * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

Axis read_axis(const Entry& entry, const std::string& path, scenario::Mistakes& mistakes) {
  Axis axis{.path = entry.key,
            .position = {mistakes.filename(), entry.value.place.line, entry.value.place.column},
            .is_whole = false,
            .values = {},
            .law = {}};
  try {
    const auto* field = field_at(scenario::parse_path(entry.key));
    axis.is_whole = field != nullptr && holds_whole_numbers(*field);
  } catch (const InputError& error) {
    mistakes.add(entry.key_place, path, error.what());
    return axis;
  }
  AxisReader(axis, path, mistakes).read(entry.value);
  return axis;
}

std::string number_text(double number, bool is_whole, const std::string& unit) {
  // Six digits: no value depends on libm's last bit.
  if (is_whole || std::abs(number) >= 1e6) return fmt::format("{:.0f}{}", std::round(number), unit);
  return fmt::format("{:.6g}{}", number, unit);
}

}  // namespace skyreplay::sweep
