#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reference/model/money.h"
#include "reference/yaml_parts.h"

namespace skyreplay::reference {
namespace {

using reference::spelled;  // beside the overloads of this file

std::string commitments(const Fleet& f) {
  std::string text;
  if (f.reserved_instances > 0) {
    text += fmt::format("reserved_instances: {{instance_count: {}}}, ", f.reserved_instances);
  }
  if (f.savings_plan > 0) {
    text += fmt::format("savings_plan: {{commitment: \"0.{:06}\"}}, ", f.savings_plan);
  }
  return text;
}

std::string market(const Fleet& f) {
  std::string addresses =
      f.public_addresses ? "associate_public_ip_address: true, " : std::string();
  if (!f.spot) return addresses;
  return addresses + fmt::format(
                         "instance_market_options: {{market_type: spot, spot_options: {{{}}}}}, "
                         "capacity_rebalance: {}, ",
                         f.max_price.empty() ? "" : fmt::format("max_price: \"{}\"", f.max_price),
                         f.capacity_rebalance);
}
std::string interruptions(const Fleet& f) {
  if (!f.spot) return "";
  std::string changes;
  for (std::size_t i = 0; i < f.price_changes.size(); ++i) {
    changes += fmt::format("{}{{at: +{}, price: \"{}\"}}", i == 0 ? "" : ", ",
                           spelled(f.price_changes[i]), kSpotPrices[i]);
  }
  return fmt::format(
      "spot: {{interruption_rate: 0, shock_share: {}, time_between_shocks: {}, shock_spread: {}, "
      "reliable_time: {}, recommendation_lead: {}, price_changes: [{}]}}, ",
      f.shock_share, spelled(f.between_shocks), spelled(f.shock_spread), spelled(f.reliable_time),
      spelled(f.recommendation_lead), changes);
}
std::string spelled(const Hook& h) {
  return fmt::format(
      "{{lifecycle_hook_name: {}, lifecycle_transition: \"autoscaling:EC2_INSTANCE_{}\", "
      "heartbeat_timeout: {}, default_result: {}{}}}",
      h.name, h.launching ? "LAUNCHING" : "TERMINATING", h.timeout,
      h.continues ? "CONTINUE" : "ABANDON",
      h.work || h.heartbeat
          ? fmt::format(", assumed: {{{}{}}}",
                        h.work ? "completes_after: " + spelled(*h.work) + ", " : "",
                        h.heartbeat ? "heartbeat_interval: " + spelled(*h.heartbeat) : "")
          : "");
}

/// What becomes of its instances.
std::string lives(const Fleet& f) {
  std::string hooks;
  for (const Hook& hook : f.hooks) hooks += (hooks.empty() ? "" : ", ") + spelled(hook);
  return fmt::format(
      "health_check_type: {}, health_check_grace_period: {}, termination_policies: [{}], "
      "lifecycle_hook_specification_list: [{}], availability_zone_distribution: "
      "{{capacity_distribution_strategy: {}}}, ",
      f.elb_health ? "ELB" : "EC2", f.grace, fmt::join(f.termination_policies, ", "), hooks,
      f.balanced_only ? "balanced-only" : "balanced-best-effort");
}

}  // namespace

std::string common(const Fleet& f) {
  constexpr const char* kAlgorithms[] = {"round_robin", "least_outstanding_requests",
                                         "weighted_random"};
  std::string zones;
  for (std::uint32_t i = 0; i < f.zones; ++i) {
    zones += fmt::format("{}us-east-1{}", i == 0 ? "" : ", ", static_cast<char>('a' + i));
  }
  if (f.cluster.has_value()) zones.clear();
  if (f.has_queue) {
    return fmt::format(
        "availability_zones: [{}], queue: {{visibility_timeout: {}, message_retention_period: "
        "{}{}}}, ",
        zones, f.visibility / std::chrono::seconds{1}, f.retention / std::chrono::seconds{1},
        f.max_receives ? fmt::format(", redrive_policy: {{max_receive_count: {}}}", *f.max_receives)
                       : "");
  }
  return fmt::format(
      "availability_zones: [{}], target_group: {{load_balancing_algorithm_type: {}, "
      "deregistration_delay: {}, slow_start: {}, load_balancing_cross_zone_enabled: {}, "
      "health_check_interval_seconds: {}, health_check_timeout_seconds: {}, "
      "healthy_threshold_count: {}, unhealthy_threshold_count: {}}}, load_balancer: "
      "{{idle_timeout: {}, rules: {}, "
      "scheme: {}, assumed: "
      "{{requests_per_connection: {}}}}}, ",
      zones, kAlgorithms[static_cast<int>(f.algorithm)], spelled(f.deregistration_delay),
      spelled(f.slow_start), f.cross_zone, f.check_interval, f.check_timeout, f.healthy_threshold,
      f.unhealthy_threshold, spelled(f.idle_timeout), f.rules,
      f.internal ? "internal" : "internet-facing", f.requests_per_connection_milli / 1000.0);
}

std::string capacity(const Fleet& f) {
  return optional("workers", f.workers) + optional("backlog", f.backlog) +
         fmt::format("speed: {}, ", f.speed);
}

std::string group(const Fleet& f) {
  const std::string gp3 = fmt::format(", iops: {}, throughput: {}", f.iops, f.throughput);
  return fmt::format(
      "{{ec2: {{min_size: 0, max_size: {}, desired_capacity: {}, instance_type: {}, ebs: "
      "{{volume_type: {}, volume_size: {}{}}}, {}{}assumed: {{{}boot_time: {}, decision_lag: {}, "
      "pending_time: {}, publication_delay: {{ec2: {}, application_elb: {}, auto_scaling: {}, "
      "cw_agent: "
      "{}}}}}}}}}",
      f.max_size, f.desired, f.instance_type, f.gp2 ? "gp2" : "gp3", f.volume_gib, f.gp2 ? "" : gp3,
      commitments(f) + market(f) + common(f), scaling(f) + lives(f), capacity(f) + interruptions(f),
      spelled(f.boot_time), spelled(f.decision_lag), spelled(f.pending_time), spelled(f.ec2_delay),
      spelled(f.balancer_delay), spelled(f.group_delay), spelled(f.agent_delay));
}

}  // namespace skyreplay::reference
