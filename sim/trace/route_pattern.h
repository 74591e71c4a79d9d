#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay::trace {

/// The user's own names of routes, as `--route-pattern` spells them. The first that fits the whole
/// of "METHOD /path" names the route:
/// - a glob, `GET /users/*/orders`: `*` is any text, also with '/', `?` any one byte; its own text
///   is the route's name;
/// - `NAME=^REGEX`, `orders of \1=^GET /(\w+)/orders/\d+$`: a regular expression in RE2's syntax,
///   over bytes; `\1` to `\9` in the name are what its groups matched, `\\` is a backslash.
///
/// **Cost** of first_match(): one pass over the text for all patterns together, and one more for
/// the pattern that fits where its name has groups. **Memory** at most 64 MiB for all patterns'
/// automaton, and 8 MiB for each that is matched by itself.
class RoutePatterns {
 public:
  /// A name is cut behind this many bytes.
  static constexpr std::size_t kMaxNameBytes = 4'096;

  /// Throws InputError for a glob that no route can match, a regular expression that is none, and a
  /// name that is empty or asks for a group that is not there.
  explicit RoutePatterns(const std::vector<std::string>& patterns);
  ~RoutePatterns();
  RoutePatterns(RoutePatterns&&) noexcept;
  RoutePatterns& operator=(RoutePatterns&&) noexcept;

  bool empty() const { return patterns_.empty(); }
  /// The name that the first matching pattern gives; false where none matches.
  bool first_match(std::string_view route, std::string& name) const;

 private:
  struct Pattern;
  struct Set;

  /// The number of the first pattern that matches; their count where none does.
  std::size_t match(std::string_view route) const;

  std::vector<Pattern> patterns_;
  std::unique_ptr<Set> set_;  ///< of all patterns; none where there are none
};

}  // namespace skyreplay::trace
