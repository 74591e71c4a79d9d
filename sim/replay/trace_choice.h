#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/time.h"
#include "scenario/scenario.h"
#include "trace/source.h"

namespace skyreplay::replay {

/// Where a run's requests come from: a trace file, or a synthesis spec whose requests are made as
/// they are replayed and never written to disk (`workload.synth`).
class TraceChoice {
 public:
  /// The file `given` (`--trace`), else what the scenario names. Throws InputError where that is
  /// nothing.
  TraceChoice(const scenario::Scenario& scenario, const std::filesystem::path& given);

  /// Opens it from its beginning; any number may be open at a time. Throws InputError for damage or
  /// a mistake in a spec, MachineError if it cannot be read.
  std::unique_ptr<trace::Source> open() const;
  /// What it is, for messages: equal for two choices of the same requests.
  const std::string& text() const { return text_; }

 private:
  std::filesystem::path path_;
  bool is_spec_ = false;
  std::optional<std::uint64_t> seed_;
  std::optional<Duration> duration_;
  std::string text_;
};

}  // namespace skyreplay::replay
