#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "metrics/window_row.h"
#include "pricing/bill.h"
#include "replay/result_types.h"
#include "replay/summary.h"

namespace skyreplay::replay {

/// Streams a result file. It appears under its name on commit() only.
///
/// **Order** begin_window, row..., end_window for one window after another, activities at any time;
/// then bill, summary, commit. Windows ascend, rows ascend by service, activities ascend by time;
/// those of one instant may come in any order of services and are sorted.
/// **Cost** memory is one window's block; a row allocates nothing once the largest window was seen;
/// 4 ns a histogram bucket, all included.
class ResultWriter {
 public:
  /// Throws MachineError if the file cannot be created.
  ResultWriter(const std::filesystem::path& path, const ResultHeader& header);
  ~ResultWriter();
  ResultWriter(const ResultWriter&) = delete;
  ResultWriter& operator=(const ResultWriter&) = delete;

  /// REQUIRES a length above 0 and a start not before the end of the window before.
  void begin_window(const metrics::Window& window);
  /// REQUIRES a service above that of the row before, histograms ascending by bucket, counts above
  /// 0.
  void row(const metrics::WindowRow& row);
  /// A window without rows leaves nothing.
  void end_window();

  /// REQUIRES a time not before that of the activity before.
  void activity(const Activity& activity);
  /// May be called several times; rows stay in order.
  void bill(std::span<const pricing::BillRow> rows);
  /// REQUIRES as many services and routes as the header has. Once, after the bill.
  void summary(const Summary& summary);
  /// The same for services and routes that are never in memory together: `head` has none, and each
  /// is asked for once, by its index, in order.
  using ServiceOf = std::function<ServiceSummary(std::uint32_t)>;
  using RouteOf = std::function<metrics::SpanRow(std::uint32_t)>;
  void summary(const Summary& head, const ServiceOf& service, const RouteOf& route);

  /// Writes the footer, puts the file in its place and returns the digest, 32 hex digits.
  /// REQUIRES a summary. All of these throw MachineError when the disk is full.
  std::string commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::replay
