#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trace/field_mapping.h"
#include "trace/import.h"
#include "trace/log_rows.h"
#include "trace/route_template.h"

namespace skyreplay::trace {

/// What a record says in one column of a mapping; empty where it says nothing.
struct MappedCell {
  std::string_view text{};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// One record of an input: a row of a table, a JSON object.
struct MappedRecord {
  const std::string& input;           ///< its name, for messages
  std::span<const MappedCell> cells;  ///< by index of FieldMapping::columns()
};

/// Makes requests of records as a FieldMapping says, sorted by arrival (LogRows). An empty
/// cell and one of "-" say nothing; a start or an end must be there, and a duration unless
/// --service-time gives a law. docs/traces.md says what each field means.
class MappedRows {
 public:
  /// Which route a record is of; kTemplates folds "METHOD target" into a template of its path, and
  /// with kRequests a record without both is no request: left out and counted.
  enum class Routes : std::uint8_t { kTemplates, kRequests, kAsWritten };
  /// What a status of 101 is: a WebSocket, for --websockets, or a request as any other.
  enum class Switching : std::uint8_t { kRequest, kWebSocket };

  /// Throws InputError where options do not fit the mapping. Both must outlive it.
  MappedRows(ImportJob& job, const FieldMapping& mapping, Routes routes = Routes::kTemplates,
             Switching switching = Switching::kRequest);

  /// Adds the record's request and returns what the trace will say of its route; nullptr where it
  /// is none, which is counted. A `name` takes the place of a route that is written so at length.
  Route* add(const MappedRecord& record, std::string_view name = "");
  /// Writes the trace, and into the provenance what requests were made of. Throws InputError where
  /// there are none.
  void finish();

 private:
  using Source = FieldMapping::Source;
  using Term = FieldMapping::Term;

  bool read(Row& row);
  bool read_durations(Row& row);
  bool place(Row& row);
  bool time(MappedField field, std::optional<TimePoint>& value);
  bool number_time(MappedField field, const MappedCell& cell, std::optional<TimePoint>& value);
  bool duration(MappedField field, std::optional<Duration>& value);
  bool term(MappedField field, const Term& term, std::optional<Duration>& value);
  bool count(MappedField field, std::uint64_t limit, std::uint64_t& value);
  bool memory(Row& row);
  bool route();
  bool fold_route();
  const MappedCell& cell(MappedField field) const;
  bool wrong(MappedField field, const MappedCell& cell, std::string_view what,
             std::string_view hint = "");
  void describe();
  void describe_field(MappedField field);

  ImportJob& job_;
  const FieldMapping& mapping_;
  Routes routes_;
  Switching switching_;
  RouteTemplates templates_;
  LogRows rows_;
  const MappedRecord* record_ = nullptr;  ///< in hand
  std::string route_;                     ///< of the record in hand
};

}  // namespace skyreplay::trace
