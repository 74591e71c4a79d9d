#include "balancing/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace skyreplay::balancing {

Fleet::Fleet(kernel::Loop& loop, metrics::Recorder& recorder, const FleetConfig& config,
             std::uint64_t seed, const FleetBilling& billing)
    : loop_(loop),
      recorder_(recorder),
      config_(config),
      picks_(seed, config.name, "target"),
      process_(loop.add(*this)),
      servers_(loop, process_, kServers),
      group_({.algorithm = config.algorithm,
              .slow_start = config.slow_start,
              .nodes = config.cross_zone ? 1 : static_cast<std::uint32_t>(config.zones.size()),
              .sides = config.has_two_sides ? 2U : 1U}),
      idle_timeouts_(loop, process_, kIdleTimeouts, config.idle_timeout),
      checks_(loop, process_, kChecks, config.health_checks, {seed, config.name, "health_check"}),
      zones_(config.mix.kinds(), ZoneBalance(config.zones, config.balanced_only)),
      of_kind_(config.mix.kinds(), 0),
      steady_(billing.span),
      window_start_(loop.now()) {
  if (config.queue) {
    queue_ =
        std::make_unique<QueueWorkers>(loop, recorder, *this, *config.queue, seed, billing.span);
    queue_item_ =
        billing.meters.add_item(billing.catalogue.tariff("sqs.standard_requests", billing.region));
  }
  if (config.has_load_balancer) {
    balancer_meter_.emplace(billing.catalogue, config.load_balancer, billing.region, billing.span,
                            billing.meters);
  }
  config_.internet_facing = config.internet_facing && config.has_load_balancer;
  if (config_.internet_facing || config.member_addresses) {
    address_item_ =
        billing.meters.add_item(billing.catalogue.tariff("vpc.public_ipv4_in_use", billing.region));
  }
  config_.server.makes_calls = config.calls.has_value();
  if (billing.has_bytes && config.has_load_balancer) {
    transfer_item_ = billing.meters.add_item(
        billing.catalogue.tariff("data_transfer.internet_out", billing.region));
    ends_plainly_ = false;
  }
  recorder_.always(config.service);
}

// --- Windows

compute::CpuTime Fleet::cpu_busy(TimePoint now) const {
  compute::CpuTime sum = gone_busy_;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (member.lives && has_server(member)) sum += servers_.cpu_busy(member.server, now);
  }
  return sum;
}

compute::CpuTime Fleet::cpu_available(TimePoint now) const {
  compute::CpuTime sum = gone_available_;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (member.lives && has_server(member)) sum += servers_.cpu_available(member.server, now);
  }
  return sum;
}

MemoryUse::Integrals Fleet::memory_until(TimePoint now) const {
  MemoryUse::Integrals sum = gone_memory_;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (member.lives && has_server(member)) sum += memory_.until(member.server, now);
  }
  return sum;
}

/// Of the window that ends. Use is rounded down as a sum since the start, as that of the CPU.
metrics::MemoryCounts Fleet::take_memory_counts(TimePoint window_end) {
  constexpr int kMib = 20;
  MemoryUse::Integrals now = memory_until(window_end);
  now.used >>= kMib;
  now.available >>= kMib;
  const MemoryUse::Integrals before = std::exchange(memory_told_, now);
  return {.used = static_cast<std::uint64_t>(now.used - before.used),
          .available = static_cast<std::uint64_t>(now.available - before.available),
          .kills = out_of_memory_kills_ - std::exchange(kills_told_, out_of_memory_kills_)};
}

void Fleet::complete(std::uint32_t, const metrics::Window& window, metrics::WindowRow& row) {
  const std::int64_t length = (window.end - window.start).count();
  row.capacity_desired_ns = desired_level_.close(length);
  row.capacity_pending_ns = pending_level_.close(length);
  const auto vcpu_ns = [](compute::CpuTime time) {
    return static_cast<std::uint64_t>(time / compute::kUnitsPerVcpu);
  };
  const std::uint64_t busy = vcpu_ns(cpu_busy(window.end));
  const std::uint64_t available = vcpu_ns(cpu_available(window.end));
  row.cpu_available_ns = available - std::exchange(available_told_, available);
  // Each is rounded down as a sum since the start, so that a window's may differ by one (E150).
  row.cpu_busy_ns = std::min(busy - busy_told_, row.cpu_available_ns);
  busy_told_ += row.cpu_busy_ns;
  if (memory_.is_tracked()) row.memory = take_memory_counts(window.end);
  row.outstanding_ns = outstanding_level_.close(length);
  outstanding_ns_ += row.outstanding_ns;
  if (queue_) {
    row.events = queue_->take_counts();
    row.outstanding_ns += row.queue_depth_ns;  // nobody waits at a server
  }
  window_start_ = window.end;
}

void Fleet::read_meters(std::uint32_t, TimePoint until, pricing::Meters& meters) {
  read_members(until, meters);
  use_.in_flight_ms = static_cast<std::uint64_t>(outstanding_ns_ / 1'000'000);
  if (balancer_meter_) balancer_meter_->read(until, use_, meters);
  if (address_item_) meters.advance_to(*address_item_, address_seconds(until));
  if (transfer_item_) meters.advance_to(*transfer_item_, bytes_out_);
  if (queue_item_) meters.advance_to(*queue_item_, queue_->requests(until));
}

/// E141.
std::uint64_t Fleet::address_seconds(TimePoint until) const {
  const std::uint64_t of_members = config_.member_addresses ? member_seconds(until) : 0;
  return of_members + (config_.internet_facing ? config_.zones.size() * steady_.seconds(until) : 0);
}

void Fleet::note(std::string kind, std::string cause, std::optional<std::int64_t> from,
                 std::optional<std::int64_t> to) {
  activities_.push_back({.time = loop_.now(),
                         .service = config_.service,
                         .kind = std::move(kind),
                         .cause = std::move(cause),
                         .from = from,
                         .to = to});
}

void Fleet::take_activities(std::vector<workload::Activity>& activities) {
  activities.insert(activities.end(), activities_.begin(), activities_.end());
  activities_.clear();
}

}  // namespace skyreplay::balancing
