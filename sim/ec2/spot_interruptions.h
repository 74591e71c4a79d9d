#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "kernel/loop.h"

namespace skyreplay::ec2 {

class AutoScalingGroup;

/// The price of Spot Instances from an instant on.
struct SpotPriceStep {
  TimePoint from;
  bool is_above_maximum = false;  ///< the most that the group pays (E36)
  std::string usd;                ///< of an instance-hour
};

/// How a group's Spot Instances are interrupted. A pool is the group's instance type in one zone.
struct SpotConfig {
  std::string instance_type;
  std::vector<std::string> zones;
  double shock_share = 0.5;                       ///< of a pool's instances, in (0, 1]
  std::optional<Duration> time_between_shocks{};  ///< of a pool, on average; none: no shocks
  Duration shock_spread{};
  Duration reliable_time{};  ///< from an instance's service on
  Duration recommendation_lead{};
  std::string max_price;                ///< USD of an instance-hour
  std::vector<SpotPriceStep> prices{};  ///< ascending; until the first it is not above the maximum
};

/// Interrupts a group's Spot Instances.
///
///     shock of a pool -> for each instance it takes: recommendation -> notice -> reclaimed
///                     within the spread              the lead       2 min
///     price above the maximum -> no launches; for each instance there is: notice -> reclaimed
///     price no longer above it -> what is missing is launched
///
/// A price from before the run holds as it begins: above the maximum, nothing is in service.
/// **Order** Shocks of a pool are a Poisson process (E42, E43) drawn by the pool's name and the
/// number of the shock, so that groups in one pool have the same ones; which instances one takes,
/// and when, by the group's name, the instance's ordinal and the number of the shock in its zone.
/// **Cost** one event a pool, O(members) a shock; nothing on the path of a request.
class SpotInterruptions final : public kernel::Process {
 public:
  /// The run begins at the loop's now, and the group has no members yet. `group` outlives this;
  /// `entity` is its name path.
  SpotInterruptions(kernel::Loop& loop, AutoScalingGroup& group, SpotConfig config,
                    std::uint64_t seed, const std::string& entity);

  /// So large a share of the instances in service, the oldest, gets the notice now.
  void interrupt(double share);
  /// Why nothing can be launched; empty where the price is no reason.
  std::string too_dear() const;

  void fire(const kernel::Event& event) override;

 private:
  enum Kind : std::uint16_t { kShock, kRecommendation, kNotice, kReclaim, kPrice };

  struct Pool {
    RandomStream gaps;
    std::uint64_t shocks = 0;  ///< so far
  };
  struct Instance {
    std::uint32_t member;
    std::uint32_t ordinal;
    TimePoint serves_since;
    std::uint32_t zone;
    bool serves;
  };

  std::vector<Instance> all() const;
  std::vector<Instance> in_service() const;
  void follow_prices();
  void schedule_price();
  void price_changed();
  void schedule_shock(std::uint32_t zone);
  void shock(std::uint32_t zone);
  void warn(std::uint32_t member, std::uint32_t ordinal, Kind kind, TimePoint at);
  void give_notice(std::uint32_t member, std::uint32_t ordinal);

  kernel::Loop& loop_;
  AutoScalingGroup& group_;
  SpotConfig config_;
  kernel::ProcessId process_;
  Distribution gap_;
  Distribution spread_;
  RandomStream hits_;
  std::vector<Pool> pools_;     ///< by zone
  std::size_t next_price_ = 0;  ///< of config_.prices
  bool is_above_maximum_ = false;
};

}  // namespace skyreplay::ec2
