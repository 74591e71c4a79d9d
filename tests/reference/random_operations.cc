#include "reference/random_operations.h"

#include <algorithm>

namespace skyreplay::reference {

void RandomOperations::add_to(Scenario& scenario) {
  Dice& dice = draws_.dice;
  for (std::size_t i = 0; i < scenario.services.size(); ++i) {
    Service& service = scenario.services[i];
    if (service.platform != Service::Platform::kFleet) continue;
    Fleet& fleet = service.fleet;
    fleet.internal = dice.chance(30);
    if (fleet.fargate) continue;
    // Below, between and above the prices that there are.
    if (fleet.spot) {
      fleet.max_price = dice.one_of<const char*>({"", "", "0.01", "0.03", "0.04", "0.1"});
    }
    for (Policy& policy : fleet.policies) {
      if (policy.kind == Policy::Kind::kPredictive && dice.chance(40)) learn(policy);
    }
    if (dice.chance(35)) operate(scenario, i);
  }
  std::stable_sort(scenario.operations.begin(), scenario.operations.end(),
                   [](const Operation& a, const Operation& b) { return a.at < b.at; });
}

void RandomOperations::operate(Scenario& scenario, std::size_t service) {
  Dice& dice = draws_.dice;
  const Time length = scenario.end - scenario.start;
  for (std::uint32_t i = dice.between(1, 5); i > 0; --i) {
    Operation operation{.service = service};
    operation.at = dice.chance(70) ? length / 8 * dice.below(9) : draws_.time(30);
    operation.kind = dice.one_of<Operation::Kind>(
        {Operation::Kind::kEnterStandby, Operation::Kind::kEnterStandby,
         Operation::Kind::kExitStandby, Operation::Kind::kExitStandby, Operation::Kind::kDetach});
    operation.count = dice.between(1, 2);
    operation.decrements = dice.chance(60);
    scenario.operations.push_back(operation);
  }
  watch_standby(scenario.services[service].fleet);
}

void RandomOperations::watch_standby(Fleet& fleet) {
  for (Alarm& alarm : fleet.alarms) {
    if (draws_.dice.chance(40)) alarm.metric = "AWS/AutoScaling GroupStandbyInstances";
    if (alarm.metric.find("Standby") != std::string::npos) {
      alarm.period = std::max<Time>(alarm.period, std::chrono::minutes{1});
    }
  }
}

/// How its scaling metric follows from the load: of that of another kind.
void RandomOperations::learn(Policy& policy) {
  const std::string& load = policy.tracked.metric;
  const bool is_cpu = load == "AWS/EC2 CPUUtilization";
  policy.scaling = is_cpu ? "AWS/ApplicationELB RequestCount" : "AWS/EC2 CPUUtilization";
  for (std::size_t i = 0; i < policy.history.size(); ++i) {
    policy.scaling_history.push_back(policy.target * 60 * draws_.dice.below(200) / 100);
  }
}

}  // namespace skyreplay::reference
