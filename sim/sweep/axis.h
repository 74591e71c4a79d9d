#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/distribution.h"
#include "core/error.h"
#include "scenario/mistakes.h"
#include "scenario/node.h"

namespace skyreplay::sweep {

/// Numbers from one to another, all with one unit ("MB/s", "ms" or none).
struct NumberRange {
  double from = 0;
  double to = 0;
  bool is_log = false;  ///< equally likely by order of magnitude
};

/// What a number is drawn from where a design draws.
struct NumberLaw {
  /// A law counts its numbers in seconds: 25 MB is 25s.
  std::variant<NumberRange, Distribution> law;
  std::string unit;  ///< behind each number

  /// The number below which a part u in [0, 1) of the draws lies.
  double quantile(double u) const;
};

/// One parameter that a sweep varies: a field, and the values or the law that it takes.
struct Axis {
  std::string path;                 ///< as `--set` takes it
  SourcePosition position;          ///< of what it takes, in the sweep's file
  bool is_whole = false;            ///< the field holds whole numbers
  std::vector<std::string> values;  ///< as `--set` takes them; empty where there is a law alone
  std::optional<NumberLaw> law;

  /// The value at a part u in [0, 1) of its law, or of the list, each of whose values is equally
  /// likely. Numbers are rounded to whole ones or six digits.
  std::string at(double u) const;
};

/// Reads one entry of `parameters`: a list of values; {from, to} with `step` or `count`, `scale:
/// log` or neither; or a law such as {uniform: [a, b]} or {lognormal: {p50: a, p99: b}}. Mistakes
/// are collected under `path`.
Axis read_axis(const scenario::Entry& entry, const std::string& path, scenario::Mistakes& mistakes);

/// `number` as a scenario spells it, rounded as Axis::at() says.
std::string number_text(double number, bool is_whole, const std::string& unit);

}  // namespace skyreplay::sweep
