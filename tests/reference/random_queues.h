#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Has some services of tasks take their work from a queue, scales some by its backlog, and some by
/// forecasts. Drawn apart, so that scenarios of before stay what they were.
class RandomQueues {
 public:
  explicit RandomQueues(std::uint64_t number) : queues_(number ^ 0x50E5), ahead_(number ^ 0xC111) {}

  /// `unit`: of the scenario.
  void add_to(Scenario& scenario, Time unit);
  /// Predictive policies of services, and hours in which they act.
  void foresee(Scenario& scenario, Time unit);

 private:
  void take_messages(Fleet& fleet);
  void scale(Fleet& fleet);
  void watch_queue(Alarm& alarm);
  Policy backlog(std::size_t number);
  Policy predictive(const Fleet& fleet, bool scales);

  RandomServices queues_;
  RandomServices ahead_;
};

}  // namespace skyreplay::reference
