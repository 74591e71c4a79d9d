#pragma once

#include "reference/random_services.h"

namespace skyreplay::reference {

/// Has some functions invoked asynchronously, or fed by a queue or a stream. Drawn apart, so that
/// scenarios of before stay what they were.
class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t number)
      : events_(number ^ 0xE7E27), messages_(number ^ 0x5C5), streams_(number ^ 0x57EA) {}

  void add_to(Scenario& scenario);

 private:
  void events(Scenario& scenario);
  void messages(Scenario& scenario);
  void streams(Scenario& scenario);
  void few_bytes(Scenario& scenario);
  void read_queue(Function& function, bool makes_calls);
  void read_stream(Function& function, bool makes_calls);
  static bool makes_calls(const Scenario& scenario, std::size_t service);

  RandomServices events_;
  RandomServices messages_;
  RandomServices streams_;
};

}  // namespace skyreplay::reference
