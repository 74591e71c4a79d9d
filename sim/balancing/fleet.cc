#include "balancing/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/check.h"

namespace skyreplay::balancing {

namespace {

/// Members that a run begins with have warmed up, whatever the warmup.
constexpr Duration kLongAgo = std::chrono::hours{24 * 365};

}  // namespace

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
              .nodes = config.cross_zone ? 1 : static_cast<std::uint32_t>(config.zones.size())}),
      idle_timeouts_(loop, process_, kIdleTimeouts, config.idle_timeout),
      checks_(loop, process_, kChecks, config.health_checks, {seed, config.name, "health_check"}),
      zone_members_(config.zones.size(), 0),
      zone_is_lost_(config.zones.size(), false),
      balancer_meter_(billing.catalogue, config.load_balancer, billing.region, billing.span,
                      billing.meters),
      window_start_(loop.now()) {
  config_.server.makes_calls = config.calls.has_value();
  if (billing.has_bytes) {
    transfer_item_ = billing.meters.add_item(
        billing.catalogue.tariff("data_transfer.internet_out", billing.region));
  }
  recorder_.always(config.service);
}

// --- Members

void Fleet::begin(std::uint32_t desired, bool in_service) {
  change_desired(desired);
  for (std::uint32_t i = 0; i < desired && in_service; ++i) {
    const std::uint32_t member = add_member();
    bill_from(member, loop_.now() - Duration{1});  // it ran already: no minimum is due
    put_in_service(member, Health::kHealthy, loop_.now() - kLongAgo);
  }
  reconcile();
}

void Fleet::set_desired(std::uint32_t desired, const std::string& cause) {
  if (desired == desired_) return;
  note(desired > desired_ ? "scale_out" : "scale_in", cause, desired_, desired);
  change_desired(desired);
  reconcile();
}

void Fleet::suspend(bool launches, bool terminations) {
  launches_suspended_ = launches;
  terminations_suspended_ = terminations;
  reconcile();
}

void Fleet::reconcile() {
  while (members_alive_ < wanted() && can_launch()) start_launch();
  while (members_alive_ > wanted() && !terminations_suspended_) {
    if (!take_out_one()) return;  // E17: all that are left are protected
  }
}

void Fleet::change_desired(std::uint32_t desired) {
  for (; desired_ < desired; ++desired_) desired_level_.enter(since_window());
  for (; desired_ > desired; --desired_) desired_level_.leave(since_window());
}

std::uint32_t Fleet::add_member() {
  const std::uint32_t index = members_.acquire().index;
  Member& member = members_[index];
  member.state = State::kPending;
  member.ordinal = created_++;
  member.is_protected = false;
  member.launched = loop_.now();
  member.serves_since = kEndOfTime;
  member.zone = zone_of_launch();
  ++zone_members_[member.zone];
  member.lives = true;
  ++members_alive_;
  return index;
}

bool Fleet::can_launch() const {
  const bool has_zone =
      std::find(zone_is_lost_.begin(), zone_is_lost_.end(), false) != zone_is_lost_.end();
  return has_zone && !launches_suspended_;
}

/// E20: of those that are not lost, the one with the fewest members.
std::uint32_t Fleet::zone_of_launch() const {
  std::uint32_t best = kNoTarget;
  for (std::uint32_t zone = 0; zone < zone_members_.size(); ++zone) {
    if (zone_is_lost_[zone]) continue;
    if (best == kNoTarget || zone_members_[zone] < zone_members_[best]) best = zone;
  }
  SKY_CHECK(best != kNoTarget);
  return best;
}

std::uint32_t Fleet::start_launch() {
  const std::uint32_t index = add_member();
  const Member& member = members_[index];
  const Launch takes = launch(member.ordinal);
  pending_level_.enter(since_window());
  loop_.schedule(loop_.now() + takes.billed, process_, kBilled, index, member.generation);
  loop_.schedule(loop_.now() + takes.in_service, process_, kInService, index, member.generation);
  note("launch", fmt::format("{} {} in {}: in service after {}", config_.member, member.ordinal,
                             config_.zones[member.zone], format_duration(takes.in_service)));
  return index;
}

void Fleet::put_in_service(std::uint32_t index, Health health, TimePoint serves_since) {
  Member& member = members_[index];
  member.state = State::kInService;
  member.serves_since = serves_since;
  member.is_protected = config_.protects_members;
  member.server = servers_.add(config_.server);
  if (member_of_server_.size() <= member.server) {
    member_of_server_.resize(member.server + std::size_t{1});
  }
  member_of_server_[member.server] = index;
  group_.add(member.server, config_.cross_zone ? 0 : member.zone);
  checks_.add(member.server, member.ordinal, health);  // E7, E107, E108: from registration on
  ++count_of(health);
  update_rotation();
  traffic_.add_server(member.server, serves_since + config_.warmup);
  recorder_.capacity_up(config_.service, loop_.now());
  member_in_service(index);
}

