#include "trace/format.h"

#include <array>

#include "core/check.h"

namespace skyreplay::trace {

std::string_view to_string(InvocationKind kind) {
  constexpr std::array<std::string_view, 6> kNames{"sync",   "async",    "queue",
                                                   "stream", "schedule", "job"};
  const auto index = static_cast<std::size_t>(kind);
  SKY_CHECK(index < kNames.size());
  return kNames[index];
}

}  // namespace skyreplay::trace
