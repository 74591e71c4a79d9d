#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/time.h"

namespace skyreplay::balancing {

/// What decides which of several members goes (E33).
enum class TerminationPolicy : std::uint8_t {
  kClosestToNextInstanceHour,  ///< since its launch
  kOldestInstance,
  kNewestInstance
};

/// How a fleet finds the member that goes first when its desired number falls.
struct TerminationRule {
  /// Each decides what those before it leave open.
  std::vector<TerminationPolicy> policies;
  /// They choose among the members of all zones that are the fullest; else the last of those zones
  /// is chosen first.
  bool over_zones = false;
};

/// A member that may go.
struct TerminationCandidate {
  std::uint32_t ordinal = 0;
  std::uint32_t zone = 0;
  std::uint32_t zone_members = 0;  ///< in its zone
  TimePoint launched{};
  bool serves = false;
};

/// Finds who goes first.
///
/// **Order** The zone with the most members; of those of it who do not serve yet the latest, else
/// by the policies; what these leave open, the last zone decides, and then the oldest member.
class TerminationOrder {
 public:
  TerminationOrder(const TerminationRule& rule, TimePoint now) : rule_(rule), now_(now) {}

  bool goes_before(const TerminationCandidate& a, const TerminationCandidate& b) const {
    if (a.zone_members != b.zone_members) return a.zone_members > b.zone_members;
    if (!rule_.over_zones && a.zone != b.zone) return a.zone > b.zone;
    if (a.serves != b.serves) return b.serves;
    if (a.serves) {
      for (const TerminationPolicy policy : rule_.policies) {
        const auto [first, second] = std::pair(rank(policy, a), rank(policy, b));
        if (first != second) return first < second;
      }
    }
    if (a.zone != b.zone) return a.zone > b.zone;
    return a.serves ? a.ordinal < b.ordinal : a.ordinal > b.ordinal;
  }

 private:
  /// The lowest goes first.
  Duration rank(TerminationPolicy policy, const TerminationCandidate& member) const {
    const Duration age = now_ - member.launched;
    switch (policy) {
      case TerminationPolicy::kClosestToNextInstanceHour:
        return -(age % std::chrono::hours{1});
      case TerminationPolicy::kOldestInstance:
        return -age;
      default:
        return age;
    }
  }

  const TerminationRule& rule_;
  TimePoint now_;
};

}  // namespace skyreplay::balancing