bool Fleet::goes_before(const Member& a, const Member& b) const {
  const auto key = [this](const Member& member) {
    const bool serves = member.state == State::kInService;
    Duration into_hour{};
    if (serves && config_.ends_billing_hours) {
      into_hour = (loop_.now() - member.launched) % std::chrono::hours{1};
    }
    const std::int64_t ordinal = member.ordinal;
    return std::tuple(-std::int64_t{zone_members_[member.zone]}, -std::int64_t{member.zone}, serves,
                      -into_hour, serves ? ordinal : -ordinal);
  };
  return key(a) < key(b);
}

std::uint32_t Fleet::next_to_go() const {
  std::uint32_t best = kNoTarget;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (!member.lives || member.state == State::kDraining || member.is_protected) continue;
    if (best == kNoTarget || goes_before(member, members_[best])) best = i;
  }
  return best;
}

bool Fleet::take_out_one() {
  const std::uint32_t index = next_to_go();
  if (index == kNoTarget) return false;
  const Member& member = members_[index];
  note("terminate",
       fmt::format("{} {} in {}", config_.member, member.ordinal, config_.zones[member.zone]));
  forget(index);
  if (member.state == State::kInService) {
    drain(index);
    return true;
  }
  call_off(index);
  return true;
}

/// It was not in service yet, and never is.
void Fleet::call_off(std::uint32_t index) {
  pending_level_.leave(since_window());
  if (members_[index].state == State::kStarting) bill_until(index, loop_.now());
  members_[index].lives = false;
  members_.release(index);
}

/// It counts as a member no more.
void Fleet::forget(std::uint32_t index) {
  --members_alive_;
  --zone_members_[members_[index].zone];
  std::erase_if(replacements_, [index](const Replacement& replacement) {
    return replacement.old_member == index || replacement.new_member == index;
  });
}

void Fleet::drain(std::uint32_t index) {
  Member& member = members_[index];
  member.state = State::kDraining;
  member_taken_out(index);
  if (group_.is_in_rotation(member.server)) group_.take_out(member.server);
  --count_of(checks_.health(member.server));
  checks_.remove(member.server);
  update_rotation();
  if (group_.outstanding(member.server) == 0) {
    remove(index);
  } else {
    loop_.schedule(loop_.now() + config_.deregistration_delay, process_, kDelayOver, index,
                   member.generation);
  }
}

/// It has nothing outstanding and gets nothing: it goes if that is for good.
void Fleet::drained(std::uint32_t index) {
  if (members_[index].state == State::kDraining) remove(index);
}

void Fleet::remove(std::uint32_t index) {
  const std::uint32_t server = members_[index].server;
  gone_busy_ += servers_.cpu_busy(server, loop_.now());
  gone_available_ += servers_.cpu_available(server, loop_.now());
  bill_until(index, loop_.now());
  recorder_.capacity_down(config_.service, loop_.now());
  group_.remove(server);
  members_[index].lives = false;
  members_.release(index);
  dropped_inside_ = servers_.in_service(server);
  servers_.remove(server, *this);
}

// --- Windows

compute::CpuTime Fleet::cpu_busy(TimePoint now) const {
  compute::CpuTime sum = gone_busy_;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (member.lives && member.state >= State::kInService)
      sum += servers_.cpu_busy(member.server, now);
  }
  return sum;
}

compute::CpuTime Fleet::cpu_available(TimePoint now) const {
  compute::CpuTime sum = gone_available_;
  for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
    const Member& member = members_[i];
    if (member.lives && member.state >= State::kInService) {
      sum += servers_.cpu_available(member.server, now);
    }
  }
  return sum;
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
  row.outstanding_ns = outstanding_level_.close(length);
  outstanding_ns_ += row.outstanding_ns;
  window_start_ = window.end;
}

void Fleet::read_meters(std::uint32_t, TimePoint until, pricing::Meters& meters) {
  read_members(until, meters);
  use_.in_flight_ms = static_cast<std::uint64_t>(outstanding_ns_ / 1'000'000);
  balancer_meter_.read(until, use_, meters);
  if (transfer_item_) meters.advance_to(*transfer_item_, bytes_out_);
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
