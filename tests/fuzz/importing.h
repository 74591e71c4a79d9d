#pragma once

#include "fuzz/support.h"
#include "skyreplay/trace_import.h"
#include "trace/reader.h"

namespace skyreplay::fuzz {

/// Imports: what is written can be read back row by row, what is refused leaves nothing, and an
/// input without a bad row is the same trace whether or not bad rows are skipped.
inline void import_and_read(ImportOptions options) {
  options.out = scratch_folder() / "out.skytrace";
  std::string strict, lenient;
  for (std::string* digest : {&strict, &lenient}) {
    options.skip_bad_rows = digest == &lenient;
    std::filesystem::remove(options.out);
    ImportReport report;
    const bool written = accepted([&] { report = import_trace(options); });
    SKY_CHECK(std::filesystem::exists(options.out) == written);
    if (!written) {
      SKY_CHECK(std::filesystem::is_empty(scratch_folder()));
      continue;
    }
    trace::Reader reader(options.out);
    std::uint64_t rows = 0;
    for (auto batch = reader.next(); batch.size > 0; batch = reader.next()) rows += batch.size;
    SKY_CHECK(rows == report.rows && rows == reader.info().rows);
    *digest = report.digest;
  }
  SKY_CHECK(strict.empty() || strict == lenient);
}

}  // namespace skyreplay::fuzz
