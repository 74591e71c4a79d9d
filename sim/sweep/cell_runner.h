#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/scratch_folder.h"
#include "skyreplay/compare.h"
#include "sweep/outcome.h"
#include "sweep/plan.h"

namespace skyreplay::sweep {

/// Replays cells side by side and keeps what came of them in memory.
class CellRunner {
 public:
  struct Settings {
    std::uint32_t threads = 1;
    std::string version;
    /// Called now and then, by one thread at a time; may be empty. REQUIRES it to outlive this.
    const std::function<void(const RunsProgress&)>& progress;
  };

  /// REQUIRES all of them to outlive this.
  CellRunner(const SweepFile& sweep, const Plan& plan, const Questions& asks, Settings settings)
      : sweep_(sweep), plan_(plan), asks_(asks), settings_(std::move(settings)) {}

  /// Outcomes of cells, by their numbers in the plan, in the order given. Throws as
  /// replay_and_read() does.
  std::vector<CellOutcome> replay(const std::vector<std::size_t>& cells,
                                  const replay::TraceChoice& trace, std::uint32_t replications);

 private:
  RunFacts replay_one(std::size_t cell, std::uint32_t replication, const replay::TraceChoice& trace,
                      std::size_t run,
                      const std::function<void(const replay::Progress&)>& progress) const;

  const SweepFile& sweep_;
  const Plan& plan_;
  const Questions& asks_;
  Settings settings_;
  ScratchFolder scratch_{"skyreplay-cells"};
};

}  // namespace skyreplay::sweep
