#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "check/requirement.h"
#include "sweep/facts.h"
#include "trace/format.h"

namespace skyreplay::sweep {

/// One replay of a search.
struct Probe {
  std::uint64_t value = 0;
  std::vector<std::string> settings;  ///< that gave the field this value
  RunFacts run;
};

/// Everything that tune found out; the table and the JSON are rendered from it.
struct Tuning {
  std::string scenario;  ///< its name
  std::string over;      ///< the field's path
  std::uint64_t min = 1;
  std::uint64_t max = 1;
  std::uint64_t seed = 0;
  trace::TraceInfo trace;
  std::vector<check::Requirement> requirements;
  std::vector<Probe> probes;  ///< in the order of the search
  std::optional<std::uint64_t> answer;

  /// The probe of that value; nullptr if there was none.
  const Probe* probe(std::uint64_t value) const;
};

/// What `skyreplay tune` prints: at most 100 columns, ends with a line break.
std::string tune_table(const Tuning& tuning);

/// What --json prints, docs/compare.md. Throws MachineError.
void write_tune_json(const std::filesystem::path& path, const Tuning& tuning);

}  // namespace skyreplay::sweep
