#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "trace/count_series.h"
#include "trace/source.h"

namespace skyreplay::trace {

/// The requests of a count series, made as they are asked for: the same as `trace import` of the
/// counts would write to a file. Opening reads the series once for its length and its mistakes.
class CountSource final : public Source {
 public:
  /// Throws InputError as CountSeries does, at the first bad row, and for a series without a count;
  /// MachineError if it cannot be read.
  CountSource(const std::filesystem::path& path, TimePoint origin, std::optional<Duration> step,
              const CountLaws& laws);
  ~CountSource() override;

  /// As a file of it would say, but that the digest is over the series and the laws.
  const TraceInfo& info() const override;
  Batch next() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
