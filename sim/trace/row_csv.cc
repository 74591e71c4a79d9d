#include "trace/row_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/time.h"

namespace skyreplay::trace {
void append_csv_field(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_milliseconds(Duration duration, std::string& out) {
  const std::int64_t count = duration.count();
  if (count < 0) out += '-';
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  fmt::format_to(std::back_inserter(out), "{}", size / 1'000'000);
  if (size % 1'000'000 == 0) return;
  fmt::format_to(std::back_inserter(out), ".{:06d}", size % 1'000'000);
  out.erase(out.find_last_not_of('0') + 1);
}

RowCsv::RowCsv(const TraceInfo& info)
    : info_(info),
      knows_memory_size_(
          std::any_of(info.routes.begin(), info.routes.end(),
                      [](const Route& route) { return route.memory_size_mib.has_value(); })) {}

std::string RowCsv::header() const {
  std::string text = "arrival,route,kind,";
  text += info_.durations == Durations::kWorkAndWait ? "work_ms,wait_ms" : "duration_ms";
  text += ",bytes_in,bytes_out";
  if (info_.has_status) text += ",status";
  if (info_.has_init) text += ",init_ms";
  if (knows_memory_size_) text += ",memory_mib";
  if (info_.has_memory_used) text += ",memory_used_mib";
  return text;
}

void RowCsv::append(const Row& row, std::string& out) const {
  const Route& route = info_.routes[row.route];
  out += to_rfc3339(row.arrival);
  out += ',';
  append_csv_field(route.name, out);
  out += ',';
  out += to_string(route.kind);
  out += ',';
  append_milliseconds(row.work, out);
  if (info_.durations == Durations::kWorkAndWait) {
    out += ',';
    append_milliseconds(row.wait, out);
  }
  const auto into = std::back_inserter(out);
  fmt::format_to(into, ",{},{}", row.bytes_in, row.bytes_out);
  if (info_.has_status) fmt::format_to(into, ",{}", row.status);
  if (info_.has_init) {
    out += ',';
    append_milliseconds(row.init, out);
  }
  if (knows_memory_size_) {
    out += ',';
    if (route.memory_size_mib) fmt::format_to(into, "{}", *route.memory_size_mib);
  }
  if (info_.has_memory_used) fmt::format_to(into, ",{}", row.memory_used_mib);
}

}  // namespace skyreplay::trace
