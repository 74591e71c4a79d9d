#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "check/evaluate.h"
#include "check/requirement.h"
#include "check/span.h"
#include "metrics/dense_histogram.h"
#include "metrics/usage.h"
#include "metrics/window_row.h"

namespace skyreplay::check {

/// Windows of a result summed into a span of their own, for the services that one name stands for,
/// so that a requirement can be evaluated on a part of a run.
///
/// **Cost** memory is one histogram a service (one in all for "*"), whatever the number of windows.
class WindowSum {
 public:
  /// `whole` is the result's span and `end` its horizon's. Throws InputError where there is no such
  /// service, or the name is a route's: routes have no windows of their own. REQUIRES `whole` to
  /// outlive this.
  WindowSum(const std::string& of, const Span& whole, TimePoint end);

  void clear();
  void add(const metrics::Window& window);
  /// A row of the window last added; rows of other services are passed over.
  void add(const metrics::WindowRow& row);
  /// The requirement on what was added since clear(). Throws InputError as check::evaluate() does,
  /// and where clients' requests cannot be told from calls: windows count both for their service.
  Measurement evaluate(const Requirement& requirement) const;
  /// Of all requests added.
  metrics::LatencyParts parts() const;
  std::uint64_t completions() const;

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// The requests of a service, or of all.
  struct Requests {
    metrics::SpanRow row;  ///< but for its histograms
    metrics::SpanHistogram latency;
    metrics::SpanHistogram overhead;

    void add(const metrics::WindowRow& from);
    metrics::SpanRow collected() const;
  };
  struct Part {
    std::uint32_t service = 0;
    metrics::Usage usage;
    std::int64_t cost_nano_usd = 0;
  };

  Span span_of(const std::vector<metrics::SpanRow>& rows) const;

  const Span& whole_;
  TimePoint end_;
  bool everything_ = false;
  bool mixed_ = false;  ///< some service answers both clients and other services
  std::vector<std::uint32_t> part_of_service_;
  std::vector<Part> parts_;
  std::vector<Requests> requests_;  ///< by part; for everything only one
  metrics::Window window_;
  Duration covered_{};
};

}  // namespace skyreplay::check
