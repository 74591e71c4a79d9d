#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/distribution.h"
#include "core/random.h"
#include "trace/import.h"
#include "trace/route_template.h"
#include "trace/unordered_rows.h"
#include "trace/websockets.h"

namespace skyreplay::trace {

/// The requests that an import of logs finds: named by templates of their paths, WebSockets let in
/// or not, put in order of arrival, durations drawn that nobody measured.
class LogRows {
 public:
  /// In place of a duration that is to be drawn.
  static constexpr Duration kToBeDrawn{-1};

  /// `entity` is what the draws are keyed by. Throws InputError for options that cannot be read.
  LogRows(ImportJob& job, std::string_view entity);

  /// Whether --service-time gives durations that were not measured.
  bool has_service_time() const { return service_time_.has_value(); }
  WebSockets& websockets() { return websockets_; }

  /// A request to `target` (route_template.h). REQUIRES has_service_time() where its duration is to
  /// be drawn.
  void add(std::string_view method, std::string_view target, const Row& row);
  /// The number of a route by its name, for add(). One beyond the first max_routes is "other".
  std::uint32_t number_of(const std::string& route) { return rows_.number_of(route); }
  /// What the trace will say of it, but for its name.
  Route& record(std::uint32_t number) { return rows_.record(number); }
  /// `row.route` is a number of number_of().
  void add(const Row& row);
  std::uint64_t rows() const { return rows_.rows(); }
  std::uint64_t drawn() const { return drawn_; }

  /// Writes the trace. Throws InputError where there is no request, and says what there was.
  void finish();
  /// Puts the options into the provenance, and the law with it: "duration" followed by `of_what`.
  void describe(std::string_view of_what);

 private:
  [[noreturn]] void refuse_nothing() const;

  ImportJob& job_;
  RouteTemplates templates_;
  WebSockets websockets_;
  UnorderedRows rows_;
  std::optional<Distribution> service_time_;
  RandomStream service_times_{0, "", ""};
  std::uint64_t drawn_ = 0;
};

}  // namespace skyreplay::trace
