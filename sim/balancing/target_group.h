#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "balancing/least_outstanding_requests.h"
#include "balancing/round_robin.h"
#include "balancing/target.h"
#include "balancing/weighted_random.h"
#include "core/check.h"

namespace skyreplay::balancing {

/// The attribute load_balancing.algorithm.type of a target group (E103).
enum class Algorithm : std::uint8_t { kRoundRobin, kLeastOutstandingRequests, kWeightedRandom };

/// A target group of an Application Load Balancer: it sends each request to a target at once, and
/// has no queue (E121). A target is named by its owner's number for it, such as the server's index.
///
/// **Cost** O(1) and no allocation on the request path once warm; memory as the largest number of a
/// target. **Order** see the algorithms, each in a file of its name.
///
/// The balancer is one node: real ones have several that choose without knowing of each other's
/// requests. Not modeled here: health checks, slow start, zones, stickiness, anomaly mitigation.
class TargetGroup {
 public:
  explicit TargetGroup(Algorithm algorithm = Algorithm::kRoundRobin);

  /// Registers a target, in rotation, with nothing outstanding. REQUIRES not registered.
  void add(std::uint32_t target);
  /// It gets no new requests, and those it has still count: draining, or unhealthy. REQUIRES in
  /// rotation.
  void take_out(std::uint32_t target);
  /// It gets requests again. REQUIRES registered, out of rotation.
  void put_back(std::uint32_t target);
  /// Forgets the target and what it has outstanding. REQUIRES registered.
  void remove(std::uint32_t target);

  /// Chooses a target for a request, which is outstanding there from now on; none where no target
  /// is in rotation. `draw()` gives 64 uniform bits of the request's own, such as a RandomEngine at
  /// its counter; kWeightedRandom calls it once, the others never.
  template <typename Draw>
  std::optional<std::uint32_t> pick(Draw&& draw) {
    const std::uint32_t target = pick_or_none(draw);
    if (target == kNoTarget) return std::nullopt;
    return target;
  }
  /// The same, kNoTarget where there is none.
  template <typename Draw>
  std::uint32_t pick_or_none(Draw&& draw) {
    if (auto* turns = std::get_if<RoundRobin>(&algorithm_)) return turns->pick(targets_);
    if (auto* least = std::get_if<LeastOutstandingRequests>(&algorithm_)) {
      return least->pick(targets_);
    }
    return std::get_if<WeightedRandom>(&algorithm_)->pick(targets_, draw);
  }
  /// A request that was sent to the target is finished. REQUIRES registered, outstanding() > 0.
  void finished(std::uint32_t target) {
    SKY_CHECK(targets_[target].outstanding > 0);
    if (auto* least = std::get_if<LeastOutstandingRequests>(&algorithm_)) {
      least->finished(targets_, target);
    } else {
      --targets_[target].outstanding;
    }
  }
  /// It is out of rotation and has nothing outstanding. REQUIRES registered.
  bool is_drained(std::uint32_t target) const {
    return !targets_[target].in_rotation && targets_[target].outstanding == 0;
  }

  /// Requests sent to the target and not finished. REQUIRES registered.
  std::uint32_t outstanding(std::uint32_t target) const { return targets_[target].outstanding; }
  /// Registered targets that get requests, and all of them.
  std::uint32_t in_rotation() const { return in_rotation_; }
  std::uint32_t registered() const { return registered_; }

 private:
  Targets targets_;
  std::variant<RoundRobin, LeastOutstandingRequests, WeightedRandom> algorithm_;
  std::uint32_t in_rotation_ = 0;
  std::uint32_t registered_ = 0;
};

}  // namespace skyreplay::balancing
