#pragma once

#include "reference/random_containers.h"
#include "reference/random_services.h"

namespace skyreplay::reference {

/// Gives services of tasks deployments, and has some external services do jobs instead. Drawn
/// apart, so that scenarios of before stay what they were.
class RandomTasks {
 public:
  explicit RandomTasks(std::uint64_t number)
      : deployed_(number ^ 0xDE91),
        watched_(number ^ 0xC26),
        shifted_(number ^ 0xC58),
        jobs_(number ^ 0x10B5),
        providers_(number ^ 0x5B07),
        filled_(number ^ 0xC93),
        shared_(number ^ 0xC49),
        close_(number ^ 0xC94),
        containers_(number) {}

  /// Deployments of services of tasks within the run, or only their rules; checks of their
  /// containers, and how long they stop. `unit`: of the scenario.
  void deploy(Scenario& scenario, Time unit);
  /// Some services report their metrics every 20 s, and have policies and alarms of such periods.
  void look_closely(Scenario& scenario);
  /// Of external services that nothing changes some do jobs, and may make a call to a later one.
  void add_jobs(Scenario& scenario, Time unit);
  /// Some services of tasks say what requests take of their memory, which is enough for a few, and
  /// have it scale them.
  void fill(Scenario& scenario);
  /// Divides some services' tasks among several containers.
  void divide(Scenario& scenario, Time unit) { containers_.add_to(scenario, unit); }

 private:
  /// Some services of tasks are two that share requests; and the account launches few tasks, so
  /// that they wait for each other.
  void share_account(Scenario& scenario);
  void deploy(Fleet& fleet, Time length);
  Deployment deployment(const Fleet& fleet);
  void watch(Fleet& fleet);
  void shift(Fleet& fleet);
  JobKind job();
  void provide(JobKind& job, Time length);
  void fill(Fleet& fleet);

  RandomServices deployed_;
  RandomServices watched_;
  RandomServices shifted_;
  RandomServices jobs_;
  RandomServices providers_;
  RandomServices filled_;
  RandomServices shared_;
  RandomServices close_;
  RandomContainers containers_;
};

}  // namespace skyreplay::reference
