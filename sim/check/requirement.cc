#include "check/requirement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"

namespace skyreplay::check {
namespace {

constexpr std::string_view kForm = "write STATISTIC(METRIC of NAME) < VALUE";
constexpr std::string_view kBlanks = " \t";
constexpr int kNanoDigits = 9;
constexpr int kPercentDigits = 4;
constexpr std::uint32_t kHundredPercent = 1'000'000;

struct OperatorSpelling {
  std::string_view text;
  Comparison comparison;
};
/// The longer ones first, so that "<=" is not read as "<".
constexpr OperatorSpelling kOperators[] = {
    {"<=", Comparison::kLessOrEqual}, {">=", Comparison::kGreaterOrEqual},
    {"==", Comparison::kEqual},       {"<", Comparison::kLess},
    {">", Comparison::kGreater},
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Digits with at most one point and at most `decimals` after it, as an integer of 10^-decimals.
/// Nothing for what is no such number, or beyond `most`.
std::optional<std::int64_t> fixed_point(std::string_view text, int decimals, std::int64_t most) {
  __int128 value = 0;
  int after = -1;
  bool any = false;
  for (const char c : text) {
    if (c == '.' && after < 0) {
      after = 0;
      continue;
    }
    if (c < '0' || c > '9' || after == decimals) return std::nullopt;
    value = value * 10 + (c - '0');
    if (value > most) return std::nullopt;
    if (after >= 0) ++after;
    any = true;
  }
  for (int i = std::max(after, 0); i < decimals; ++i) value *= 10;
  if (!any || after == 0 || value > most) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

/// Reads one requirement from left to right; a mistake names the column it is at.
class Parser {
 public:
  Parser(std::string_view text, const MetricRule* metric) : text_(text), metric_(metric) {}

  Requirement parse() {
    Requirement requirement;
    requirement.text = trimmed(text_);
    if (requirement.text.empty()) fail(0, fmt::format("is empty; {}", kForm));
    read_statistic(requirement);
    read_metric(requirement);
    read_name(requirement);
    read_operator(requirement);
    const std::string_view timing = take_timing();
    read_value(requirement);
    read_timing(timing, requirement);
    return requirement;
  }

  Requirement parse_quantity() {
    Requirement requirement;
    read_statistic(requirement);
    read_metric(requirement);
    read_name(requirement);
    requirement.text = trimmed(text_);
    if (!trimmed(rest()).empty()) fail(at_, "expected nothing behind the ')'");
    return requirement;
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw InputError(fmt::format("requirement '{}', column {}: {}", text_, at + 1, what));
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }
  std::string_view rest() const { return text_.substr(at_); }
  /// The letters, digits, underscores and points from here on.
  std::string_view word() {
    skip_blanks();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '_' || text_[at_] == '.')) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  void read_statistic(Requirement& requirement) {
    skip_blanks();
    const std::size_t start = at_;
    const std::string_view name = word();
    constexpr std::pair<std::string_view, Statistic> kNames[] = {{"avg", Statistic::kAvg},
                                                                 {"min", Statistic::kMin},
                                                                 {"max", Statistic::kMax},
                                                                 {"sum", Statistic::kSum},
                                                                 {"count", Statistic::kCount}};
    for (const auto& [spelled, statistic] : kNames) {
      if (name != spelled) continue;
      requirement.statistic = statistic;
      return;
    }
    if (name.size() > 1 && name[0] == 'p') {
      const auto percent = fixed_point(name.substr(1), kPercentDigits, kHundredPercent);
      if (percent && *percent > 0) {
        requirement.statistic = Statistic::kPercentile;
        requirement.percent_e4 = static_cast<std::uint32_t>(*percent);
        return;
      }
      if (std::isdigit(static_cast<unsigned char>(name[1])) != 0) {
        fail(start,
             fmt::format("'{}' is no percentile: above p0, at most p100, four decimals", name));
      }
    }
    fail(start,
         fmt::format("unknown statistic '{}'{}; {}: avg, min, max, sum, count, p99, p99.9", name,
                     did_you_mean(name, {"avg", "min", "max", "sum", "count", "p99"}), kForm));
  }

  void read_metric(Requirement& requirement) {
    skip_blanks();
    if (!rest().starts_with('(')) fail(at_, fmt::format("expected '('; {}", kForm));
    ++at_;
    skip_blanks();
    const std::size_t start = at_;
    const std::string_view name = word();
    const MetricRule* rule = metric_ != nullptr ? metric_ : find_metric(name);
    if (rule == nullptr) refuse_metric(start, name);
    if (!has_statistic(rule->form, requirement.statistic)) {
      fail(start, fmt::format("{} over a whole span has only {}", name, statistics_of(rule->form)));
    }
    requirement.metric = rule->metric;
    requirement.form = rule->form;
    requirement.unit = unit_of(rule->form, requirement.statistic);
  }

  [[noreturn]] void refuse_metric(std::size_t start, std::string_view name) const {
    std::vector<std::string> names;
    std::string list;
    for (const MetricRule& rule : all_metrics()) {
      names.emplace_back(rule.name);
      list += (list.empty() ? "" : ", ") + names.back();
    }
    const std::string nearest = did_you_mean(name, names);
    fail(start, fmt::format("unknown metric '{}'{}", name,
                            nearest.empty() ? "; metrics are " + list : nearest));
  }

  void read_name(Requirement& requirement) {
    skip_blanks();
    const std::size_t of = at_;
    if (word() != "of") {
      fail(of, "expected 'of NAME': a service, service/route, or * for everything");
    }
    const std::size_t close = text_.rfind(')');
    if (close == std::string_view::npos || close < at_) fail(text_.size(), "expected ')'");
    requirement.of = trimmed(text_.substr(at_, close - at_));
    if (requirement.of.empty()) {
      fail(close, "expected a service, service/route, or * for everything");
    }
    at_ = close + 1;
  }

  void read_operator(Requirement& requirement) {
    skip_blanks();
    for (const OperatorSpelling& spelling : kOperators) {
      if (!rest().starts_with(spelling.text)) continue;
      requirement.comparison = spelling.comparison;
      at_ += spelling.text.size();
      return;
    }
    fail(at_, "expected <, <=, >, >= or == and a value");
  }

  void read_value(Requirement& requirement) {
    skip_blanks();
    const std::string_view value = trimmed(rest());
    const std::optional<std::int64_t> limit = value_of(value, requirement.unit);
    if (!limit) fail(at_, fmt::format("{}, not '{}'", expected(requirement), value));
    requirement.limit = *limit;
  }

  /// What follows the value, cut off the text: no value has these words.
  std::string_view take_timing() {
    const std::string_view behind = rest();
    const std::size_t at = std::min(behind.find(" in every "), behind.find(" between "));
    if (at == std::string_view::npos) return {};
    text_.remove_suffix(behind.size() - at);
    return behind.substr(at);
  }

  void read_timing(std::string_view timing, Requirement& requirement) {
    text_ = {text_.data(), text_.size() + timing.size()};
    at_ = text_.size() - timing.size();
    while (!trimmed(rest()).empty()) {
      skip_blanks();
      const std::size_t start = at_;
      const std::string_view first = word();
      if (first == "in" && !requirement.each && word() == "every") {
        read_each(requirement);
      } else if (first == "between" && !requirement.between) {
        read_between(requirement);
      } else {
        fail(start, "expected 'in every 5m', 'between 12:00 and 13:00', or nothing more");
      }
    }
  }

  /// What stands up to the next blank.
  std::string_view token() {
    skip_blanks();
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_of(kBlanks, at_), text_.size());
    return text_.substr(start, at_ - start);
  }

  void read_each(Requirement& requirement) {
    Duration each{};
    const std::string_view text = token();
    if (!parse_duration(text, each) || each <= Duration{}) {
      fail(at_ - text.size(), fmt::format("expected a duration such as 5m, not '{}'", text));
    }
    requirement.each = each;
  }

  void read_between(Requirement& requirement) {
    Between between;
    skip_blanks();
    const std::size_t start = at_;
    read_bound(between.from);
    skip_blanks();
    if (const std::size_t at = at_; token() != "and") fail(at, "expected 'and'");
    read_bound(between.to);
    if (const auto mistake = mistake_of(between)) fail(start, *mistake);
    requirement.between = between;
  }

  void read_bound(Bound& bound) {
    const std::string_view text = token();
    if (parse_bound(text, bound)) return;
    fail(at_ - text.size(),
         fmt::format("expected a time of day such as 12:00, an instant such as "
                     "2026-01-05T12:00:00Z, or +5m from the trace's start, not '{}'",
                     text));
  }

  /// A value with its unit; a blank may stand between them.
  static std::optional<std::int64_t> value_of(std::string_view text, Unit unit) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    switch (unit) {
      case Unit::kSeconds: {
        std::string compact(text);
        std::erase(compact, ' ');
        Duration duration{};
        if (!parse_duration(compact, duration)) return std::nullopt;
        return duration.count();
      }
      case Unit::kShare:
        if (!text.ends_with('%')) return std::nullopt;
        // A percent is 1e-2, so that 1e-9 has seven decimals in it.
        return fixed_point(trimmed(text.substr(0, text.size() - 1)), kNanoDigits - 2, kMost);
      case Unit::kUsd:
        if (!text.ends_with("USD")) return std::nullopt;
        return fixed_point(trimmed(text.substr(0, text.size() - 3)), kNanoDigits, kMost);
      case Unit::kCount:
        break;
    }
    return fixed_point(text, kNanoDigits, kMost);
  }

