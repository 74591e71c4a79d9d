#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "check/between.h"
#include "check/requirement.h"
#include "core/error.h"
#include "core/time.h"

namespace skyreplay::check {

/// One thing that a scenario says its result must satisfy (`expectations:`).
struct Expectation {
  enum class About : std::uint8_t { kMetric, kActivity, kDirectionChanges };

  std::string name;
  About about = About::kMetric;
  std::string text;  ///< as a reader wants it: "p99(latency of web) < 300ms in every 5m"
  SourcePosition position;

  std::string of;  ///< service, service/route, or *
  /// Of a metric; of direction changes only comparison, limit and `between` mean something.
  Requirement requirement;

  std::string activity;              ///< its kind: scale_out, ...
  std::optional<Bound> first_after;  ///< absent: the trace's start
  Duration within{};
};

}  // namespace skyreplay::check
