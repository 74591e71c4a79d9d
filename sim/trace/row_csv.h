#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trace/format.h"
#include "trace/instant_text.h"

namespace skyreplay::trace {

/// A trace's requests as the CSV that `trace import --format csv` reads back. Columns that no
/// request of the trace has are left out.
class RowCsv {
 public:
  /// `info` outlives this.
  explicit RowCsv(const TraceInfo& info);
  /// The names of the columns, without a line break.
  std::string header() const;
  /// Appends a request, without a line break.
  void append(const Row& row, std::string& out);

 private:
  const TraceInfo& info_;
  bool knows_memory_size_;           ///< of some route
  std::vector<std::string> routes_;  ///< by route: its fields
  InstantText instants_;
};

/// A field of RFC 4180: quoted where it must be.
void append_csv_field(std::string_view text, std::string& out);
/// "12.345" for 12,345 microseconds; exact to the nanosecond, without trailing zeros.
void append_milliseconds(Duration duration, std::string& out);

}  // namespace skyreplay::trace
