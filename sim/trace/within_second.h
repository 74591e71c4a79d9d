#pragma once

#include <cstdint>
#include <string_view>

#include "core/random.h"
#include "trace/import.h"

namespace skyreplay::trace {

/// Where in its second a request came of which a log tells whole seconds only: at a uniform place,
/// for a hundred requests that all came at once would need a hundred times the capacity of a
/// moment. The place is drawn by the line itself, so that neither the order of lines nor how they
/// are spread over files moves any; equal lines of one second have one place.
class WithinSecond {
 public:
  /// `--arrivals` uniform (also ""), or start, which leaves times as they are. Throws InputError
  /// for another law. `entity` is what the draws are keyed by.
  WithinSecond(const ImportOptions& options, std::string_view entity);

  /// Moves `time`, which stands in `line` in whole seconds, on within its second.
  void place(TimePoint& time, std::string_view line);
  /// Puts into the provenance what was drawn.
  void describe(ImportJob& job) const;

 private:
  RandomStream random_;
  bool moves_ = true;
  std::uint64_t moved_ = 0;
};

/// Whether a time as text has whole seconds only: no digits behind a point.
inline bool is_whole_second(std::string_view text) {
  return text.find_first_of(".,") == std::string_view::npos;
}

}  // namespace skyreplay::trace
