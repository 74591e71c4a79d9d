#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "trace/import.h"
#include "trace/row_sorter.h"

namespace skyreplay::trace {

/// Between an importer whose rows come in any order and the sink, which wants them by arrival.
/// Routes are numbered in order of arrival as well, so that the same requests give the same trace
/// however they were spread over files (but for the order of requests of one instant). Memory: the
/// sorter's, and at most max_routes routes.
class UnorderedRows {
 public:
  explicit UnorderedRows(ImportJob& job);

  /// The number here of a route. One beyond the first max_routes that were seen is "other".
  std::uint32_t number_of(const std::string& route);
  /// What the trace will say of the route, but for its name. REQUIRES a number of number_of().
  Route& record(std::uint32_t number) { return routes_[number]; }
  /// `row.route` is a number of number_of().
  void add(const Row& row) { sorter_.add(row); }
  /// Hands all rows to the sink, each once `complete` has seen it with its number in the trace.
  void finish(const std::function<void(Row& row, std::uint64_t number)>& complete);
  std::uint64_t rows() const { return sorter_.rows(); }

 private:
  std::uint32_t sink_route(std::uint32_t number);

  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  ImportJob& job_;
  RowSorter sorter_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  ///< looked up, never walked through
  std::vector<Route> routes_;                               ///< by number here
  std::uint32_t other_ = kNone;                             ///< once there is one route too many
  std::vector<std::uint32_t> sink_routes_;                  ///< by number here; kNone: not seen yet
};

}  // namespace skyreplay::trace
