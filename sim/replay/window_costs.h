#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metrics/recorder.h"
#include "pricing/bill.h"
#include "replay/models.h"
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
  /// `names` by service; `writer` outlives this.
  WindowCosts(const std::vector<std::string>& names, ResultWriter& writer, TimePoint start,
              TimePoint end);

  /// Whose meters are read. REQUIRES called before the first window; the models outlive this.
  void bill(Models& models);

  void begin_window(const metrics::Window& window) override;
  void row(metrics::WindowRow& row) override;
  void end_window() override;

  const pricing::Ledger& ledger() const { return *ledger_; }
  pricing::NanoUsd cost(std::uint32_t service) const { return costs_[service]; }
  const Usage& usage(std::uint32_t service) const { return usage_[service]; }
  const pricing::Meters& meters(std::uint32_t service) const { return models_->meters()[service]; }
  const QueueTrend& queue() const { return queue_; }

 private:
  const std::vector<std::string>& names_;
  ResultWriter& writer_;
  Models* models_ = nullptr;
  std::optional<pricing::Ledger> ledger_;  ///< from bill() on
  std::vector<pricing::NanoUsd> costs_;
  std::vector<Usage> usage_;
  TimePoint end_;  ///< of the horizon, which means are over
  QueueTrend queue_;
  metrics::Window window_;
};

}  // namespace skyreplay::replay
