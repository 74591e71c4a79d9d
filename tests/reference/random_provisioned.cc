#include "reference/random_provisioned.h"

#include <algorithm>

namespace skyreplay::reference {

using namespace std::chrono_literals;

bool RandomProvisioned::may_provision(const Scenario& scenario, std::size_t service) const {
  const Function& function = scenario.services[service].function;
  const auto changes_reserved = [service](const Change& change) {
    return change.field == Change::Field::kReserved && change.service == service;
  };
  return scenario.services[service].platform == Service::Platform::kFunction && !function.restore &&
         !function.init_unbilled &&
         std::none_of(scenario.changes.begin(), scenario.changes.end(), changes_reserved);
}

void RandomProvisioned::scale(Scenario& scenario) {
  const Time span = scenario.end - scenario.start;
  if (span < 30s || span > 4h || !draws_.dice.chance(70)) return;
  bool any = false;
  for (std::size_t i = 0; i < scenario.services.size(); ++i) {
    if (!may_provision(scenario, i) || !draws_.dice.chance(70)) continue;
    scale_function(scenario, i);
    any = true;
  }
  if (!any || !draws_.dice.chance(60)) return;
  scenario.end += 1min * draws_.dice.between(2, 12);  // alarms act, and act again
  while (scenario.window < (scenario.end - scenario.start) / 40) scenario.window *= 2;
}

/// The account must have room for the most that it may become.
void RandomProvisioned::scale_function(Scenario& scenario, std::size_t service) {
  Dice& dice = draws_.dice;
  Function& function = scenario.services[service].function;
  Fleet& fleet = scenario.services[service].fleet;
  const std::uint32_t most = std::min(dice.between(1, 8), function.reserved.value_or(8));
  if (!function.reserved) {
    scenario.account.concurrency += most;
    for (Change& change : scenario.changes) {
      if (change.field == Change::Field::kAccountConcurrency) *change.value += most;
    }
  }
  if (!function.provisioned) function.preparation = 1s * dice.below(90);
  function.provisioned = std::max(function.provisioned.value_or(0), dice.below(most + 1));
  function.provisioned = std::min(*function.provisioned, function.reserved.value_or(100));
  fleet.fargate = true;
  fleet.max_size = dice.below(most + 1);
  fleet.min_size = dice.below(fleet.max_size + 1) / 2;
  fleet.ecs_delay = dice.one_of<Time>({0s, 60s, 60s, 90s});
  for (std::uint32_t i = dice.below(3); i > 0; --i) {
    fleet.policies.push_back(policy());
    fleet.policies.back().name = "p" + std::to_string(i);
  }
  if (fleet.policies.empty() || dice.chance(40)) schedule(scenario, fleet, most);
  if (dice.chance(30)) change_later(scenario, service, most);
}

Policy RandomProvisioned::policy() {
  Dice& dice = draws_.dice;
  Policy p;
  p.tracked.metric = "AWS/Lambda ProvisionedConcurrencyUtilization";
  p.tracked.statistic = dice.chance(70) ? "Average" : "Maximum";
  p.target = dice.one_of<double>({0.1, 0.15, 0.3, 0.7, 0.9});
  p.disable_scale_in = dice.chance(20);
  p.high_n = dice.between(1, 3);
  p.high_m = dice.between(1, p.high_n);
  p.low_n = dice.between(1, 3);
  p.low_m = dice.between(1, p.low_n);
  p.low_ratio = dice.one_of<double>({0.9, 0.9, 0.5});
  if (dice.chance(50)) p.tracked.second = dice.below(60);
  if (dice.chance(50)) p.low_second = dice.below(60);
  p.out_cooldown = dice.one_of<std::uint32_t>({0, 0, 60, 150});
  p.in_cooldown = dice.one_of<std::uint32_t>({0, 0, 90});
  return p;
}

void RandomProvisioned::schedule(const Scenario& scenario, Fleet& fleet, std::uint32_t most) {
  draws_.schedule_service(fleet, scenario.start, scenario.end - scenario.start);
  for (ScheduledAction& action : fleet.scheduled) {
    if (action.min) action.min = std::min(*action.min, most);
    if (action.max) action.max = std::min(*action.max, most);
    if (action.min && action.max) action.min = std::min(*action.min, *action.max);
  }
}

/// One change more, behind all others.
void RandomProvisioned::change_later(Scenario& scenario, std::size_t service, std::uint32_t most) {
  Dice& dice = draws_.dice;
  const std::uint32_t least = scenario.services[service].fleet.min_size;
  Time at = (scenario.end - scenario.start) / 2;
  if (!scenario.changes.empty()) at = std::max(at, scenario.changes.back().at);
  if (dice.chance(50)) {
    scenario.changes.push_back(
        {at, Change::Field::kMaxSize, service, std::max(least, dice.below(most + 1))});
  } else {
    scenario.changes.push_back({at, Change::Field::kProvisioned, service, dice.below(most + 1)});
  }
}

}  // namespace skyreplay::reference
