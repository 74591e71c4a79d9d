#include "replay/group_model.h"

#include <algorithm>

#include "core/check.h"
#include "pricing/discounted_prices.h"
#include "scenario/law.h"

namespace skyreplay::replay {

using balancing::TerminationPolicy;

balancing::TerminationRule termination_rule(const proto::AutoScalingGroup& group) {
  balancing::TerminationRule rule{.policies = {}, .over_zones = true};
  if (group.termination_policies().empty()) {
    rule.policies = {TerminationPolicy::kClosestToNextInstanceHour};
  }
  for (const std::string& name : group.termination_policies()) {
    // E33: of one launch template and one way to pay, the others leave everything open.
    if (name == "Default" || name == "ClosestToNextInstanceHour") {
      rule.policies.push_back(TerminationPolicy::kClosestToNextInstanceHour);
    } else if (name == "OldestInstance") {
      rule.policies.push_back(TerminationPolicy::kOldestInstance);
    } else if (name == "NewestInstance") {
      rule.policies.push_back(TerminationPolicy::kNewestInstance);
    }
  }
  return rule;
}

std::vector<ec2::LifecycleHook> lifecycle_hooks(const proto::AutoScalingGroup& group,
                                                proto::LifecycleHook::Transition transition) {
  std::vector<ec2::LifecycleHook> hooks;
  for (const proto::LifecycleHook& from : group.lifecycle_hook_specification_list()) {
    if (from.lifecycle_transition() != transition) continue;
    const bool continues = from.default_result() == proto::LifecycleHook::CONTINUE;
    ec2::LifecycleHook& hook = hooks.emplace_back();
    hook.name = from.lifecycle_hook_name();
    hook.heartbeat_timeout = std::chrono::seconds{from.heartbeat_timeout()};
    hook.default_result =
        continues ? ec2::LifecycleHook::Result::kContinue : ec2::LifecycleHook::Result::kAbandon;
    if (from.assumed().has_completes_after()) {
      hook.completes_after = scenario::to_distribution(from.assumed().completes_after());
    }
    if (from.assumed().has_heartbeat_interval()) {
      hook.heartbeat_interval = scenario::to_duration(from.assumed().heartbeat_interval());
    }
  }
  return hooks;
}

std::vector<ec2::SpotPriceStep> spot_prices(const proto::AutoScalingGroup& group,
                                            const pricing::Purchase& purchase,
                                            const std::string& region, TimePoint trace_start) {
  const auto maximum =
      pricing::Decimal::parse(group.instance_market_options().spot_options().max_price());
  SKY_CHECK(maximum);  // resolved
  std::vector<ec2::SpotPriceStep> steps;
  const auto add = [&](TimePoint from, const pricing::Tariff& tariff) {
    const pricing::Decimal& usd = tariff.tiers().front().usd;
    const bool is_above = *maximum < usd;
    const bool was_above = !steps.empty() && steps.back().is_above_maximum;
    if (is_above != was_above) steps.push_back({from, is_above, usd.to_string()});
  };
  const std::string item = std::string(pricing::DiscountedPrices::kSpot) + group.instance_type();
  add(trace_start, purchase.spot_tariff != nullptr
                       ? *purchase.spot_tariff
                       : pricing::DiscountedPrices::builtin().tariff(item, region));
  for (const auto& [at, tariff] : *purchase.spot_changes) add(std::max(at, trace_start), tariff);
  return steps;
}

}  // namespace skyreplay::replay
