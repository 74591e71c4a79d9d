#include "scaling/metric_math.h"

#include <algorithm>

namespace skyreplay::scaling {
namespace {

constexpr std::string_view kOperations = "/*+-";

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_part(char c) {
  return is_small(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<double> result(double left, char operation, double right) {
  switch (operation) {
    case '*':
      return left * right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    default:
      return right == 0 ? std::nullopt : std::optional(left / right);
  }
}

}  // namespace

void MetricMath::put(Operand& operand, std::uint32_t series, TimePoint start,
                     const metrics::Datapoint& datapoint) {
  if (operand.of.series != series || datapoint.sample_count == 0) return;
  operand.start = start;
  operand.value = datapoint.value(operand.of.stat);
}

std::optional<double> MetricMath::put(std::uint32_t series, TimePoint start,
                                      const metrics::Datapoint& datapoint) {
  if (series != left_.of.series && series != right_.of.series) return std::nullopt;
  put(left_, series, start, datapoint);
  put(right_, series, start, datapoint);
  if (left_.start != start || right_.start != start) return std::nullopt;
  return result(left_.value, operation_, right_.value);
}

bool is_metric_id(std::string_view text) {
  return !text.empty() && is_small(text.front()) && std::all_of(text.begin(), text.end(), is_part);
}

std::optional<Expression> parse_expression(std::string_view text) {
  const std::size_t at = text.find_first_of(kOperations);
  if (at == std::string_view::npos) return std::nullopt;
  const Expression found{trimmed(text.substr(0, at)), text[at], trimmed(text.substr(at + 1))};
  if (!is_metric_id(found.left) || !is_metric_id(found.right)) return std::nullopt;
  return found;
}

}  // namespace skyreplay::scaling
