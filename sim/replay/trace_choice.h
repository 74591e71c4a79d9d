#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "scenario/scenario.h"
#include "trace/source.h"
#include "trace/transform.h"

namespace skyreplay::replay {

/// Where a run's requests come from: a trace file, or a count series or a synthesis spec whose
/// requests are made as they are replayed and never written to disk.
class TraceChoice {
 public:
  /// The file `given` (`--trace`), else what the scenario names. Throws InputError where that is
  /// nothing.
  TraceChoice(const scenario::Scenario& scenario, const std::filesystem::path& given);

  /// Opens it from its beginning; any number may be open at a time. Throws InputError for damage or
  /// a mistake in the file, MachineError if it cannot be read.
  std::unique_ptr<trace::Source> open() const { return open_(); }
  /// The same requests changed on their way.
  TraceChoice with(const trace::Transformation& transformation) const;
  /// The same requests, held in memory where they fit `max_bytes`, so that many runs share one pass
  /// over them. Reads them once.
  TraceChoice in_memory(std::size_t max_bytes) const;
  /// What it is, for messages: equal for two choices of the same requests.
  const std::string& text() const { return text_; }
  /// What `--trace` said; empty where the scenario chose.
  const std::filesystem::path& given() const { return given_; }
  /// The one file that it reads.
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path given_;
  std::filesystem::path file_;
  std::string text_;
  trace::Opener open_;
};

}  // namespace skyreplay::replay
