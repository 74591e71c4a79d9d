#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trace/route_pattern.h"

namespace skyreplay::trace {

/// Names the route of a request that a log holds with its whole address: the method and the path,
/// where what differs from one client or object to the next gives way to a placeholder.
///
/// Dropped are scheme and host, what stands behind '?' or '#', and what stands behind ';' in a
/// segment. In a segment of the path then become
/// - `{n}`: digits alone, also in front of a file's extension (`/orders/4711`, `/img/4711.png`),
/// - `{uuid}`: 8-4-4-4-12 hexadecimal digits,
/// - `{hash}`: 16 or more hexadecimal digits, or as many letters, digits, '-' and '_' that change
///   between small, capital and digit as often as random ones do (in a third of the places),
/// the last two also between the dots of a file's name. Letters keep their case, escapes stay.
///
/// Patterns (route_pattern.h) come before all that: the first that matches "METHOD /path" as a
/// whole names the route.
class RouteTemplates {
 public:
  /// A name is cut behind this many bytes.
  static constexpr std::size_t kMaxNameBytes = RoutePatterns::kMaxNameBytes;

  /// Errors as RoutePatterns.
  explicit RouteTemplates(const std::vector<std::string>& patterns) : patterns_(patterns) {}

  /// `target` is an address (https://host:443/path?query), a path, or `*`. Cost O(target).
  std::string name(std::string_view method, std::string_view target) const;

 private:
  RoutePatterns patterns_;
};

}  // namespace skyreplay::trace
