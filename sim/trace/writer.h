#pragma once

#include <filesystem>
#include <memory>

#include "trace/format.h"

namespace skyreplay::trace {

/// Writes a .skytrace file row by row; it appears under its name on commit(). Memory: one block and
/// the route table.
class Writer {
 public:
  /// Throws MachineError if the file cannot be created.
  Writer(const std::filesystem::path& path, TimePoint origin, Durations durations);
  ~Writer();

  /// Adds a route and returns its number (0, 1, ...).
  std::uint32_t add_route(Route route);
  /// What the footer will say of a route added before: may be changed until commit(), but for
  /// `rows`.
  Route& route(std::uint32_t number);
  /// REQUIRES arrival >= the row before's and >= 1970, route < routes added, work and wait >= 0.
  void add(const Row& row);
  /// What the footer will say, instead of what the constructor was given.
  void set_durations(Durations durations);
  /// Sets what the footer will say. Span defaults to [first arrival, last arrival + 1 ns).
  void set_span(TimePoint start, TimePoint end);
  void add_provenance(ProvenanceStep step);
  std::uint64_t rows() const;
  /// Writes the footer and renames into place; returns what a reader will see.
  TraceInfo commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
