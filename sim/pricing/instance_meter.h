#pragma once

#include <string_view>

#include "pricing/billed_time.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"

namespace skyreplay::pricing {

/// Meters the on-demand instances of one type in one group (E138): per second while `running`, at
/// least 60 s for each start. What is pending, stopping, stopped or shutting down is not billed
/// (E139, E145): the caller starts an instance's time when it turns `running` and ends it when it
/// leaves that state.
class InstanceMeter {
 public:
  /// Adds the line item "ec2.on_demand.TYPE" to `meters`. Throws InputError where its price in
  /// `region` is not known.
  InstanceMeter(const Catalogue& catalogue, std::string_view instance_type, std::string_view region,
                BilledSpan span, Meters& meters);

  RunningId start(TimePoint at) { return time_.start(at); }
  void end(RunningId id, TimePoint at) { time_.end(id, at); }

  /// Brings `meters` up to `now`: instance-seconds as BilledTime counts them. Cost: O(instances).
  void read(TimePoint now, Meters& meters) const { meters.advance_to(item_, time_.at(now)); }

 private:
  BilledTime time_;
  std::uint32_t item_;
};

}  // namespace skyreplay::pricing
