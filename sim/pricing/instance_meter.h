#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pricing/billed_time.h"
#include "pricing/catalogue.h"
#include "pricing/covered_hours.h"
#include "pricing/discounted_prices.h"
#include "pricing/meters.h"

namespace skyreplay::pricing {

/// Prices that a Spot instance takes, by ascending instant: "ec2.spot.TYPE.2", "ec2.spot.TYPE.3"
/// and so on.
using SpotChanges = std::vector<std::pair<TimePoint, Tariff>>;

/// How a group's instances are bought.
struct Purchase {
  /// Spot instances instead of on-demand ones (E146); nothing else covers them.
  bool spot = false;
  /// What a Spot instance costs per hour; none: its typical price. REQUIRES the tariff of
  /// "ec2.spot.TYPE" outlives the meter.
  const Tariff* spot_tariff = nullptr;
  /// When that becomes another, and what; none: never. REQUIRES likewise.
  const SpotChanges* spot_changes = nullptr;
  std::uint32_t reserved_instances = 0;  ///< standard, of the group's own type
  Term reserved_term = Term::kOneYear;
  /// Of a Savings Plan, in 10^-6 USD an hour; 0: none.
  std::uint64_t savings_plan_micro_usd = 0;
  Commitment savings_plan = Commitment::kConvertible;
  Term savings_plan_term = Term::kOneYear;
};

/// How a commitment was used.
struct CommitmentUse {
  std::string what;            ///< "4 Reserved Instances for 1 year are"
  double hours = 0;            ///< instance-hours that it could have paid for
  double unused_hours = 0;     ///< of them
  double used_percent = 0;     ///< of them
  double covered_percent = 0;  ///< of the instance-hours that ran
};

/// Meters the instances of one type in one group (E138): per second while `running`, at least 60 s
/// for each start. What is pending, stopping, stopped or shutting down is not billed (E139, E145,
/// E147):
/// the caller starts an instance's time when it turns `running` and ends it when it leaves that
/// state.
///
/// Committed instances and a Savings Plan are paid for over the whole span (E143), and pay for
/// running ones as CoveredHours tells; what they leave is on demand.
class InstanceMeter {
 public:
  /// Adds the line item "ec2.on_demand.TYPE" to `meters`, or "ec2.spot.TYPE", and
  /// "ec2.reserved_1y.TYPE" (or 3y) and "ec2.savings_plan" where they are bought. Throws InputError
  /// where a price in `region` is not known.
  InstanceMeter(const Catalogue& catalogue, std::string_view instance_type, std::string_view region,
                BilledSpan span, Meters& meters, const Purchase& purchase = {});

  RunningId start(TimePoint at) { return time_.start(at); }
  void end(RunningId id, TimePoint at) { time_.end(id, at); }
  /// The instance was interrupted by EC2: in its first hour that is free (E41). REQUIRES Spot.
  void interrupt(RunningId id, TimePoint at);

  /// Brings `meters` up to `now`: instance-seconds as BilledTime counts them. Cost: O(instances).
  /// REQUIRES `now` not below the last reading's, where anything is committed.
  void read(TimePoint now, Meters& meters);

  /// How what ran until the last reading was paid for; none where nothing is committed.
  std::optional<CoveredSeconds> covered() const;
  /// What was committed until the last reading, and what came of it: Reserved Instances, then the
  /// Savings Plan, where they are bought.
  std::vector<CommitmentUse> commitments() const;
  /// The instance-seconds until `now`, however they are paid for.
  std::uint64_t seconds(TimePoint now) const { return time_.at(now); }

 private:
  BilledTime time_;
  Purchase purchase_;
  std::uint32_t item_;
  std::vector<std::uint32_t> changed_items_;  ///< by change of the Spot price
  std::uint32_t reserved_item_ = 0;
  std::uint32_t plan_item_ = 0;
  std::optional<CoveredHours> covered_;
  Coverage coverage_;
  TimePoint read_until_{};
};

}  // namespace skyreplay::pricing
