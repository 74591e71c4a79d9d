// `trace head`: the first rows as CSV, in the columns that the CSV importer reads.
#include <ostream>
#include <string>

#include "skyreplay/trace.h"
#include "trace/reader.h"
#include "trace/row_copy.h"
#include "trace/row_csv.h"

namespace skyreplay {

void print_trace_head(const std::filesystem::path& path, std::uint64_t rows, std::ostream& out) {
  using namespace trace;
  Reader reader(path);
  RowCsv csv(reader.info());
  out << csv.header() << '\n';
  std::string line;
  for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (batch.first_row + i >= rows || !out) return;
      line.clear();
      csv.append(row_of(reader, batch, i), line);
      out << line << '\n';
    }
  }
}

}  // namespace skyreplay
