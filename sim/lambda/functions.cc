#include "lambda/functions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/check.h"

namespace skyreplay::lambda {
namespace {

constexpr std::int64_t kMillisecondNs = 1'000'000;

/// Billed Duration: the sum of its parts rounded up to whole milliseconds once (L23).
std::uint32_t billed_ms(Duration duration) {
  return static_cast<std::uint32_t>((duration.count() + kMillisecondNs - 1) / kMillisecondNs);
}

/// Half up; exact for work below 2^53 ns (104 days).
Duration scaled(Duration work, double factor) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(work.count()) * factor + 0.5)};
}

std::uint64_t thousandths(double value) {
  return static_cast<std::uint64_t>(value * 1'000.0 + 0.5);
}

/// Requests per second that come with a concurrency (L48): a second's worth may come at once, and
/// one request however low the rate.
TokenBucket request_rate(std::uint32_t concurrency, double factor) {
  const std::uint64_t rate = thousandths(concurrency * factor);
  return {std::max<std::uint64_t>(rate / 1'000, 1), rate};
}

}  // namespace

Functions::Functions(kernel::Loop& loop, metrics::Recorder& recorder, const AccountConfig& account,
                     std::uint64_t seed)
    : loop_(loop),
      recorder_(recorder),
      account_(account),
      seed_(seed),
      process_(loop.add(*this)),
      account_rate_(
          request_rate(account.concurrent_executions, account.requests_per_second_factor)) {}

Functions::~Functions() = default;

std::uint32_t Functions::add(const FunctionConfig& config) {
  const auto unit = static_cast<std::uint32_t>(functions_.size());
  functions_.emplace_back();
  functions_[unit].reuse_oldest = config.reuse == Reuse::kLeastRecentlyUsed;
  functions_[unit].idle_since = loop_.now();
  functions_[unit].makes_calls = config.calls.has_value();
  cold_.push_back({.config = config,
                   .scaling = {account_.scaling_burst, thousandths(account_.scaling_per_second)},
                   .reserved_rate = {0, 0},
                   .init_draws = {seed_, config.name, "init_duration"},
                   .platform_draws = {seed_, config.name, "platform_init_duration"},
                   .age_ring = &age_ring(config.max_environment_age)});
  set_limits(unit, config);
  return unit;
}

/// What a configuration says of an invocation that starts now.
void Functions::set_limits(std::uint32_t unit, const FunctionConfig& config) {
  Function& function = functions_[unit];
  function.memory = config.memory_size;
  function.timeout = config.timeout;
  function.stretch = 1.0 / (vcpu_share(config.memory_size, config.parallelism) * config.cpu_speed);
  function.reserved = config.reserved_concurrent_executions.value_or(kUnreserved);
  reserved_total_ += config.reserved_concurrent_executions.value_or(0);
  cold_[unit].reserved_rate = request_rate(config.reserved_concurrent_executions.value_or(0),
                                           account_.requests_per_second_factor);
}

void Functions::change(std::uint32_t unit, const FunctionConfig& config) {
  Function& function = functions_[unit];
  const bool was_reserved = function.reserved != kUnreserved;
  if (was_reserved) reserved_total_ -= function.reserved;
  (was_reserved ? reserved_in_flight_ : unreserved_in_flight_) -= function.in_flight;
  const FunctionConfig& before = cold_[unit].config;
  const bool is_update =
      before.memory_size != config.memory_size || before.timeout != config.timeout;
  set_limits(unit, config);
  (function.reserved != kUnreserved ? reserved_in_flight_ : unreserved_in_flight_) +=
      function.in_flight;
  cold_[unit].config = config;
  if (is_update) retire_all(unit);  // reserved concurrency alone is no update of the function
}

void Functions::set_concurrent_executions(std::uint32_t limit) {
  if (limit == account_.concurrent_executions) return;
  account_.concurrent_executions = limit;
  account_rate_ = request_rate(limit, account_.requests_per_second_factor);
}

void Functions::retire_all(std::uint32_t unit) {
  Function& function = functions_[unit];
  while (!function.idle.empty()) {
    const std::uint32_t oldest = function.idle.oldest;
    function.idle.remove(environments_, oldest);
    end_environment(oldest);
  }
  for (std::uint32_t i = 0; i < environments_.capacity(); ++i) {
    Environment& environment = environments_[i];
    if (environment.busy && environment.function == unit) environment.retires_at = loop_.now();
  }
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
  Throttles& throttles = throttles_[{unit, reason}];
  if (throttles.count++ == 0) {
    throttles.function = unit;
    throttles.reason = reason;
    throttles.first = loop_.now();
    throttles.limit = limit;
    throttles.in_flight = functions_[unit].in_flight;
    throttles.concurrent_executions = concurrent_executions();
  }
  return false;
}

inline bool Functions::within_limits(std::uint32_t unit, Function& function) {
  const TimePoint now = loop_.now();
  if (!account_rate_.take(now)) {  // L48
    return throttle(unit, ThrottleReason::kCallerRateLimitExceeded,
                    account_.concurrent_executions * account_.requests_per_second_factor);
  }
  if (function.reserved != kUnreserved) [[unlikely]] {
    if (function.reserved > 0 && !cold_[unit].reserved_rate.take(now)) {  // L48
      return throttle(unit, ThrottleReason::kReservedFunctionInvocationRateLimitExceeded,
                      function.reserved * account_.requests_per_second_factor);
    }
    if (function.in_flight >= function.reserved) {  // L41; 0 throttles everything
      return throttle(unit, ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded,
                      function.reserved);
    }
    return true;
  }
  // L43: claimed = unreserved executions + everything reserved, used or not.
  const std::uint32_t claimed = unreserved_in_flight_ + reserved_total_;
  if (claimed >= account_.concurrent_executions) {
    return throttle(unit, ThrottleReason::kConcurrentInvocationLimitExceeded,
                    account_.concurrent_executions);
  }
  return true;
}

workload::Admitted Functions::admit(std::uint32_t unit, std::uint32_t index,
                                    workload::Request& request) {
  Function& function = functions_[unit];
  constexpr workload::Admitted kThrottled{workload::Admission::kThrottled, {}};
  if (!within_limits(unit, function)) return kThrottled;

  std::uint32_t environment;
  TimePoint finish;
  if (!function.idle.empty()) [[likely]] {
    environment = function.reuse_oldest ? function.idle.oldest : function.idle.newest;
    finish = start_warm(function, environment, request);
  } else {
    Cold& cold = cold_[unit];
    if (!cold.scaling.take(loop_.now())) {  // L45
      throttle(unit, ThrottleReason::kFunctionInvocationRateLimitExceeded,
               account_.scaling_per_second);
      return kThrottled;
    }
    environment = new_environment(unit);
    finish = start_cold(function, environment, request);
  }
  environments_[environment].request = index;
  ++function.in_flight;
  ++function.requests;  // L26: counted when it starts
  ++(function.reserved == kUnreserved ? unreserved_in_flight_ : reserved_in_flight_);
  if (!function.makes_calls) [[likely]] {
    loop_.schedule(finish, process_, kCompletion, environment, unit);
    return {workload::Admission::kAccepted, finish};
  }
  request.place = environment;
  return {workload::Admission::kAccepted, schedule_end(unit, environment, finish)};
}

/// Of a function that makes calls: `finish` is the end of its work, or its deadline.
TimePoint Functions::schedule_end(std::uint32_t unit, std::uint32_t index, TimePoint finish) {
  if (environments_[index].timed_out) {
    loop_.schedule(finish, process_, kCompletion, index, unit);
    return finish;
  }
  loop_.schedule(finish, process_, kWorked, index, unit);
  Calling& calling = calling_[index];
  calling.timeout = loop_.schedule_cancellable(calling.deadline, process_, kTimeout, index);
  return kEndOfTime;
}

inline TimePoint Functions::begin_invoke(const Function& function, std::uint32_t index,
                                         TimePoint at, Duration init_inside, Duration init_billed,
                                         const workload::Request& request) {
  Environment& environment = environments_[index];
  // L71: only the CPU work is stretched; L6: the timeout covers the whole Invoke phase.
  Duration handler = scaled(request.work, function.stretch);
  if (function.makes_calls) [[unlikely]] {
    if (calling_.size() <= index) calling_.resize(environments_.capacity());
    calling_[index].deadline = at + function.timeout;
  } else {
    handler += request.wait;
  }
  const Duration wanted = init_inside + handler;
  environment.timed_out = wanted > function.timeout;
  const Duration invoke = environment.timed_out ? function.timeout : wanted;  // L27, L74
  environment.billed_ms = billed_ms(init_billed + invoke);                    // L22, L23
  environment.billing_start = at - init_billed;
  environment.busy = true;
  return at + invoke;
}

inline TimePoint Functions::start_warm(Function& function, std::uint32_t index,
                                       workload::Request& request) {
  Environment& environment = environments_[index];
  function.idle.remove(environments_, index);
  Duration init_inside{};
  if (environment.needs_init) [[unlikely]] {
    // L7: the suppressed Init runs inside this invocation, is billed and counts against the
    // timeout.
    Cold& cold = cold_[environment.function];
    RandomEngine draw = cold.init_draws.at(environment.ordinal, environment.resets, 1);
    init_inside = cold.config.init_duration.sample(draw);
    request.init = std::min(init_inside, function.timeout);
    environment.needs_init = false;
  }
  return begin_invoke(function, index, loop_.now(), init_inside, Duration{}, request);
}

std::uint32_t Functions::new_environment(std::uint32_t unit) {
  Cold& cold = cold_[unit];
  const std::uint32_t index = environments_.acquire().index;
  Environment& environment = environments_[index];
  environment.function = unit;
  environment.ordinal = cold.created++;
  environment.retires_at = loop_.now() + cold.config.max_environment_age;
  environment.resets = 0;
  environment.memory = static_cast<std::uint16_t>(cold.config.memory_size);
  environment.needs_init = false;
  ++cold.alive;
  cold.age_ring->start(environments_.id_of(index));
  recorder_.capacity_up(cold.config.service, loop_.now());
  return index;
}

TimePoint Functions::start_cold(const Function& function, std::uint32_t index,
                                workload::Request& request) {
  const Environment& environment = environments_[index];
  const Cold& cold = cold_[environment.function];
  if (request.counted) recorder_.cold_start(request.flow);
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
  return begin_invoke(function, index, loop_.now() + platform + init, init_inside, init, request);
}

// --- Completion

inline void Functions::complete_invocation(std::uint32_t index, std::uint32_t unit,
                                           metrics::Outcome outcome) {
  Environment& environment = environments_[index];
  Function& function = functions_[unit];
  function.mib_ms += std::uint64_t{environment.billed_ms} * environment.memory;
  --(function.reserved == kUnreserved ? unreserved_in_flight_ : reserved_in_flight_);
  if (--function.in_flight == 0) function.idle_since = loop_.now();
  if (outcome == metrics::Outcome::kServerTimeout) [[unlikely]] {
    environment.needs_init = true;  // L7, L74
    ++environment.resets;
  }
  const std::uint32_t index_of_request = environment.request;
  free_environment(index);
  const workload::Request& request = clients_->request(index_of_request);
  if (request.more) [[unlikely]]
    cold_[unit].bytes_out += request.bytes_out;
  clients_->answer(index_of_request, outcome);
}

/// The end of an invocation whose billed time was not known beforehand.
void Functions::complete_calling(std::uint32_t index, metrics::Outcome outcome) {
  Environment& environment = environments_[index];
  environment.billed_ms = billed_ms(loop_.now() - environment.billing_start);  // L23, L27
  complete_invocation(index, environment.function, outcome);
}

/// An Invoke that ends exactly at the limit is in time (L74): everything else of the instant comes
/// first, and may have ended it.
void Functions::time_out(const kernel::Event& event) {
  if (loop_.put_off(event, kernel::Turn::kServerTimeout)) return;
  const kernel::EventId& timeout = calling_[event.payload].timeout;
  if (timeout.slot != event.slot || timeout.generation != event.tag) return;
  complete_calling(event.payload, metrics::Outcome::kServerTimeout);
}

void Functions::resume(std::uint32_t unit, std::uint32_t index, workload::Called called) {
  const workload::Request& request = clients_->request(index);
  const std::uint32_t environment = request.place;
  Calling& calling = calling_[environment];
  const TimePoint finish = loop_.now() + request.wait;
  if (called == workload::Called::kFailed) {
    loop_.cancel(std::exchange(calling.timeout, {}));
    complete_calling(environment, metrics::Outcome::kDependency);
  } else if (finish <= calling.deadline) {
    loop_.cancel(std::exchange(calling.timeout, {}));
    environments_[environment].billed_ms =
        billed_ms(finish - environments_[environment].billing_start);
    loop_.schedule(finish, process_, kCompletion, environment, unit);
  }  // else the timeout cuts its wait
}

inline void Functions::free_environment(std::uint32_t index) {
  Environment& environment = environments_[index];
  const TimePoint now = loop_.now();
  environment.busy = false;
  const std::uint32_t unit = environment.function;
  if (now >= environment.retires_at) [[unlikely]] {  // L14
    end_environment(index);
    return;
  }
  environment.freed = now;
  Function& function = functions_[unit];
  function.idle.push(environments_, index);
  if (!function.check_pending) [[unlikely]] {
    const FunctionConfig& config = cold_[unit].config;
    const Duration soonest =
        std::min(config.idle.environment_idle, config.idle.function_idle.value_or(Duration::max()));
    schedule_check(unit, now + soonest);
  }
}

void Functions::end_environment(std::uint32_t index) {
  const std::uint32_t unit = environments_[index].function;
  --cold_[unit].alive;
  recorder_.capacity_down(cold_[unit].config.service, loop_.now());
  environments_.release(index);
}

// --- Idle environments

void Functions::schedule_check(std::uint32_t unit, TimePoint at) {
  functions_[unit].check_pending = true;
  loop_.schedule(at, process_, kIdleCheck, unit);
}

/// Ends what has been idle too long by now.
void Functions::end_idle(std::uint32_t unit) {
  Function& function = functions_[unit];
  const IdleRule& rule = cold_[unit].config.idle;
  const TimePoint now = loop_.now();
  const bool function_ends = rule.function_idle && function.in_flight == 0 &&
                             now >= function.idle_since + *rule.function_idle;  // L14a
  while (!function.idle.empty()) {
    const std::uint32_t oldest = function.idle.oldest;
    if (!function_ends && now < environments_[oldest].freed + rule.environment_idle) return;
    function.idle.remove(environments_, oldest);
    end_environment(oldest);
  }
}

void Functions::check_idle(std::uint32_t unit) {
  Function& function = functions_[unit];
  const IdleRule& rule = cold_[unit].config.idle;
  function.check_pending = false;
  end_idle(unit);
  if (function.idle.empty()) return;
  TimePoint next = environments_[function.idle.oldest].freed + rule.environment_idle;
  if (rule.function_idle) {
    // While something runs, the function cannot be due before a full timer from now.
    const bool quiet = function.in_flight == 0;
    next = std::min(next, (quiet ? function.idle_since : loop_.now()) + *rule.function_idle);
  }
  schedule_check(unit, next);
}

void Functions::end_what_is_due(std::uint32_t unit) {
  end_idle(unit);
  Function& function = functions_[unit];
  while (!function.idle.empty()) {
    const std::uint32_t next = function.reuse_oldest ? function.idle.oldest : function.idle.newest;
    if (loop_.now() < environments_[next].retires_at) return;  // L14
    function.idle.remove(environments_, next);
    end_environment(next);
  }
}

void Functions::expire_old(kernel::TimerRing& ring) {
  ring.fire([this](kernel::SlabId id) {
    // A busy one ends when it is freed: never in the middle of an invocation (L14).
    if (!environments_.is_live(id) || environments_[id.index].busy) return;
    functions_[environments_[id.index].function].idle.remove(environments_, id.index);
    end_environment(id.index);
  });
}

void Functions::fire(const kernel::Event& event) {
  switch (event.kind) {
    [[likely]] case kCompletion:
      complete_invocation(event.payload, event.tag,
                          environments_[event.payload].timed_out ? metrics::Outcome::kServerTimeout
                                                                 : metrics::Outcome::kCompleted);
      break;
    case kIdleCheck:
      check_idle(event.payload);
      break;
    case kAge:
      expire_old(*age_rings_[event.payload]);
      break;
    case kWorked:
      calls_->begin(*cold_[event.tag].config.calls, environments_[event.payload].request);
      break;
    case kTimeout:
      time_out(event);
      break;
    default:
      SKY_CHECK(false);
  }
}

void Functions::expect(std::uint32_t unit) {
  // Two steps, because which environment comes next stands in the function's record.
  const std::uint32_t before = std::exchange(expected_[next_expected_++ % kExpected], unit);
  __builtin_prefetch(&functions_[unit]);
  recorder_.expect_service(unit);
  const std::uint32_t environment = functions_[before].idle.newest;
  if (environment != kNone) environments_.prefetch(environment);
}

// --- Windows and the end

void Functions::read_meters(std::uint32_t unit, TimePoint, pricing::Meters& meters) {
  const Usage used = usage(unit);
  meters.add(kRequestsItem, used.requests - meters.units(kRequestsItem));
  meters.add(kDurationItem, used.mib_ms - meters.units(kDurationItem));
  if (meters.size() > kTransferItem) {
    meters.add(kTransferItem, used.bytes_out - meters.units(kTransferItem));
  }
}

void Functions::finish(TimePoint end) {
  for (std::uint32_t i = 0; i < environments_.capacity(); ++i) {
    const Environment& environment = environments_[i];
    if (!environment.busy || end <= environment.billing_start) continue;
    functions_[environment.function].mib_ms +=
        std::uint64_t{billed_ms(end - environment.billing_start)} * environment.memory;
  }
}

Usage Functions::usage(std::uint32_t unit) const {
  return {functions_[unit].requests, functions_[unit].mib_ms, cold_[unit].bytes_out};
}

std::uint32_t Functions::environments(std::uint32_t unit) const { return cold_[unit].alive; }

void Functions::take_activities(std::vector<workload::Activity>& activities) {
  std::vector<Throttles> taken = take_throttles();
  std::sort(taken.begin(), taken.end(), [](const Throttles& a, const Throttles& b) {
    return std::tie(a.first, a.function, a.reason) < std::tie(b.first, b.function, b.reason);
  });
  for (const Throttles& t : taken) {
    activities.push_back({.time = t.first,
                          .service = cold_[t.function].config.service,
                          .kind = "limit",
                          .cause = cause(t),
                          .from = std::nullopt,
                          .to = std::nullopt});
  }
}

std::vector<Throttles> Functions::take_throttles() {
  std::vector<Throttles> taken;
  for (const auto& [key, throttles] : throttles_) taken.push_back(throttles);
  throttles_.clear();
  return taken;
}

}  // namespace skyreplay::lambda
