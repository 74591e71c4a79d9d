#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/window_row.h"
#include "replay/result_types.h"
#include "report/rest_row.h"
#include "report/text_buffer.h"

namespace skyreplay::report {

/// timeline.csv, docs/results.md: one line per window and active service; where only some services
/// have lines of their own, one more for all others together. A cell without meaning is empty,
/// never 0. **Cost** 0.8 us a line.
class TimelineCsv {
 public:
  /// Throws MachineError if the file cannot be created. REQUIRES the header to outlive it.
  /// `own` says which services have lines of their own; empty: all of them.
  TimelineCsv(const std::filesystem::path& path, const replay::ResultHeader& header,
              std::vector<bool> own = {});

  void window(const metrics::Window& window, std::span<const metrics::WindowRow> rows);
  void commit();

  static const char* const kHeader;
  /// What the others are called: no service has a name with an asterisk.
  static constexpr const char* kRest = "*rest";

 private:
  void row(const metrics::WindowRow& row, const replay::ServiceHeader& service,
           const std::string& name, const std::string& unit);
  void end_window();
  void counters(const metrics::Counters& counters, const replay::ServiceHeader& service);
  void latency(const metrics::WindowRow& row);
  void parts(const metrics::WindowRow& row, const replay::ServiceHeader& service);
  void capacity(const metrics::WindowRow& row, const replay::ServiceHeader& service);
  void events(const metrics::EventCounts& events);
  void provisioned(const metrics::ProvisionedCounts& counts);
  void function(const metrics::FunctionCounts& counts, const replay::ServiceHeader& service);
  void memory(const metrics::MemoryCounts& counts, const replay::ServiceHeader& service);
  void reservation(const metrics::ReservationCounts& counts, const replay::ServiceHeader& service);
  /// The cell and a comma, or the comma alone.
  void mean_if(bool meaning, std::uint64_t integral_ns);
  void max_if(bool meaning, std::uint64_t value);

  const replay::ResultHeader& header_;
  std::vector<bool> own_;
  replay::ServiceHeader rest_header_;  ///< what any of the others has
  RestRow rest_;
  bool maxima_ = true;  ///< the row in hand has them
  TimePoint window_start_{};
  std::vector<std::string> names_;  ///< cells, by service
  std::vector<std::string> units_;
  std::string prefix_;  ///< window_start,window_s, of the window in hand
  std::uint64_t length_ns_ = 1;
  AtomicFile file_;
  TextBuffer out_;
};

}  // namespace skyreplay::report
