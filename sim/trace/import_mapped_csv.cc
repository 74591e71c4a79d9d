#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "trace/delimited_reader.h"
#include "trace/import.h"
#include "trace/mapped_rows.h"

/// One request a row of a table whose columns --map names by the header: docs/traces.md.

namespace skyreplay::trace {
namespace {

/// Where each column of the mapping stands in a file.
class MappedHeader {
 public:
  /// Takes the file's first record. Throws InputError where a column is absent or there twice.
  MappedHeader(DelimitedReader& reader, const FieldMapping& mapping) {
    const DelimitedReader::Outcome outcome = reader.next();
    if (outcome == DelimitedReader::Outcome::kEnd) {
      throw InputError(SourcePosition{reader.name()}, "the file is empty; expected a header line");
    }
    if (outcome == DelimitedReader::Outcome::kBad) {
      throw InputError(reader.bad_position(), reader.bad_reason());
    }
    width_ = reader.fields().size();
    for (const auto& column : mapping.columns()) places_.push_back(find(reader, column.name));
  }

  std::size_t width() const { return width_; }
  const std::vector<std::size_t>& places() const { return places_; }

 private:
  static std::size_t find(const DelimitedReader& reader, const std::string& name) {
    std::optional<std::size_t> found;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < reader.fields().size(); ++i) {
      const DelimitedReader::Field& field = reader.fields()[i];
      names.emplace_back(field.text);
      if (field.text != name) continue;
      if (found) {
        throw InputError(reader.position(field), fmt::format("a second column '{}'", name));
      }
      found = i;
    }
    if (found) return *found;
    throw InputError(SourcePosition{reader.name(), reader.line(), 0},
                     fmt::format("no column '{}', which --map names{} (there are {})", name,
                                 did_you_mean(name, names), fmt::join(names, ", ")));
  }

  std::size_t width_ = 0;
  std::vector<std::size_t> places_;
};

void read_table(TextInput input, const FieldMapping& mapping, ImportJob& job, MappedRows& rows) {
  DelimitedReader reader(std::move(input));
  const MappedHeader header(reader, mapping);
  std::vector<MappedCell> cells(mapping.columns().size());
  for (auto outcome = reader.next(); outcome != DelimitedReader::Outcome::kEnd;
       outcome = reader.next()) {
    if (outcome == DelimitedReader::Outcome::kBad) {
      job.bad.add(reader.bad_position(), reader.bad_reason());
      continue;
    }
    const auto& fields = reader.fields();
    if (fields.size() != header.width()) {
      job.bad.add(reader.position(fields[std::min(fields.size() - 1, header.width())]),
                  "the row has another number of fields than the header",
                  fmt::format("{} instead of {}", fields.size(), header.width()));
      continue;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const DelimitedReader::Field& field = fields[header.places()[i]];
      cells[i] = {field.text, field.line, field.column};
    }
    rows.add({reader.name(), cells});
  }
}

void refuse_header_options(const ImportOptions& options) {
  if (!options.time_unit.empty()) {
    throw InputError("--time-unit: beside --map, which gives the unit: --map start=COLUMN:s");
  }
  if (!options.ignored_columns.empty()) {
    throw InputError("--ignore-column: beside --map, which passes over what it does not name");
  }
}

}  // namespace

void import_mapped_csv(ImportJob& job) {
  refuse_header_options(job.options);
  const FieldMapping mapping({}, job.options.mapping);
  MappedRows rows(job, mapping);
  for (TextInput& input : job.inputs) read_table(std::move(input), mapping, job, rows);
  rows.finish();
}

}  // namespace skyreplay::trace
