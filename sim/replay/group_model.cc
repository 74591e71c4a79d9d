#include "replay/group_model.h"

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

}  // namespace skyreplay::replay
