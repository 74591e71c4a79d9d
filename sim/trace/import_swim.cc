#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "trace/decimal.h"
#include "trace/import.h"
#include "trace/log_lines.h"
#include "trace/mapped_rows.h"

/// Facebook's Hadoop jobs as SWIM published them: six fields parted by tabs, without a header.

namespace skyreplay::trace {
namespace {

constexpr std::array<std::string_view, 6> kNames{
    "job", "submit_time", "gap", "map_input_bytes", "shuffle_bytes", "reduce_output_bytes"};

/// False where there are not six; their columns count from 1.
bool split(std::string_view line, std::array<MappedCell, 6>& fields, std::uint32_t number) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t tab = std::min(line.find('\t', from), line.size());
    fields[i] = {line.substr(from, tab - from), number, static_cast<std::uint32_t>(from + 1)};
    if ((tab == line.size()) != (i + 1 == fields.size())) return false;
    from = tab + 1;
  }
  return true;
}

/// Where each column of the mapping stands among the six.
std::vector<std::size_t> places_of(const FieldMapping& mapping) {
  std::vector<std::size_t> places;
  for (const auto& column : mapping.columns()) {
    const auto* found = std::find(kNames.begin(), kNames.end(), column.name);
    if (found == kNames.end()) {
      throw InputError(fmt::format("--map: swim has no column '{}' (there are {})", column.name,
                                   fmt::join(kNames, ", ")));
    }
    places.push_back(static_cast<std::size_t>(found - kNames.begin()));
  }
  return places;
}

}  // namespace

bool recognizes_swim(std::string_view head) {
  std::array<MappedCell, 6> fields;
  if (!split(head.substr(0, std::min(head.find_first_of("\r\n"), head.size())), fields, 1)) {
    return false;
  }
  return std::all_of(fields.begin() + 1, fields.end(), [](const MappedCell& field) {
    std::uint64_t ignored = 0;
    return parse_count(field.text, ignored) == NumberError::kNone;
  });
}

void import_swim(ImportJob& job) {
  const FieldMapping mapping({"start=submit_time:s"}, job.options.mapping);
  const std::vector<std::size_t> places = places_of(mapping);
  MappedRows rows(job, mapping, MappedRows::Routes::kAsWritten);
  LogLines lines(job);
  std::array<MappedCell, 6> fields;
  std::vector<MappedCell> cells(places.size());
  lines.each([&](std::string_view line) {
    const SourcePosition position = lines.position(0);
    if (!split(line, fields, position.line)) {
      return job.bad.add(position, "the line has not six fields parted by tabs");
    }
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = fields[places[i]];
    Route* route = rows.add({position.file, cells});
    if (route != nullptr) route->kind = InvocationKind::kJob;
  });
  rows.finish();
}

}  // namespace skyreplay::trace
