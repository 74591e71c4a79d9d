#include "verify/tolerance.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/error.h"

namespace skyreplay::verify {
std::optional<double> number_in(std::string_view cell) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  const bool is_whole = error == std::errc() && end == cell.data() + cell.size();
  return is_whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Tolerances::Tolerances(const std::vector<std::string>& texts) : texts_(texts) {
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    std::string_view amount = std::string_view(text).substr(std::min(equals, text.size() - 1) + 1);
    const bool is_share = amount.ends_with('%');
    if (is_share) amount.remove_suffix(1);
    const auto value = number_in(amount);
    if (text.empty() || equals == std::string::npos || equals == 0 || !value || *value < 0) {
      throw InputError(fmt::format(
          "--tolerance '{}': write COLUMN=5% or COLUMN=0.01, such as latency_p99_ms=2%", text));
    }
    Allowance& allowance = allowances_[text.substr(0, equals)];
    (is_share ? allowance.share : allowance.absolute) = is_share ? *value / 100 : *value;
  }
}

bool Tolerances::allows(const std::string& column, std::string_view baseline,
                        std::string_view value) const {
  if (baseline == value) return true;
  auto found = allowances_.find(column);
  if (found == allowances_.end()) found = allowances_.find("*");
  const auto a = number_in(baseline);
  const auto b = number_in(value);
  if (found == allowances_.end() || !a || !b) return false;
  const double allowed = std::max(found->second.absolute, found->second.share * std::abs(*a));
  return std::abs(*b - *a) <= allowed;
}

void Tolerances::check_columns(const std::vector<std::string>& columns) const {
  for (const auto& [column, allowance] : allowances_) {
    if (column == "*" || std::ranges::find(columns, column) != columns.end()) continue;
    throw InputError(fmt::format("--tolerance: timeline.csv has no column '{}'{}", column,
                                 did_you_mean(column, columns)));
  }
}

std::string Tolerances::text() const {
  return texts_.empty() ? "exactly" : fmt::format("within {}", fmt::join(texts_, ", "));
}

}  // namespace skyreplay::verify
