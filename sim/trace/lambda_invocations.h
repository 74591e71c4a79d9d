#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/time.h"

namespace skyreplay::trace {

/// Invocations of which a log has the start and the end, but no report (yet). A report follows the
/// end at once in its log stream, so few wait for one; of those that wait longest beyond kMost the
/// rest is not coming. Memory: kMost invocations.
class LambdaInvocations {
 public:
  static constexpr std::size_t kMost = 65'536;
  /// No longer one is an id; the rest does not count.
  static constexpr std::size_t kMostIdBytes = 64;

  struct Invocation {
    TimePoint start{};
    Duration duration{};
    std::uint32_t route = 0;
  };
  using Take = std::function<void(const Invocation&)>;

  /// `take` is handed each invocation that had no report.
  explicit LambdaInvocations(Take take) : take_(std::move(take)) {}

  void start(std::string_view id, TimePoint time, std::uint32_t route);
  void end(std::string_view id, TimePoint time);
  /// The report of that invocation was found.
  void report(std::string_view id);
  /// No more is coming.
  void finish();
  /// Invocations that started and did not end.
  std::uint64_t without_end() const { return without_end_; }

 private:
  struct Open {
    Invocation invocation{};
    std::uint64_t ordinal = 0;
    bool ended = false;
  };
  struct Place {
    std::string id;
    std::uint64_t ordinal = 0;
  };

  void settle(const Open& open);
  /// Takes the oldest away.
  void pop();

  Take take_;
  std::unordered_map<std::string, Open> open_;  ///< looked up, never walked through
  std::deque<Place> order_;                     ///< of start; one that open_ lacks is settled
  std::uint64_t ordinals_ = 0;
  std::uint64_t without_end_ = 0;
};

}  // namespace skyreplay::trace
