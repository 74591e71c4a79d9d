#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/window_row.h"
#include "replay/result_types.h"
#include "report/text_buffer.h"

namespace skyreplay::report {

/// timeline.csv, docs/results.md: one line per window and active service. A cell without meaning is
/// empty, never 0. **Cost** 0.8 us a line.
class TimelineCsv {
 public:
  /// Throws MachineError if the file cannot be created. REQUIRES the header to outlive it.
  TimelineCsv(const std::filesystem::path& path, const replay::ResultHeader& header);

  void window(const metrics::Window& window, std::span<const metrics::WindowRow> rows);
  void commit();

  static const char* const kHeader;

 private:
  void row(const metrics::WindowRow& row);
  void counters(const metrics::Counters& counters, const replay::ServiceHeader& service);
  void latency(const metrics::WindowRow& row);
  void parts(const metrics::WindowRow& row, const replay::ServiceHeader& service);
  void capacity(const metrics::WindowRow& row, const replay::ServiceHeader& service);
  /// The cell and a comma, or the comma alone.
  void mean_if(bool meaning, std::uint64_t integral_ns);
  void max_if(bool meaning, std::uint64_t value);

  const replay::ResultHeader& header_;
  std::vector<std::string> names_;  ///< cells, by service
  std::vector<std::string> units_;
  std::string prefix_;  ///< window_start,window_s, of the window in hand
  std::uint64_t length_ns_ = 1;
  AtomicFile file_;
  TextBuffer out_;
};

}  // namespace skyreplay::report
