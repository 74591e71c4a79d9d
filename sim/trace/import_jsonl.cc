#include "trace/import.h"
#include "trace/json_cells.h"
#include "trace/mapped_rows.h"

/// One request a line, a JSON object whose values --map names: docs/traces.md.

namespace skyreplay::trace {

bool recognizes_jsonl(std::string_view head) {
  const std::size_t begin = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
  return begin != std::string_view::npos && head[begin] == '{';
}

void import_jsonl(ImportJob& job) {
  const FieldMapping mapping({}, job.options.mapping);
  JsonCells cells(mapping.columns());
  MappedRows rows(job, mapping);
  for (TextInput& input : job.inputs) read_json_lines(std::move(input), cells, job, rows);
  rows.finish();
}

}  // namespace skyreplay::trace
