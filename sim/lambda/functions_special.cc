#include <algorithm>
#include <utility>

#include "lambda/functions.h"

// What stands before a function, and environments that are restored: off the way that most
// requests take.

namespace skyreplay::lambda {
namespace {

constexpr Duration kRestoreLimit = 10s;  // L5

}  // namespace

// --- Fronts (L51, L52)

void Functions::put_before(std::uint32_t unit, std::unique_ptr<Front> front) {
  functions_[unit].is_special = true;
  const bool costs_when_idle = front->config().kind == FrontConfig::Kind::kLoadBalancer;
  if (costs_when_idle) recorder_.always(cold_[unit].config.service);
  fronts_[unit] = std::move(front);
}

/// Whether nothing before the function throttles a request.
bool Functions::passes(std::uint32_t unit, const workload::Request& request) {
  if (fronts_[unit] == nullptr) return true;
  Front& front = *fronts_[unit];
  if (front.config().kind != FrontConfig::Kind::kLoadBalancer) {
    constexpr ThrottleReason kReason = ThrottleReason::kApiThrottlingLimit;
    if (!api_rate_.take(loop_.now())) {
      return throttle(unit, kReason, account_.api_throttling.rate_limit);
    }
    if (!front.takes(loop_.now())) {
      return throttle(unit, kReason, front.config().throttling->rate_limit);
    }
  }
  front.count(request);
  return true;
}

bool Functions::is_too_large(std::uint32_t unit, std::uint64_t bytes) const {
  return bytes > (fronts_[unit] == nullptr ? kLargestPayload : fronts_[unit]->largest_payload());
}

void Functions::begin_behind_front(std::uint32_t unit, std::uint32_t index,
                                   workload::Admitted admitted) {
  if (fronts_[unit] == nullptr) return;
  fronts_[unit]->enter(loop_.now());
  const std::optional<Duration> timeout = fronts_[unit]->config().timeout;
  if (!timeout || admitted.finish <= loop_.now() + *timeout) return;
  loop_.schedule(loop_.now() + *timeout, process_, kGatewayTimeout, index,
                 clients_->requests().id_of(index).generation);
}

/// L51: 504, and the function works on. What is answered at the very instant is in time.
void Functions::time_out_gateway(const kernel::Event& event) {
  if (loop_.put_off(event, kernel::Turn::kBalancerTimeout)) return;
  const kernel::SlabId id{event.payload, event.tag};
  if (!clients_->requests().is_live(id)) return;
  if (clients_->request(id.index).awaited == workload::Awaited::kByNobody) return;
  clients_->give_up(id.index, metrics::Outcome::kError);
}

// --- SnapStart (L30 to L34)

/// Nothing where snapshots cost nothing.
void Functions::publish(std::uint32_t unit) {
  Cold& cold = cold_[unit];
  if (!cold.config.snap_start || !cold.config.snap_start->is_charged) return;
  if (!cold.snapshots) {
    recorder_.always(cold.config.service);
    cold.snapshots.emplace(cold.config.snap_start->span);
  }
  cold.snapshots->publish(loop_.now(), cold.config.memory_size);
}

Duration Functions::restore_of(const Environment& environment) const {
  const Cold& cold = cold_[environment.function];
  RandomEngine draw = cold.restore_draws.at(environment.ordinal);
  return cold.config.snap_start->restore_duration.sample(draw);
}

/// Half up.
Duration Functions::billed_of_restore(std::uint32_t unit, Duration restore) const {
  if (restore == Duration{}) return restore;
  const double billed =
      static_cast<double>(restore.count()) * cold_[unit].config.snap_start->billed_share;
  return Duration{static_cast<std::int64_t>(billed + 0.5)};
}

/// The new environment of a request is restored: when it is ready, if ever.
std::optional<TimePoint> Functions::restore(std::uint32_t unit, workload::Request& request) {
  Environment& environment = environments_[request.place];
  Cold& cold = cold_[unit];
  if (request.is_counted()) recorder_.cold_start(request.flow);
  RandomEngine platform_draw = cold.platform_draws.at(environment.ordinal);
  const Duration platform = cold.config.platform_init_duration.sample(platform_draw);  // L17
  const Duration restore = restore_of(environment);
  request.init = platform + std::min(restore, kRestoreLimit);
  cold.restored_mib += environment.memory;  // L34
  environment.billing_start = kEndOfTime;
  if (restore > kRestoreLimit) return std::nullopt;
  const TimePoint ready = loop_.now() + request.init;
  environment.billing_start = ready - billed_of_restore(unit, restore);  // L24
  environment.invoke_start = ready;
  return ready;
}

// --- Loops and crashes

/// L67: whether it was invoked so often in the chain of calls that led here that it is no more.
bool Functions::goes_round(std::uint32_t unit, std::uint32_t index) const {
  return cold_[unit].config.stops_loops && calls_->times_in_chain(index) > kLongestLoop;
}

void Functions::stop_loop(std::uint32_t unit) {
  ++cold_[unit].loops_stopped;
  note_limit(unit, ThrottleReason::kRecursiveInvocation, kLongestLoop);
}

/// L7: drawn when it has ended.
bool Functions::crashes(std::uint32_t unit, const workload::Request& request) const {
  const Cold& cold = cold_[unit];
  if (cold.config.crash_probability <= 0) return false;
  RandomEngine draw = cold.crash_draws.at(request.row, request.attempts, request.call_path());
  return draw.uniform() < cold.config.crash_probability;
}

/// L5: it is gone, and its request with it.
void Functions::fail_restore(std::uint32_t unit, std::uint32_t request) {
  --in_flight_[functions_[unit].is_reserved];
  --functions_[unit].in_flight;
  if (functions_[unit].is_counted) metrics_->failed_in_vain(unit);
  leave_front(unit, clients_->request(request));
  end_retired(clients_->request(request).place);
  clients_->answer(request, metrics::Outcome::kError);
}

}  // namespace skyreplay::lambda