  static std::string_view expected(const Requirement& requirement) {
    switch (requirement.unit) {
      case Unit::kSeconds:
        return "expected a duration with its unit, such as 300ms or 1.5s";
      case Unit::kShare:
        return requirement.form == Form::kCounter
                   ? "the average of a count is its share: expected a percentage such as 0.1 %"
                   : "expected a percentage such as 70 %";
      case Unit::kUsd:
        return "expected an amount such as 12.50 USD";
      case Unit::kCount:
        break;
    }
    return "expected a bare number";
  }

  std::string_view text_;
  const MetricRule* metric_;
  std::size_t at_ = 0;
};

/// Which of many values tells whether all hold.
std::string deciding_bucket(const Requirement& requirement) {
  switch (requirement.comparison) {
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
      return "most";
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      return "least";
    case Comparison::kEqual:
      break;
  }
  return fmt::format("furthest from {}", static_cast<double>(requirement.limit) / 1e9);
}

}  // namespace

Requirement parse_requirement(std::string_view text, const MetricRule* metric) {
  return Parser(text, metric).parse();
}

Requirement parse_quantity(std::string_view text) { return Parser(text, nullptr).parse_quantity(); }

std::string quantity_of(const Requirement& requirement) {
  const std::string_view text = requirement.text;
  // The parser found these: a statistic and a metric are words, and the name runs to the last ')'.
  const std::size_t open = text.find('(');
  const std::string_view metric = trimmed(text.substr(open + 1));
  std::string quantity =
      fmt::format("{}({} of {})", trimmed(text.substr(0, open)),
                  metric.substr(0, metric.find_first_of(kBlanks)), requirement.of);
  if (!requirement.is_timed()) return quantity;
  Requirement timing = requirement;
  timing.each.reset();
  if (requirement.each) {
    quantity += fmt::format(", {} of every {}", deciding_bucket(requirement),
                            format_duration(*requirement.each));
  }
  return quantity + timing_of(timing);
}

