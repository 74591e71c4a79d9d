#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sweep/facts.h"

namespace skyreplay::sweep {

/// One parameter of a cell.
struct StoredValue {
  std::string path;
  std::string value;
};

struct StoredCell {
  std::string digest;  ///< Cell::digest
  std::string variant;
  std::vector<StoredValue> values;
};

/// What a sweep asks, so that its answers can be read from the store alone.
struct StoredSweep {
  std::string name;
  std::string engine;  ///< version of the program
  std::string trace_digest;
  std::int64_t span_ns = 0;   ///< of the trace
  std::string design;         ///< as the sweep's file spells it
  std::uint32_t indices = 0;  ///< 1: laid out for Sobol's indices
  std::uint32_t replications = 1;
  std::uint64_t seed = 0;  ///< of the first replication
  std::string minimize;
  std::string against;
  std::vector<std::string> constraints;
  std::vector<StoredCell> cells;  ///< in the plan's order; some may have one digest
};

/// How long cells took, by the clock of whoever ran them.
struct StoredPace {
  std::int64_t first_finished_ms = 0;  ///< since 1970
  std::int64_t last_finished_ms = 0;
  std::uint64_t cells = 0;
};

/// The results of a sweep in one SQLite file; docs/sweeps.md documents its tables. What is read
/// back is what was put in, but for notes and reasons.
///
/// **Order** Contents do not depend on the order in which cells are put. A cell is one transaction,
/// so that a process may end at any instant; several may work on one store. While one does, SQLite
/// has a log and an index of it beside the file (-wal, -shm). Not for several threads at once.
/// Throws InputError for a file that is no store, or that holds another sweep or another version's
/// results; MachineError where SQLite says no.
class Store {
 public:
  /// Opens or makes the store of a sweep and writes down what it asks and its cells, in one
  /// transaction. Results of cells that are in it stay.
  Store(const std::filesystem::path& path, const StoredSweep& sweep);
  /// Opens a store that exists.
  explicit Store(const std::filesystem::path& path);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const StoredSweep& sweep() const { return sweep_; }

  /// Digests of the cells that have all replications, each with a value for every quantity.
  std::set<std::string> finished(const std::vector<std::string>& quantities);
  bool is_finished(const std::string& cell, const std::vector<std::string>& quantities);

  /// Puts all runs of a cell, by replication, `measured` by quantity. What was there of the cell is
  /// replaced, but for values of other quantities.
  void put(const std::string& cell, const std::vector<RunFacts>& runs,
           const std::vector<std::string>& quantities, std::int64_t finished_ms,
           std::int64_t wall_ms);
  /// The runs of a cell by replication, `measured` by quantity; fewer than there should be where
  /// the cell is not finished.
  std::vector<RunFacts> runs(const std::string& cell, const std::vector<std::string>& quantities);

  /// Takes over the results of another store of the same plan, in one transaction. Throws
  /// InputError where the plans differ, or one run has two results.
  void merge(const std::filesystem::path& other);

  StoredPace pace();

 private:
  struct Database;

  std::filesystem::path path_;
  std::unique_ptr<Database> database_;
  StoredSweep sweep_;
};

}  // namespace skyreplay::sweep
