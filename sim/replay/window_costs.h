#pragma once

#include <string>
#include <vector>

#include "lambda/functions.h"
#include "metrics/recorder.h"
#include "pricing/bill.h"
#include "replay/result_writer.h"
#include "replay/summary.h"
#include "replay/verdict.h"

namespace skyreplay::replay {

/// Takes each window from the recorder, adds what it cost, and passes it on to the result file.
///
/// A window's cost is what the service's meters cost at its end less what they cost at its start,
/// so the timeline sums to the bill by construction.
class WindowCosts final : public metrics::WindowSink {
 public:
  /// `meters` and `names` by service; `writer` outlives this. A function's unit is its service's
  /// index.
  WindowCosts(const std::vector<std::string>& names, std::vector<pricing::Meters> meters,
              ResultWriter& writer, TimePoint start, TimePoint end);

  /// REQUIRES called before the first window; the functions outlive this.
  void bill(lambda::Functions& functions) { functions_ = &functions; }

  void begin_window(const metrics::Window& window) override;
  void row(metrics::WindowRow& row) override;
  void end_window() override;

  const pricing::Ledger& ledger() const { return ledger_; }
  pricing::NanoUsd cost(std::uint32_t service) const { return costs_[service]; }
  const Usage& usage(std::uint32_t service) const { return usage_[service]; }
  const pricing::Meters& meters(std::uint32_t service) const { return meters_[service]; }
  const QueueTrend& queue() const { return queue_; }

 private:
  void read_meters(std::uint32_t service);

  const std::vector<std::string>& names_;
  std::vector<pricing::Meters> meters_;
  ResultWriter& writer_;
  lambda::Functions* functions_ = nullptr;
  pricing::Ledger ledger_;
  std::vector<pricing::NanoUsd> costs_;
  std::vector<Usage> usage_;
  TimePoint end_;  ///< of the horizon, which means are over
  QueueTrend queue_;
  metrics::Window window_;
};

}  // namespace skyreplay::replay
