// `trace head`: the first rows as CSV, in the columns that the CSV importer reads.
#include <fmt/format.h>

#include <ostream>

#include "core/time.h"
#include "skyreplay/trace.h"
#include "trace/reader.h"
#include "trace/row_copy.h"

namespace skyreplay {
namespace {

using namespace trace;

/// A field of RFC 4180: quoted where it must be.
std::string csv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

/// "12.345" for 12,345 microseconds; columns hold whole microseconds.
std::string milliseconds(Duration duration) {
  std::string text =
      fmt::format("{}.{:06d}", duration.count() / 1'000'000, duration.count() % 1'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string header(const TraceInfo& info) {
  std::string text = "arrival,route,kind,";
  text += info.durations == Durations::kWorkAndWait ? "work_ms,wait_ms" : "duration_ms";
  text += ",bytes_in,bytes_out";
  if (info.has_status) text += ",status";
  if (info.has_init) text += ",init_ms";
  if (info.has_memory_used) text += ",memory_used_mib";
  return text;
}

std::string line(const TraceInfo& info, const Row& row) {
  const Route& route = info.routes[row.route];
  std::string text = fmt::format("{},{},{},{}", to_rfc3339(row.arrival), csv(route.name),
                                 to_string(route.kind), milliseconds(row.work));
  if (info.durations == Durations::kWorkAndWait) text += "," + milliseconds(row.wait);
  text += fmt::format(",{},{}", row.bytes_in, row.bytes_out);
  if (info.has_status) text += fmt::format(",{}", row.status);
  if (info.has_init) text += "," + milliseconds(row.init);
  if (info.has_memory_used) text += fmt::format(",{}", row.memory_used_mib);
  return text;
}

}  // namespace

void print_trace_head(const std::filesystem::path& path, std::uint64_t rows, std::ostream& out) {
  Reader reader(path);
  out << header(reader.info()) << '\n';
  for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (batch.first_row + i >= rows || !out) return;
      out << line(reader.info(), row_of(reader, batch, i)) << '\n';
    }
  }
}

}  // namespace skyreplay
