#include "trace/log_lines.h"

#include <fmt/format.h>

namespace skyreplay::trace {
namespace {

constexpr std::size_t kMostShown = 60;

}  // namespace

bool LogLines::wrong(std::uint32_t column, std::string_view name, std::string_view what,
                     std::string_view text) const {
  job_.bad.add(position(column), fmt::format("{} {}", name, what),
               fmt::format("'{}'", text.substr(0, kMostShown)));
  return false;
}

}  // namespace skyreplay::trace
