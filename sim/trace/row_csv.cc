#include "trace/row_csv.h"

#include <algorithm>

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
  append_integer(size / 1'000'000, out);
  if (size % 1'000'000 == 0) return;
  out += '.';
  append_digits(size % 1'000'000, 6, out);
  out.erase(out.find_last_not_of('0') + 1);
}

RowCsv::RowCsv(const TraceInfo& info)
    : info_(info),
      knows_memory_size_(
          std::any_of(info.routes.begin(), info.routes.end(),
                      [](const Route& route) { return route.memory_size_mib.has_value(); })) {
  for (const Route& route : info.routes) {
    std::string fields = ",";
    append_csv_field(route.name, fields);
    fields += ',';
    fields += to_string(route.kind);
    routes_.push_back(fields + ',');
  }
}

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

void RowCsv::append(const Row& row, std::string& out) {
  const auto integer = [&out](std::uint64_t value) {
    out += ',';
    append_integer(value, out);
  };
  const auto milliseconds = [&out](Duration duration) {
    out += ',';
    append_milliseconds(duration, out);
  };
  instants_.append(row.arrival, out);
  out += routes_[row.route];
  append_milliseconds(row.work, out);
  if (info_.durations == Durations::kWorkAndWait) milliseconds(row.wait);
  integer(row.bytes_in);
  integer(row.bytes_out);
  if (info_.has_status) integer(row.status);
  if (info_.has_init) milliseconds(row.init);
  if (knows_memory_size_) {
    const auto& memory = info_.routes[row.route].memory_size_mib;
    memory ? integer(*memory) : static_cast<void>(out += ',');
  }
  if (info_.has_memory_used) integer(row.memory_used_mib);
}

}  // namespace skyreplay::trace
