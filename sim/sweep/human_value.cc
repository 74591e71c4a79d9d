#include "sweep/human_value.h"

#include <fmt/format.h>

#include "core/text.h"
#include "report/human.h"

namespace skyreplay::sweep {
namespace {

constexpr std::int64_t kNano = 1'000'000'000;

std::string human_count(std::int64_t nano) {
  const bool is_whole = nano % kNano == 0;
  if (!is_whole) return fmt::format("{:.3f}", static_cast<double>(nano) / 1e9);
  const std::string size =
      grouped(static_cast<std::uint64_t>(nano < 0 ? -(nano / kNano) : nano / kNano));
  return (nano < 0 ? "-" : "") + size;
}

}  // namespace

std::string human_value(std::int64_t nano, check::Unit unit) {
  switch (unit) {
    case check::Unit::kSeconds:
      return report::human_ms(nano) + " ms";
    case check::Unit::kShare:
      return fmt::format("{:.4f} %", static_cast<double>(nano) / 1e7);
    case check::Unit::kUsd:
      return report::human_usd(nano) + " USD";
    case check::Unit::kCount:
      break;
  }
  return human_count(nano);
}

std::string human_difference(std::int64_t nano, check::Unit unit) {
  return (nano > 0 ? "+" : "") + human_value(nano, unit);
}

}  // namespace skyreplay::sweep
