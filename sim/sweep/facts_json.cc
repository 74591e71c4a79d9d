#include "sweep/facts_json.h"

#include <fmt/format.h>

#include <string>

namespace skyreplay::sweep {
namespace {

/// How many decimals an integer of 1e-9 has in the unit that unit_name() says.
int decimals_of(check::Unit unit) {
  switch (unit) {
    case check::Unit::kSeconds:
      return 6;
    case check::Unit::kShare:
      return 7;
    default:
      return 9;
  }
}

/// `value` / 10^decimals without trailing zeros.
std::string fixed_point(std::int64_t value, int decimals) {
  std::int64_t power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  const auto unsigned_power = static_cast<std::uint64_t>(power);
  const auto bits = static_cast<std::uint64_t>(value);
  const std::uint64_t size = value < 0 ? 0 - bits : bits;
  std::string text = fmt::format("{}{}.{:0{}}", value < 0 ? "-" : "", size / unsigned_power,
                                 size % unsigned_power, decimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string_view unit_name(check::Unit unit) {
  switch (unit) {
    case check::Unit::kSeconds:
      return "ms";
    case check::Unit::kShare:
      return "%";
    case check::Unit::kUsd:
      return "USD";
    case check::Unit::kCount:
      break;
  }
  return "";
}

std::string exact_text(std::int64_t nano, check::Unit unit) {
  return fixed_point(nano, decimals_of(unit));
}

void write_value(report::JsonWriter& json, std::int64_t nano, check::Unit unit) {
  json.number(exact_text(nano, unit));
}

void write_measured(report::JsonWriter& json, std::span<const check::Requirement> requirements,
                    std::span<const check::Measurement> measured) {
  json.begin_array();
  for (std::size_t i = 0; i < measured.size(); ++i) {
    json.begin_object();
    json.key("requirement");
    json.string(requirements[i].text);
    json.key("value");
    measured[i].known ? write_value(json, measured[i].value, requirements[i].unit) : json.null();
    json.key("unit");
    json.string(unit_name(requirements[i].unit));
    json.key("holds");
    json.boolean(measured[i].holds);
    json.end_object();
  }
  json.end_array();
}

}  // namespace skyreplay::sweep
