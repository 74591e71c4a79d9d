#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "balancing/least_outstanding_requests.h"
#include "balancing/round_robin.h"
#include "balancing/target.h"
#include "balancing/weighted_random.h"
#include "core/check.h"

namespace skyreplay::balancing {

/// The attribute load_balancing.algorithm.type of a target group (E103).
enum class Algorithm : std::uint8_t { kRoundRobin, kLeastOutstandingRequests, kWeightedRandom };

/// What a target group is made with.
struct TargetGroupConfig {
  Algorithm algorithm = Algorithm::kRoundRobin;
  Duration slow_start{};  ///< E104; of round robin only
  /// Nodes that each send to targets of their own (E106): the zones, where load balancing across
  /// zones is off, else 1. REQUIRES 1 to 65,535.
  std::uint32_t nodes = 1;
  /// Two target groups in one, which share the requests as share() says: each has all nodes, those
  /// of the second after those of the first. REQUIRES 1 or 2.
  std::uint32_t sides = 1;
};

/// A target group of an Application Load Balancer: it sends each request to a target at once, and
/// has no queue (E121). A target is named by its owner's number for it, such as the server's index.
///
/// **Cost** O(1) and no allocation on the request path once warm; memory as the largest number of a
/// target. **Order** see the algorithms, each in a file of its name.
///
/// Across zones the balancer is one node: real ones have several that choose without knowing of
/// each other's requests. Where zones are apart (E106), clients are spread evenly over the nodes,
/// and each node chooses among the targets of its zone. Not modeled here: stickiness, anomaly
/// mitigation, DNS leaving out a zone without targets.
class TargetGroup {
 public:
  static constexpr std::uint32_t kAll = 10'000;  ///< parts that the sides share

  explicit TargetGroup(const TargetGroupConfig& config = {});

  /// From now on the second side gets so many of kAll parts of the requests, each by its draw.
  /// REQUIRES two sides.
  void share(std::uint32_t of_second) { of_second_ = of_second; }
  /// Registers a target of that node with nothing outstanding, out of rotation. REQUIRES not
  /// registered, node < nodes x sides.
  void add(std::uint32_t target, std::uint32_t node = 0);
  /// It gets no new requests, and those it has still count: draining, or unhealthy. REQUIRES in
  /// rotation.
  void take_out(std::uint32_t target);
  /// It gets requests from now on. REQUIRES registered, out of rotation.
  void put_in(std::uint32_t target, TimePoint now = {});
  /// Forgets the target and what it has outstanding. REQUIRES registered.
  void remove(std::uint32_t target);

  /// Chooses a target for a request that comes now, which is outstanding there from now on;
  /// kNoTarget where no target of the request's node is in rotation. `draw()` gives 64 uniform bits
  /// of the request's own, such as a RandomEngine at its counter, and other ones at each call: one
  /// for the side where both get some, one for the node where there are several, then one for
  /// kWeightedRandom.
  template <typename Draw>
  std::uint32_t pick(TimePoint now, Draw&& draw) {
    Node& node = count_ == 1 ? first_ : this->node(node_of_request(draw));
    if (std::holds_alternative<RoundRobin>(node)) {
      return std::get<RoundRobin>(node).pick(targets_, now);
    }
    if (std::holds_alternative<LeastOutstandingRequests>(node)) {
      return std::get<LeastOutstandingRequests>(node).pick(targets_);
    }
    return std::get<WeightedRandom>(node).pick(targets_, draw);
  }
  /// The target has fetched a request by itself, which is outstanding there from now on. REQUIRES
  /// in rotation, round robin.
  void fetched(std::uint32_t target) {
    SKY_CHECK(!counts_outstanding_);
    ++targets_[target].outstanding;
  }
  /// A request that was sent to the target is finished. REQUIRES registered, outstanding() > 0.
  void finished(std::uint32_t target) {
    SKY_CHECK(targets_[target].outstanding > 0);
    if (!counts_outstanding_) {
      --targets_[target].outstanding;
      return;
    }
    Node& node = count_ == 1 ? first_ : node_of(target);
    std::get<LeastOutstandingRequests>(node).finished(targets_, target);
  }
  /// It is out of rotation and has nothing outstanding. REQUIRES registered.
  bool is_drained(std::uint32_t target) const {
    return !targets_[target].in_rotation && targets_[target].outstanding == 0;
  }

  /// Requests sent to the target and not finished. REQUIRES registered.
  std::uint32_t outstanding(std::uint32_t target) const { return targets_[target].outstanding; }
  bool is_in_rotation(std::uint32_t target) const { return targets_[target].in_rotation; }
  /// Registered targets that get requests, and all of them.
  std::uint32_t in_rotation() const { return in_rotation_; }
  std::uint32_t registered() const { return registered_; }

 private:
  using Node = std::variant<RoundRobin, LeastOutstandingRequests, WeightedRandom>;

  static Node make_node(const TargetGroupConfig& config);
  template <typename Draw>
  std::size_t node_of_request(Draw& draw) const {
    std::size_t first = 0;
    if (of_second_ > 0) {
      const bool is_second = of_second_ == kAll || share_of(draw(), kAll) < of_second_;
      first = is_second ? each_ : 0;
    }
    return each_ == 1 ? first : first + share_of(draw(), each_);
  }
  Node& node(std::size_t i) { return i == 0 ? first_ : others_[i - 1]; }
  Node& node_of(std::uint32_t target) { return node(targets_[target].node); }

  Targets targets_;
  Node first_;  ///< here, so that it takes no look elsewhere to find
  std::vector<Node> others_;
  std::size_t count_;  ///< of nodes
  std::size_t each_;   ///< nodes of a side
  std::uint32_t of_second_ = 0;
  bool counts_outstanding_;  ///< they choose by it
  std::uint32_t in_rotation_ = 0;
  std::uint32_t registered_ = 0;
};

}  // namespace skyreplay::balancing
