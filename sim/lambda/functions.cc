#include "lambda/functions.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "lambda/billed_ms.h"

namespace skyreplay::lambda {
namespace {

/// Half up; exact for work below 2^53 ns (104 days).
Duration scaled(Duration work, double factor) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(work.count()) * factor + 0.5)};
}

std::uint64_t thousandths(double value) {
  return static_cast<std::uint64_t>(value * 1'000.0 + 0.5);
}

}  // namespace

Functions::Functions(kernel::Loop& loop, metrics::Recorder& recorder, const AccountConfig& account,
                     std::uint64_t seed)
    : loop_(loop),
      recorder_(recorder),
      account_(account),
      seed_(seed),
      process_(loop.add(*this)),
      shared_scaling_(account.scaling_burst, thousandths(account.scaling_per_second)),
      api_rate_(bucket_of(account.api_throttling)),
      account_rate_(
          request_rate(account.concurrent_executions, account.requests_per_second_factor)) {
  if (account.counts_metrics) metrics_ = std::make_unique<FunctionMetrics>();
}

Functions::~Functions() = default;

/// Requests per second that come with a concurrency (L48): a second's worth may come at once, and
/// one request however low the rate.
TokenBucket Functions::request_rate(std::uint32_t concurrency, double factor) {
  const std::uint64_t rate = thousandths(concurrency * factor);
  return {std::max<std::uint64_t>(rate / 1'000, 1), rate};
}

std::uint32_t Functions::add(const FunctionConfig& config) {
  const auto unit = static_cast<std::uint32_t>(functions_.size());
  functions_.emplace_back();
  functions_[unit].reuse_oldest = config.reuse == Reuse::kLeastRecentlyUsed;
  functions_[unit].makes_calls = config.calls.has_value();
  cold_.push_back({.config = config,
                   .scaling = {account_.scaling_burst, thousandths(account_.scaling_per_second)},
                   .reserved_rate = {0, 0},
                   .init_draws = {seed_, config.name, "init_duration"},
                   .platform_draws = {seed_, config.name, "platform_init_duration"},
                   .restore_draws = {seed_, config.name, "restore_duration"},
                   .lifetime_draws = {seed_, config.name, "keep_alive"},
                   .crash_draws = {seed_, config.name, "crash"},
                   .age_ring = &age_ring(config.max_environment_age)});
  if (metrics_ != nullptr) metrics_->reserve(functions_.size());
  set_limits(unit, config);
  add_special(unit, config);
  see_concurrency();
  return unit;
}

kernel::TimerRing& Functions::age_ring(Duration length) {
  for (const auto& ring : age_rings_) {
    if (ring->length() == length) return *ring;
  }
  const auto ordinal = static_cast<std::uint32_t>(age_rings_.size());
  age_rings_.push_back(std::make_unique<kernel::TimerRing>(loop_, process_, kAge, ordinal, length));
  return *age_rings_.back();
}

// --- Admission

bool Functions::throttle(std::uint32_t unit, ThrottleReason reason, double limit) {
  note_limit(unit, reason, limit);
  const bool is_of_function = reason != ThrottleReason::kApiThrottlingLimit;
  if (metrics_ != nullptr && is_of_function) metrics_->throttled(unit);
  return false;
}

void Functions::note_limit(std::uint32_t unit, ThrottleReason reason, double limit) {
  Throttles& throttles = throttles_[{unit, reason}];
  if (throttles.count == 0) throttles = throttled_now(unit, reason, limit);
  ++throttles.count;
  last_reason_ = reason;
  last_limit_ = limit;
}

Throttles Functions::throttled_now(std::uint32_t unit, ThrottleReason reason, double limit) const {
  return {.function = unit,
          .reason = reason,
          .first = loop_.now(),
          .count = 0,
          .limit = limit,
          .in_flight = standing(unit).in_flight,
          .concurrent_executions = concurrent_executions()};
}

[[gnu::always_inline]] inline bool Functions::within_rates(std::uint32_t unit,
                                                           const Function& function) {
  const TimePoint now = loop_.now();
  if (!account_rate_.take(now)) {  // L48
    return throttle(unit, ThrottleReason::kCallerRateLimitExceeded,
                    account_.concurrent_executions * account_.requests_per_second_factor);
  }
  if (function.is_reserved) [[unlikely]] {
    const std::uint32_t reserved = *cold_[unit].config.reserved_concurrent_executions;
    if (reserved > 0 && !cold_[unit].reserved_rate.take(now)) {  // L48
      return throttle(unit, ThrottleReason::kReservedFunctionInvocationRateLimitExceeded,
                      reserved * account_.requests_per_second_factor);
    }
  }
  return true;
}

[[gnu::always_inline]] inline bool Functions::within_concurrency(std::uint32_t unit,
                                                                 const Function& function) {
  if (function.is_reserved) [[unlikely]] {
    const std::uint32_t reserved = *cold_[unit].config.reserved_concurrent_executions;
    // L41, L43: what is provisioned is part of it; 0 throttles everything.
    if (function.in_flight + provisioned_wanted(unit) >= reserved) {
      return throttle(unit, ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded,
                      reserved);
    }
    return true;
  }
  // L43: claimed = unreserved executions + everything reserved or provisioned, used or not.
  const std::uint32_t claimed = in_flight_[kUnreserved] + set_aside_;
  if (claimed >= account_.concurrent_executions) {
    return throttle(unit, ThrottleReason::kConcurrentInvocationLimitExceeded,
                    account_.concurrent_executions);
  }
  return true;
}

namespace {

constexpr workload::Admitted kThrottled{workload::Admission::kThrottled, {}};

}  // namespace

workload::Admitted Functions::admit(std::uint32_t unit, std::uint32_t index,
                                    workload::Request& request) {
  const Function& function = functions_[unit];
  if (function.is_special) [[unlikely]]
    return admit_special(unit, index, request);
  if (!within_rates(unit, function)) return kThrottled;
  const workload::Admitted admitted = admit_on_demand(unit, index, request);
  if (function.is_counted) [[unlikely]]
    count_begun(unit, admitted, request);
  return admitted;
}

/// Of a function with a front, payloads, provisioned concurrency, drawn lifetimes, storage that is
/// billed, loops that are stopped, or crashes.
[[gnu::noinline]] workload::Admitted Functions::admit_special(std::uint32_t unit,
                                                              std::uint32_t index,
                                                              workload::Request& request) {
  if (!passes(unit, request)) return kThrottled;
  if (request.more && is_too_large(unit, request.bytes_in)) {
    return {workload::Admission::kRefused, {}};
  }
  if (goes_round(unit, index)) {
    stop_loop(unit);
    return {workload::Admission::kRefused, {}};
  }
  const workload::Admitted admitted = admit_behind_front(unit, index, request);
  if (admitted.admission == workload::Admission::kAccepted) {
    begin_behind_front(unit, index, admitted);
  }
  return admitted;
}

workload::Admitted Functions::admit_behind_front(std::uint32_t unit, std::uint32_t index,
                                                 workload::Request& request) {
  if (!within_rates(unit, functions_[unit])) return kThrottled;
  return admit_within_rates(unit, index, request);
}

/// Events come by no front.
workload::Admitted Functions::admit_event(std::uint32_t unit, std::uint32_t index,
                                          workload::Request& request, Rates rates) {
  const Function& function = functions_[unit];
  if (rates == Rates::kSynchronous && !within_rates(unit, function)) return kThrottled;
  return function.is_special || function.is_counted ? admit_within_rates(unit, index, request)
                                                    : admit_on_demand(unit, index, request);
}

workload::Admitted Functions::admit_within_rates(std::uint32_t unit, std::uint32_t index,
                                                 workload::Request& request) {
  const bool is_provisioned = has_ready(unit);
  const workload::Admitted admitted = is_provisioned ? admit_provisioned(unit, index, request)
                                                     : admit_on_demand(unit, index, request);
  if (admitted.admission != workload::Admission::kAccepted) return admitted;
  if (!is_provisioned) keep(request.place);
  if (functions_[unit].is_counted) count_begun(unit, admitted, request);
  return admitted;
}

[[gnu::always_inline]] inline workload::Admitted Functions::admit_on_demand(
    std::uint32_t unit, std::uint32_t index, workload::Request& request) {
  Function& function = functions_[unit];
  if (!within_concurrency(unit, function)) return kThrottled;
  if (function.idle.empty()) [[unlikely]]
    return admit_cold(unit, index, request);
  const Idle& idle =
      function.reuse_oldest ? function.idle.take_oldest() : function.idle.take_newest();
  request.place = idle.environment;
  return accept(unit, index, request, start_warm(function, idle, request));
}

workload::Admitted Functions::admit_cold(std::uint32_t unit, std::uint32_t index,
                                         workload::Request& request) {
  TokenBucket& scaling = account_.scaling_is_shared ? shared_scaling_ : cold_[unit].scaling;
  if (!scaling.take(loop_.now())) {  // L45, L46
    throttle(unit, ThrottleReason::kFunctionInvocationRateLimitExceeded,
             account_.scaling_per_second);
    return {workload::Admission::kThrottled, {}};
  }
  request.place = new_environment(unit);
  if (cold_[unit].config.snap_start) return admit_restored(unit, index, request);
  return accept(unit, index, request, start_cold(functions_[unit], request.place, request));
}

workload::Admitted Functions::admit_restored(std::uint32_t unit, std::uint32_t index,
                                             workload::Request& request) {
  const std::optional<TimePoint> ready = restore(unit, request);
  if (ready) {
    return accept(unit, index, request,
                  begin_invoke(functions_[unit], request.place, *ready, Duration{}, request));
  }
  // L5: it never begins, so that it is neither counted nor billed.
  ++functions_[unit].in_flight;
  ++in_flight_[functions_[unit].is_reserved];
  in_hand_[request.place] = index;
  const TimePoint fails = loop_.now() + request.init;
  loop_.schedule(fails, process_, kRestoreFailed, index, unit);
  return {workload::Admission::kAccepted, fails};
}

inline workload::Admitted Functions::accept(std::uint32_t unit, std::uint32_t index,
                                            const workload::Request& request, Invoke invoke) {
  ++functions_[unit].in_flight;
  ++in_flight_[functions_[unit].is_reserved];
  return send(unit, index, request, invoke);
}

[[gnu::always_inline]] inline workload::Admitted Functions::send(std::uint32_t unit,
                                                                 std::uint32_t index,
                                                                 const workload::Request& request,
                                                                 Invoke invoke) {
  Function& function = functions_[unit];
  in_hand_[request.place] = index;
  ++function.requests;  // L26: counted when it starts
  if (!function.makes_calls) [[likely]] {
    loop_.schedule(invoke.end, process_, invoke.cut ? kCut : kCompletion, index, unit);
    return {workload::Admission::kAccepted, invoke.end};
  }
  return {workload::Admission::kAccepted, schedule_end(unit, index, request.place, invoke)};
}

workload::Admitted Functions::admit_provisioned(std::uint32_t unit, std::uint32_t index,
                                                workload::Request& request) {
  const Function& function = functions_[unit];
  Provisioned& of = *provisioned_[unit];
  const Idle idle = function.reuse_oldest ? of.ready.take_oldest() : of.ready.take_newest();
  request.place = idle.environment;
  ++of.in_flight;
  ++of.invocations;
  ++in_flight_[kProvisioned];
  note_use(unit);
  return send(unit, index, request, start_warm(function, idle, request));
}

/// Of a function that makes calls: the invocation ends with its work, or at its deadline.
TimePoint Functions::schedule_end(std::uint32_t unit, std::uint32_t request,
                                  std::uint32_t environment, Invoke invoke) {
  if (invoke.cut) {
    loop_.schedule(invoke.end, process_, kCut, request, unit);
    return invoke.end;
  }
  loop_.schedule(invoke.end, process_, kWorked, request, unit);
  Calling& calling = calling_[environment];
  calling.timeout = loop_.schedule_cancellable(calling.deadline, process_, kTimeout, environment);
  return kEndOfTime;
}

inline Functions::Invoke Functions::begin_invoke(const Function& function, std::uint32_t index,
                                                 TimePoint at, Duration init_inside,
                                                 const workload::Request& request) {
  // L71: only the CPU work is stretched; L6: the timeout covers the whole Invoke phase.
  Duration handler = function.stretches ? scaled(request.work, function.stretch) : request.work;
  if (function.makes_calls) [[unlikely]] {
    if (calling_.size() <= index) calling_.resize(environments_.capacity());
    calling_[index].deadline = at + function.timeout;
  } else {
    handler += request.wait;
  }
  const Duration wanted = init_inside + handler;
  const bool cut = wanted > function.timeout;
  return {at + (cut ? function.timeout : wanted), cut};  // L27, L74
}

inline Functions::Invoke Functions::start_warm(const Function& function, const Idle& idle,
                                               workload::Request& request) {
  Duration init_inside{};
  if (idle.needs_init) [[unlikely]] {
    // L7: the suppressed Init runs inside this invocation, is billed and counts against the
    // timeout.
    init_inside = init_again(idle.environment);
    request.init = std::min(init_inside, function.timeout);
    environments_[idle.environment].billing_start = loop_.now();
    environments_[idle.environment].invoke_start = loop_.now();
  }
  return begin_invoke(function, idle.environment, loop_.now(), init_inside, request);
}

Duration Functions::init_again(std::uint32_t index) {
  const Environment& environment = environments_[index];
  const Cold& cold = cold_[environment.function];
  RandomEngine draw = cold.init_draws.at(environment.ordinal, environment.resets, 1);
  return cold.config.init_duration.sample(draw);
}

std::uint32_t Functions::make_environment(std::uint32_t unit) {
  Cold& cold = cold_[unit];
  const std::uint32_t index = environments_.acquire().index;
  Environment& environment = environments_[index];
  environment.function = unit;
  environment.ordinal = cold.created++;
  environment.resets = 0;
  environment.memory = static_cast<std::uint16_t>(cold.config.memory_size);
  environment.alive = true;
  environment.retires = false;
  environment.provisioned = false;
  if (in_hand_.size() <= index) in_hand_.resize(environments_.capacity());
  if (index < lifetimes_.size()) lifetimes_[index] = {};
  ++cold.alive;
  recorder_.capacity_up(cold.config.service, loop_.now());
  return index;
}

std::uint32_t Functions::new_environment(std::uint32_t unit) {
  kernel::TimerRing& ages = *cold_[unit].age_ring;
  const std::uint32_t index = make_environment(unit);
  Environment& environment = environments_[index];
  environment.retires_at = loop_.now() + ages.length();
  next_age_ = std::min(next_age_, environment.retires_at);
  ages.start(environments_.id_of(index));
  return index;
}

Functions::Invoke Functions::start_cold(const Function& function, std::uint32_t index,
                                        workload::Request& request) {
  Environment& environment = environments_[index];
  const Cold& cold = cold_[environment.function];
  if (request.is_counted()) recorder_.cold_start(request.flow);
  RandomEngine platform_draw = cold.platform_draws.at(environment.ordinal);
  RandomEngine init_draw = cold.init_draws.at(environment.ordinal);
  const Duration platform = cold.config.platform_init_duration.sample(platform_draw);  // L17
  Duration init = cold.config.init_duration.sample(init_draw);
  Duration init_inside{};
  if (init > cold.config.init_limit) [[unlikely]] {
    // L3: cut at the limit, then run again inside the invocation under the function's timeout.
    init = cold.config.init_limit;
    RandomEngine again = cold.init_draws.at(environment.ordinal, 0, 2);
    init_inside = cold.config.init_duration.sample(again);
  }
  request.init = platform + init + std::min(init_inside, function.timeout);
  const TimePoint invoked = loop_.now() + platform + init;
  environment.billing_start = cold.config.init_is_billed ? invoked - init : invoked;  // L22
  environment.invoke_start = invoked;
  return begin_invoke(function, index, invoked, init_inside, request);
}

// --- Completion

[[gnu::always_inline]] inline void Functions::complete_invocation(std::uint32_t index,
                                                                  std::uint32_t unit,
                                                                  metrics::Outcome outcome) {
  const Function& function = functions_[unit];
  if (function.is_special || function.is_counted) [[unlikely]] {
    if (function.is_special) return complete_special(index, unit, outcome);
    count_ended(unit, clients_->request(index), outcome);
  }
  complete_on_demand(index, unit, outcome, outcome == metrics::Outcome::kServerTimeout);
}

[[gnu::always_inline]] inline void Functions::complete_on_demand(std::uint32_t index,
                                                                 std::uint32_t unit,
                                                                 metrics::Outcome outcome,
                                                                 bool resets) {
  const workload::Request& request = clients_->request(index);
  const TimePoint now = loop_.now();
  const std::uint32_t place = request.place;
  Function& function = functions_[unit];
  // The environment's own record is only read where it says something else than the request and the
  // function do.
  const TimePoint start = billing_start(request);
  std::uint32_t memory = function.memory;
  bool ends = false;
  if (function.some_retire || now >= next_age_) [[unlikely]] {
    const Environment& environment = environments_[place];
    memory = environment.memory;
    ends = environment.retires || now >= environment.retires_at;  // L14
  }
  function.mib_ms += std::uint64_t{billed_ms(now - start)} * memory;  // L23, L27
  --in_flight_[function.is_reserved];
  --function.in_flight;
  if (resets) ++environments_[place].resets;  // L7, L74
  if (ends) [[unlikely]] {
    end_retired(place);
  } else {
    free_environment(unit, place, resets);
  }
  if (request.more && outcome == metrics::Outcome::kCompleted) [[unlikely]]
    cold_[unit].bytes_out += request.bytes_out;
  clients_->answer(index, outcome);
}

/// Of a function that admit_special() admitted to.
[[gnu::noinline]] void Functions::complete_special(std::uint32_t index, std::uint32_t unit,
                                                   metrics::Outcome outcome) {
  const workload::Request& request = clients_->request(index);
  const Environment& environment = environments_[request.place];
  const std::uint32_t ms = billed_ms(loop_.now() - billing_start(request));
  count_storage(unit, ms);
  leave_front(unit, request);
  bool resets = outcome == metrics::Outcome::kServerTimeout;
  if (outcome == metrics::Outcome::kCompleted && crashes(unit, request)) {
    outcome = metrics::Outcome::kError;
    resets = true;
  }
  if (outcome == metrics::Outcome::kCompleted && request.more && !is_event(request) &&
      is_too_large(unit, request.bytes_out)) {
    outcome = metrics::Outcome::kError;  // L52, L73: it ran, and nobody gets what it answered
  }
  if (functions_[unit].is_counted) count_ended(unit, request, outcome);
  if (!environment.provisioned) return complete_on_demand(index, unit, outcome, resets);
  Provisioned& of = *provisioned_[unit];
  of.mib_ms += std::uint64_t{ms} * environment.memory;
  --of.in_flight;
  --in_flight_[kProvisioned];
  const bool sends = request.more && outcome == metrics::Outcome::kCompleted;
  cold_[unit].bytes_out += sends ? request.bytes_out : 0;
  free_provisioned(request.place, resets);
  clients_->answer(index, outcome);
}

/// As above, of what is not worth a copy of its own in the code.
[[gnu::noinline]] void Functions::complete_rarely(std::uint32_t index, std::uint32_t unit,
                                                  metrics::Outcome outcome) {
  complete_invocation(index, unit, outcome);
}

/// An Invoke that ends exactly at the limit is in time (L74): everything else of the instant comes
/// first, and may have ended it.
void Functions::time_out(const kernel::Event& event) {
  if (loop_.put_off(event, kernel::Turn::kServerTimeout)) return;
  const kernel::EventId& timeout = calling_[event.payload].timeout;
  if (timeout.slot != event.slot || timeout.generation != event.tag) return;
  complete_rarely(in_hand_[event.payload], environments_[event.payload].function,
                  metrics::Outcome::kServerTimeout);
}

void Functions::resume(std::uint32_t unit, std::uint32_t index, workload::Called called) {
  const workload::Request& request = clients_->request(index);
  Calling& calling = calling_[request.place];
  const TimePoint finish = loop_.now() + request.wait;
  if (called == workload::Called::kFailed) {
    loop_.cancel(std::exchange(calling.timeout, {}));
    complete_rarely(index, unit, metrics::Outcome::kDependency);
  } else if (finish <= calling.deadline) {
    loop_.cancel(std::exchange(calling.timeout, {}));
    loop_.schedule(finish, process_, kCompletion, index, unit);
  }  // else the timeout cuts its wait
}

inline void Functions::free_environment(std::uint32_t unit, std::uint32_t index, bool needs_init) {
  const TimePoint now = loop_.now();
  Function& function = functions_[unit];
  function.idle.push({.freed = now, .environment = index, .needs_init = needs_init});
  if (!function.check_pending) [[unlikely]]
    plan_end(unit, index);
}

void Functions::end_retired(std::uint32_t index) {
  Environment& environment = environments_[index];
  Cold& cold = cold_[environment.function];
  cold.last_freed = loop_.now();
  if (environment.retires) {
    functions_[environment.function].some_retire = --cold.retiring > 0;
  }
  end_environment(index);
}

void Functions::end_environment(std::uint32_t index) {
  const std::uint32_t unit = environments_[index].function;
  keep(index);
  environments_[index].alive = false;
  --cold_[unit].alive;
  recorder_.capacity_down(cold_[unit].config.service, loop_.now());
  environments_.release(index);
}

void Functions::fire(const kernel::Event& event) {
  if (event.kind == kCompletion) [[likely]] {
    complete_invocation(event.payload, event.tag, metrics::Outcome::kCompleted);
  } else {
    fire_other(event);
  }
}

[[gnu::noinline]] void Functions::fire_other(const kernel::Event& event) {
  switch (event.kind) {
    case kCut:
      too_long_ +=
          handler_time(functions_[event.tag], clients_->request(event.payload)) > kLongestTimeout;
      complete_rarely(event.payload, event.tag, metrics::Outcome::kServerTimeout);
      break;
    case kWorked:
      calls_->begin(*cold_[event.tag].config.calls, event.payload);
      break;
    case kRestoreFailed:
      fail_restore(event.tag, event.payload);
      break;
    case kGatewayTimeout:
      time_out_gateway(event);
      break;
    case kTimeout:
      time_out(event);
      break;
    case kExpiry:
      expire(event.payload);
      break;
    case kIdleCheck:
      check_idle(event.payload);
      break;
    case kAge:
      expire_old(*age_rings_[event.payload]);
      break;
    case kAllocated:
      allocated(event.payload);
      break;
    default:
      SKY_CHECK(false);
  }
}

void Functions::expect(std::uint32_t unit) {
  // Two steps, because which environment comes next stands in the function's record.
  const std::uint32_t before = std::exchange(expected_[next_expected_++ % kExpected], unit);
  __builtin_prefetch(&functions_[unit]);
  if (metrics_ != nullptr) metrics_->expect(unit);
  functions_[before].idle.prefetch_newest();
}

}  // namespace skyreplay::lambda
