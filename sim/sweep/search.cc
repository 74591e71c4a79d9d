#include "sweep/search.h"

#include <algorithm>

#include "core/check.h"

namespace skyreplay::sweep {

std::optional<std::uint64_t> smallest(std::uint64_t first, std::uint64_t last,
                                      const std::function<bool(std::uint64_t)>& meets) {
  SKY_CHECK(first > 0 && first <= last);
  if (meets(first)) return first;
  std::uint64_t fails = first;
  std::uint64_t holds = 0;  // none yet
  while (holds == 0) {
    if (fails == last) return std::nullopt;
    const std::uint64_t next = fails > last / 2 ? last : fails * 2;
    (meets(next) ? holds : fails) = next;
  }
  while (holds - fails > 1) {
    const std::uint64_t middle = fails + (holds - fails) / 2;
    (meets(middle) ? holds : fails) = middle;
  }
  return holds;
}

}  // namespace skyreplay::sweep
