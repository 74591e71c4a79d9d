#include "scenario/data_size.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "scenario/values.h"

namespace skyreplay::scenario {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t bytes;
};

/// Largest first.
constexpr std::array<Unit, 9> kUnits{{{"TiB", std::int64_t{1} << 40},
                                      {"TB", 1'000'000'000'000},
                                      {"GiB", std::int64_t{1} << 30},
                                      {"GB", 1'000'000'000},
                                      {"MiB", std::int64_t{1} << 20},
                                      {"MB", 1'000'000},
                                      {"KiB", 1'024},
                                      {"kB", 1'000},
                                      {"B", 1}}};
constexpr double kTooLarge = 9007199254740992;  // 2^53: whole numbers end here

}  // namespace

bool parse_data_size(std::string_view text, std::int64_t& bytes) {
  const std::size_t end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos) return false;
  double number = 0;
  if (!parse_number(text.substr(0, end), number)) return false;
  for (const Unit& unit : kUnits) {
    if (text.substr(end) != unit.name) continue;
    const double size = number * static_cast<double>(unit.bytes);
    if (size >= kTooLarge) return false;
    bytes = std::llround(size);
    return true;
  }
  return false;
}

bool parse_data_rate(std::string_view text, std::int64_t& bytes_per_second) {
  if (!text.ends_with("/s")) return false;
  text.remove_suffix(2);
  return parse_data_size(text, bytes_per_second);
}

std::string format_data_size(std::int64_t bytes) {
  for (const Unit& unit : kUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
    }
  }
  return "0B";
}

}  // namespace skyreplay::scenario
