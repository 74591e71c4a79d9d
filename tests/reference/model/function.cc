// Lambda functions (docs/models.md, L1 to L92): admission, and what an invocation goes through.
#include <algorithm>

#include "reference/model/function_service.h"

namespace skyreplay::reference {

FunctionService::FunctionService(World& world, std::size_t service)
    : Station(world, service),
      scaling_(TokenBucket::of(world.scenario.account.per_second, world.scenario.account.burst,
                               world.now())),
      front_(world, config().function) {
  publish();
  note_use_of_account();
  reserved_rate_ = reserved_rate(world, service);
  if (!config().function.provisioned) return;
  provision();
  if (world.scenario.warm_start) {
    ++allocation_;  // what was planned is not needed
    while (provisioned_ < config().function.provisioned) add_provisioned();
  }
  note_use();
  if (is_scaled(config())) {
    provisioned_scaling_ =
        std::make_unique<ProvisionedScaling>(world, service, use_, [this] { provision(); });
  }
}

Admission FunctionService::admit(Attempt& attempt) {
  expire(world_.now());
  if (!front_.lets_in(attempt)) return turn_away("TooManyRequestsException");
  if (world_.has_bytes() && attempt.bytes_in > front_.largest()) return Admission::kRefused;
  if (is_in_loop() && !config().function.allows_loops && times_in_chain(attempt) > longest()) {
    stopped_.push_back(world_.now());  // L67
    world_.journal.activities.push_back(
        {world_.now(), service_, "limit RecursiveInvocationException"});
    return Admission::kRefused;
  }
  const Admission admission = admit_behind_front(attempt);
  if (admission == Admission::kAccepted) front_.begin(attempt);
  return admission;
}

Admission FunctionService::admit_event(Attempt& attempt) {  // L48
  expire(world_.now());
  return world_.broken(Mutation::kEventsHaveARate) ? admit_behind_front(attempt)
                                                   : admit_within_rates(attempt);
}

Admission FunctionService::admit_batch(Attempt& attempt) {
  expire(world_.now());
  return admit_behind_front(attempt);
}

Admission FunctionService::admit_behind_front(Attempt& attempt) {
  const std::string reason = over_rates(world_, service_, reserved_rate_);
  return reason.empty() ? admit_within_rates(attempt) : throttle(reason);
}

Admission FunctionService::admit_within_rates(Attempt& attempt) {
  if (!ready_.empty() && provisioned_rate_.take(world_.now(), false)) {  // L37
    start_warm(*next_of(ready_), attempt);
    requests_.push_back(world_.now());
    began_provisioned_.push_back(world_.now());
    ++on_provisioned();
    note_use_of_account();
    return Admission::kAccepted;
  }
  const std::string reason = over_concurrency(world_, service_);
  if (!reason.empty()) return throttle(reason);
  Environment* environment = next_of(idle_);
  if (environment != nullptr) {
    start_warm(*environment, attempt);
  } else if (scaling().take(world_.now(),
                            world_.broken(Mutation::kTokensInWholeSeconds))) {  // L45
    environments_.push_back({.ordinal = environments_.size(),
                             .memory = config().function.memory,
                             .created = world_.now()});
    if (!start_new(environments_.back(), attempt)) {
      note_use_of_account();
      return Admission::kAccepted;
    }
  } else {
    return throttle("FunctionInvocationRateLimitExceeded");
  }
  requests_.push_back(world_.now());  // L26
  ++in_flight();
  note_use_of_account();
  return Admission::kAccepted;
}

void FunctionService::resume(Attempt& attempt, bool failed) {
  Running& running = *running_of(attempt);
  if (failed) return complete(running, Outcome::kDependency);
  const Time finish =
      world_.now() + (world_.broken(Mutation::kWaitsBeforeItCalls) ? Time{} : attempt.wait);
  if (finish > running.deadline) return;  // its timeout cuts the wait
  running.in_time = true;
  world_.calendar.plan(finish, [this, &running] { complete(running, Outcome::kCompleted); });
}

void FunctionService::change(const Change& change) {
  reserved_rate_ = reserved_rate(world_, service_);
  note_use_of_account();
  if (change.field == Change::Field::kProvisioned) {
    if (configured_ != config().function.provisioned) provision();
    return;
  }
  if (change.field == Change::Field::kMaxSize) {
    return provisioned_scaling_->set_bounds({}, config().fleet.max_size);
  }
  if (change.field == Change::Field::kReserved) return;
  expire(world_.now());
  for (Environment& environment : environments_) {
    if (environment.ended) continue;
    environment.outdated = true;
    if (!environment.busy) end_environment(environment);
  }
  provisioned_ = 0;
  publish();
  note_use();
  if (config().function.provisioned) provision();
}

bool FunctionService::is_in_loop() const {
  return std::any_of(
      world_.scenario.calls.begin(), world_.scenario.calls.end(),
      [this](const Call& call) { return call.to == service_ && world_.comes_back(call); });
}

int FunctionService::times_in_chain(const Attempt& attempt) const {
  const auto found = attempt.chain.find(service_);
  return found == attempt.chain.end() ? 1 : found->second;
}

Admission FunctionService::throttle(const std::string& reason) {
  throttled_.push_back(world_.now());
  return turn_away(reason);
}

Admission FunctionService::turn_away(const std::string& reason) {
  world_.journal.activities.push_back({world_.now(), service_, "limit " + reason});
  return Admission::kThrottled;
}

Environment* FunctionService::next_of(const std::vector<std::size_t>& idle) {
  const bool oldest =
      config().function.least_recently_used || world_.broken(Mutation::kLeastRecentlyUsedAlways);
  if (idle.empty()) return nullptr;
  return &environments_[oldest ? idle.front() : idle.back()];
}

TokenBucket& FunctionService::scaling() {
  const bool shared = world_.scenario.account.scaling_is_shared &&
                      !world_.broken(Mutation::kScalesFunctionByFunction);
  return shared ? world_.lambda.scaling : scaling_;  // L46
}

bool FunctionService::start_new(Environment& environment, Attempt& attempt) {
  if (!config().function.restore) {
    start_cold(environment, attempt);
    return true;
  }
  const std::string entity = world_.entity(service_);
  world_.journal.running[service_].change(world_.now(), +1);
  if (attempt.counted) world_.journal.cold_starts.push_back({world_.now(), attempt.flow});
  const Time platform = sample(config().function.platform_init,
                               world_.bits(entity, "platform_init_duration", environment.ordinal));
  const Time restore = sample(*config().function.restore,
                              world_.bits(entity, "restore_duration", environment.ordinal));
  if (!world_.broken(Mutation::kRestoresAreFree)) {
    restored_.emplace_back(world_.now(), environment.memory);
  }
  const Time limit = std::chrono::seconds{10};
  if (restore > limit && !world_.broken(Mutation::kRestoresWithoutLimit)) {  // L5
    attempt.init = platform + limit;
    ++in_flight();
    environment.billed_from = Time::max();
    world_.calendar.plan(world_.now() + attempt.init, [this, &environment, &attempt] {
      if (--in_flight() == 0) quiet_since_ = world_.now();
      note_use_of_account();
      environment.ended = true;
      world_.journal.running[service_].change(world_.now(), -1);
      if (!is_fed(attempt)) front_.end();
      world_.answer(attempt, Outcome::kError);
    });
    return false;
  }
  attempt.init = platform + restore;
  const Time billed = world_.broken(Mutation::kRestoreBilledInFull)
                          ? restore
                          : scaled(restore, config().function.billed_share);  // L24
  invoke(environment, attempt, world_.now() + platform + restore, Time{}, billed);
  return true;
}

void FunctionService::start_warm(Environment& environment, Attempt& attempt) {
  std::erase(idle_, environment.ordinal);
  std::erase(ready_, environment.ordinal);
  environment.busy = true;
  note_use();
  Time init{};
  if (environment.needs_init) {  // L7
    init = sample(config().function.init, world_.bits(world_.entity(service_), "init_duration",
                                                      environment.ordinal, environment.resets, 1));
    environment.needs_init = false;
    attempt.init = std::min(init, config().function.timeout);
  }
  invoke(environment, attempt, world_.now(), init, Time{});
}

void FunctionService::start_cold(Environment& environment, Attempt& attempt) {
  const Function& function = config().function;
  const std::string entity = world_.entity(service_);
  world_.journal.running[service_].change(world_.now(), +1);
  if (attempt.counted) world_.journal.cold_starts.push_back({world_.now(), attempt.flow});
  const Time platform = sample(function.platform_init, world_.bits(entity, "platform_init_duration",
                                                                   environment.ordinal));  // L17
  Time init = sample(function.init, world_.bits(entity, "init_duration", environment.ordinal));
  Time again{};
  if (init > function.init_limit) {  // L3
    init = function.init_limit;
    again = sample(function.init, world_.bits(entity, "init_duration", environment.ordinal, 0, 2));
  }
  attempt.init = platform + init + std::min(again, function.timeout);
  const bool old = function.init_unbilled && !world_.broken(Mutation::kOldInitIsBilled);  // L22
  const Time billed = old || world_.broken(Mutation::kInitUnbilled) ? Time{} : init;
  invoke(environment, attempt, world_.now() + platform + init, again, billed);
}

void FunctionService::invoke(Environment& environment, Attempt& attempt, Time at, Time init_inside,
                             Time init_billed) {
  const Function& function = config().function;
  const double vcpus = std::min(function.parallelism, function.memory / 1769.0);  // L70, L71
  const bool calls = world_.makes_calls(service_);
  const bool waits = !calls || world_.broken(Mutation::kWaitsBeforeItCalls);
  const Time wanted = init_inside + scaled(attempt.work, 1 / (vcpus * function.speed)) +
                      (waits ? attempt.wait : Time{});
  environment.billed_from = at - init_billed;
  environment.invoked = world_.broken(Mutation::kDurationHasInit) ? environment.billed_from : at;
  const Time deadline = at + function.timeout;
  running_.push_back({&attempt, &environment, deadline});
  Running& running = running_.back();
  if (at + wanted > deadline) {  // L6, L27, L74
    running.in_time = true;
    world_.calendar.plan(deadline,
                         [this, &running] { complete(running, Outcome::kServerTimeout); });
  } else if (!calls) {
    world_.calendar.plan(at + wanted, [this, &running] { complete(running, Outcome::kCompleted); });
  } else {
    world_.calendar.plan(at + wanted, [this, &attempt] { world_.begin_calls(attempt); });
    const auto cut = [this, &running] {
      if (!running.over && !running.in_time) complete(running, Outcome::kServerTimeout);
    };
    const bool cuts_ties = world_.broken(Mutation::kDeadlineCutsTies);
    world_.calendar.plan(deadline, cut, cuts_ties ? Turn::kFirst : Turn::kFunctionTimeout);
  }
}

bool FunctionService::is_fed(const Attempt& attempt) {
  return attempt.awaited == Attempt::Awaited::kByQueue ||
         attempt.awaited == Attempt::Awaited::kByReader ||
         attempt.awaited == Attempt::Awaited::kByLane;
}

FunctionService::Running* FunctionService::running_of(const Attempt& attempt) {
  for (Running& running : running_) {
    if (running.attempt == &attempt) return &running;
  }
  return nullptr;
}

void FunctionService::complete(Running& running, Outcome outcome) {
  running.over = true;
  if (!is_fed(*running.attempt)) front_.end();
  const bool too_large = world_.has_bytes() && !is_fed(*running.attempt) &&
                         running.attempt->bytes_out > front_.largest();
  const bool crashes = outcome == Outcome::kCompleted && is_crash(*running.attempt);
  if (outcome == Outcome::kCompleted && (crashes || too_large)) outcome = Outcome::kError;
  Environment& environment = *running.environment;
  ended_.push_back(
      {world_.now(), world_.now() - environment.invoked, outcome != Outcome::kCompleted});
  bill(world_.now(), world_.now() - environment.billed_from, environment);
  if (environment.provisioned) {
    --on_provisioned();
  } else if (--in_flight() == 0) {
    quiet_since_ = world_.now();
  }
  note_use_of_account();
  const bool cut =
      outcome == Outcome::kServerTimeout && !world_.broken(Mutation::kNoResetAfterTimeout);
  if (cut || (crashes && !world_.broken(Mutation::kCrashesResetNothing))) {
    environment.needs_init = true;  // L7
    ++environment.resets;
  }
  free(environment);
  if (outcome == Outcome::kCompleted) {
    bytes_out_.emplace_back(world_.now(), running.attempt->bytes_out);
  }
  world_.answer(*running.attempt, outcome);
}

bool FunctionService::is_crash(const Attempt& attempt) const {  // L7
  const double probability = config().function.crash_probability;
  return probability > 0 &&
         world_.bits(world_.entity(service_), "crash", attempt.row, attempt.number, attempt.path)
                 .uniform() < probability;
}

std::unique_ptr<Station> make_function(World& world, std::size_t service) {
  return std::make_unique<FunctionService>(world, service);
}

}  // namespace skyreplay::reference