std::string timing_of(const Requirement& requirement) {
  std::string text;
  if (requirement.each) text += " in every " + format_duration(*requirement.each);
  if (const auto& between = requirement.between) {
    text += fmt::format(" between {} and {}", to_string(between->from), to_string(between->to));
  }
  return text;
}

bool holds(const Requirement& requirement, std::int64_t value) {
  switch (requirement.comparison) {
    case Comparison::kLess:
      return value < requirement.limit;
    case Comparison::kLessOrEqual:
      return value <= requirement.limit;
    case Comparison::kGreater:
      return value > requirement.limit;
    case Comparison::kGreaterOrEqual:
      return value >= requirement.limit;
    case Comparison::kEqual:
      break;
  }
  return value == requirement.limit;
}

std::pair<Comparison, std::int64_t> parse_count_condition(std::string_view text) {
  for (const OperatorSpelling& spelling : kOperators) {
    const std::string_view bare = trimmed(text);
    if (!bare.starts_with(spelling.text)) continue;
    const auto limit = fixed_point(trimmed(bare.substr(spelling.text.size())), kNanoDigits,
                                   std::numeric_limits<std::int64_t>::max());
    if (limit) return {spelling.comparison, *limit};
  }
  throw InputError(
      fmt::format("'{}': expected <, <=, >, >= or == and a bare number, such as '<= 2'", text));
}

std::string_view to_string(Comparison comparison) {
  for (const OperatorSpelling& spelling : kOperators) {
    if (spelling.comparison == comparison) return spelling.text;
  }
  return "";
}

}  // namespace skyreplay::check
