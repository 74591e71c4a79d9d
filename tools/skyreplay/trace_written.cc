#include "trace_written.h"

#include <fmt/format.h>

#include <iostream>

namespace skyreplay::tool {

void print_written(const std::filesystem::path& path, const TraceWritten& written) {
  const double span_s = std::chrono::duration<double>(written.end - written.start).count();
  std::cout << fmt::format("wrote {}: {} requests over {:.3f} s\ndigest {}\n", path.string(),
                           written.rows, span_s, written.digest);
}

}  // namespace skyreplay::tool
