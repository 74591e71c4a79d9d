// Lambda functions (docs/models.md, L1 to L92).
#include <algorithm>

#include "reference/model/front.h"
#include "reference/model/provisioned_scaling.h"
#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

struct Environment {
  std::uint64_t ordinal = 0;
  std::uint32_t memory = 0;
  Time created{}, freed{}, billed_from{}, invoked{};
  std::uint64_t resets = 0;
  std::uint64_t lives = 0;  ///< how many lifetimes were drawn
  Time dies{};              ///< when the last of them ends
  bool needs_init = false;
  bool busy = true;
  bool ended = false;
  bool outdated = false;  ///< its function was updated since, or provisions fewer
  bool provisioned = false;
};

/// One environment that was provisioned for a time (L93).
struct Slot {
  Time since{};
  std::uint32_t memory = 0;
  std::optional<Time> until{};
};

class FunctionService final : public Station {
 public:
  FunctionService(World& world, std::size_t service)
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

  Admission admit(Attempt& attempt) override {
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
  Admission admit_event(Attempt& attempt) override {  // L48
    expire(world_.now());
    return world_.broken(Mutation::kEventsHaveARate) ? admit_behind_front(attempt)
                                                     : admit_within_rates(attempt);
  }
  Admission admit_batch(Attempt& attempt) override {
    expire(world_.now());
    return admit_behind_front(attempt);
  }

  Admission admit_behind_front(Attempt& attempt) {
    const std::string reason = over_rates(world_, service_, reserved_rate_);
    return reason.empty() ? admit_within_rates(attempt) : throttle(reason);
  }

  Admission admit_within_rates(Attempt& attempt) {
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

  void resume(Attempt& attempt, bool failed) override {
    Running& running = *running_of(attempt);
    if (failed) return complete(running, Outcome::kDependency);
    const Time finish =
        world_.now() + (world_.broken(Mutation::kWaitsBeforeItCalls) ? Time{} : attempt.wait);
    if (finish > running.deadline) return;  // its timeout cuts the wait
    running.in_time = true;
    world_.calendar.plan(finish, [this, &running] { complete(running, Outcome::kCompleted); });
  }

  void change(const Change& change) override {
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

  bool always_has_a_row() const override {
    const Function& function = config().function;
    return function.provisioned || function.front == Function::Front::kBalancer ||
           (function.restore && function.runtime != "java21") || world_.is_fed_by_queue(service_);
  }

  void fill(WindowRow& row, Time end) override {
    fill_function(row, end);
    if (!config().function.provisioned) return;
    const auto in_window = [&](const std::vector<Time>& times) {
      return static_cast<std::uint64_t>(std::count_if(
          times.begin(), times.end(), [&](Time at) { return at >= row.start && at < end; }));
    };
    const UseSum use = sum_of(use_, row.start, end);
    const std::uint64_t began = in_window(began_provisioned_);
    row.provisioned = {began,
                       in_window(requests_) - began,
                       static_cast<std::uint64_t>(use.busy),
                       static_cast<std::uint64_t>(use.ready),
                       use.most_busy,
                       static_cast<std::uint64_t>(use.peak * 1e6 + 0.5)};
  }

  /// As CloudWatch counts it.
  void fill_function(WindowRow& row, Time end) const {
    const auto is_in = [&](Time at) { return at >= row.start && at < end; };
    const auto count = [&](const std::vector<Time>& times) {
      return static_cast<std::uint64_t>(std::count_if(times.begin(), times.end(), is_in));
    };
    row.function[10] = count(stopped_);
    if (!world_.scenario.account.counts_functions) return;
    row.function[0] = count(requests_);
    row.function[5] = count(throttled_);
    if (world_.broken(Mutation::kThrottlesAreInvocations)) row.function[0] += row.function[5];
    for (const Invoked& invoked : ended_) {
      if (!is_in(invoked.ended)) continue;
      const auto us = static_cast<std::uint64_t>(invoked.duration / std::chrono::microseconds{1});
      ++row.function[1];
      row.function[2] += us;
      row.function[3] = std::max(row.function[3], us);
      row.function[4] += invoked.failed ? 1 : 0;
    }
    const auto& account = world_.lambda.steps;
    row.function[6] = largest(own_steps_, row.start, end, &ConcurrencyStep::executions);
    row.function[7] = largest(account, row.start, end, &ConcurrencyStep::executions);
    row.function[8] = largest(account, row.start, end, &ConcurrencyStep::unreserved);
    row.function[9] = largest(account, row.start, end, &ConcurrencyStep::claimed);
  }

  void finish(Time end) override {
    expire(end - Time{1});
    for (const Running& running : running_) {
      if (running.over || end <= running.environment->billed_from) continue;
      bill(end - Time{1}, end - running.environment->billed_from, *running.environment);
    }
  }

  Meters meters(const std::vector<Time>& ends) const override {
    const std::string processor = config().function.arm ? "arm" : "x86";
    std::uint64_t requests = 0, mib_ms = 0, bytes = 0, provisioned = 0, storage = 0;
    for (const Time at : requests_) requests += at < ends.back() ? 1 : 0;
    for (const auto& [at, units] : mib_ms_) mib_ms += at < ends.back() ? units : 0;
    for (const auto& [at, units] : provisioned_mib_ms_) provisioned += at < ends.back() ? units : 0;
    for (const auto& [at, units] : storage_) storage += at < ends.back() ? units : 0;
    for (const auto& [at, count] : bytes_out_) bytes += at < ends.back() ? count : 0;
    const std::uint64_t paid = configured(ends.back());
    Meters meters{{"lambda.requests_" + processor, requests},
                  {"lambda.duration_" + processor, mib_ms - of_plan(mib_ms)}};
    if (world_.has_bytes()) meters.push_back({"data_transfer.internet_out", bytes});
    if (config().function.provisioned) {
      meters.push_back(
          {"lambda.provisioned_duration_" + processor, provisioned - of_plan(provisioned)});
      meters.push_back({"lambda.provisioned_concurrency_" + processor, paid - of_plan(paid)});
    }
    if (config().function.storage > 512) {
      meters.push_back({"lambda.ephemeral_storage_over_512mb", storage});
    }
    if (world_.pays_queue_requests(service_)) {
      meters.push_back({"sqs.standard_requests", world_.queue_requests(service_, ends.back())});
    }
    if (config().function.restore && config().function.runtime != "java21") {
      std::uint64_t restored = 0;
      for (const auto& [at, mib] : restored_) restored += at < ends.back() ? mib : 0;
      meters.push_back({"lambda.snapstart_cache", cached(ends.back())});
      meters.push_back({"lambda.snapstart_restore", restored});
    }
    const bool balanced = config().function.front == Function::Front::kBalancer;
    if (!balanced) front_.add_meters(ends, meters);
    if (config().function.plan_permille > 0) {  // L95
      meters.push_back({"lambda.savings_plan_duration_" + processor, of_plan(mib_ms)});
      if (config().function.provisioned) {
        meters.push_back(
            {"lambda.savings_plan_provisioned_duration_" + processor, of_plan(provisioned)});
        meters.push_back(
            {"lambda.savings_plan_provisioned_concurrency_" + processor, of_plan(paid)});
      }
    }
    if (balanced) front_.add_meters(ends, meters);
    if (provisioned_scaling_ && provisioned_scaling_->alarms() > 0) {
      const Time length = std::min(ends.back(), world_.scenario.end) - world_.scenario.start;
      const auto passed = std::chrono::ceil<std::chrono::seconds>(length).count();
      meters.push_back({"cloudwatch.alarm_standard",
                        static_cast<std::uint64_t>(passed) * provisioned_scaling_->alarms()});
    }
    return meters;
  }

 private:
  /// One Invoke, from its admission on.
  struct Running {
    Attempt* attempt;
    Environment* environment;
    Time deadline;         ///< of the Invoke
    bool in_time = false;  ///< known to end by the deadline
    bool over = false;
  };

  struct Invoked {
    Time ended{}, duration{};
    bool failed = false;
  };

  std::uint64_t of_plan(std::uint64_t units) const {
    if (config().function.plan_permille == 0) return 0;
    if (world_.broken(Mutation::kPlanPaysForAll)) return units;
    return static_cast<std::uint64_t>(Wide{units} * config().function.plan_ppm / 1'000'000);
  }

  // --- Loops (L67)

  bool is_in_loop() const {
    return std::any_of(
        world_.scenario.calls.begin(), world_.scenario.calls.end(),
        [this](const Call& call) { return call.to == service_ && world_.comes_back(call); });
  }
  int times_in_chain(const Attempt& attempt) const {
    const auto found = attempt.chain.find(service_);
    return found == attempt.chain.end() ? 1 : found->second;
  }
  int longest() const { return world_.broken(Mutation::kLoopsOfSeventeen) ? 17 : 16; }

  // --- Concurrency (L42, L43)

  std::uint64_t& on_provisioned() { return world_.lambda.on_provisioned[service_]; }
  void note_use_of_account() {
    own_steps_.push_back({.at = world_.now(), .executions = in_flight() + on_provisioned()});
    note_concurrency(world_);
  }

  Admission throttle(const std::string& reason) {
    throttled_.push_back(world_.now());
    return turn_away(reason);
  }
  Admission turn_away(const std::string& reason) {
    world_.journal.activities.push_back({world_.now(), service_, "limit " + reason});
    return Admission::kThrottled;
  }
  std::uint64_t& in_flight() { return world_.lambda.in_flight[service_]; }

  // --- Invocations

  /// Which of them, in the order they were freed, takes the next request (L15).
  Environment* next_of(const std::vector<std::size_t>& idle) {
    const bool oldest =
        config().function.least_recently_used || world_.broken(Mutation::kLeastRecentlyUsedAlways);
    if (idle.empty()) return nullptr;
    return &environments_[oldest ? idle.front() : idle.back()];
  }

  TokenBucket& scaling() {
    const bool shared = world_.scenario.account.scaling_is_shared &&
                        !world_.broken(Mutation::kScalesFunctionByFunction);
    return shared ? world_.lambda.scaling : scaling_;  // L46
  }

  // --- Snapshots (L30 to L34)

  void publish() {
    if (!versions_.empty()) versions_.back().until = world_.now();
    versions_.push_back({world_.now(), config().function.memory});
  }

  std::uint64_t cached(Time at) const {
    std::uint64_t sum = 0;
    for (const Slot& version : versions_) {
      const Time until = std::min(version.until.value_or(at), std::min(at, world_.scenario.end));
      const Time since = std::max(version.since, world_.scenario.start);
      if (until <= since) continue;
      const Time least =
          world_.broken(Mutation::kCacheByTheSecond) ? Time{} : std::chrono::hours{3};
      const Time billed = std::max(until - since, least);
      sum += static_cast<std::uint64_t>((billed.count() + 999'999) / 1'000'000) * version.memory;
    }
    return sum;
  }

  /// False where its environment never comes up.
  bool start_new(Environment& environment, Attempt& attempt) {
    if (!config().function.restore) {
      start_cold(environment, attempt);
      return true;
    }
    const std::string entity = world_.entity(service_);
    world_.journal.running[service_].change(world_.now(), +1);
    if (attempt.counted) world_.journal.cold_starts.push_back({world_.now(), attempt.flow});
    const Time platform =
        sample(config().function.platform_init,
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

  // --- Provisioned concurrency (L35 to L38)

  /// From now on there are to be as many as are configured now.
  void provision() {
    const std::uint32_t wanted = *config().function.provisioned;
    configured_ = wanted;
    provisioned_rate_ = provisioned_rate(world_, service_);
    note_use_of_account();
    const std::uint32_t memory = config().function.memory;
    for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
      const auto open = static_cast<std::uint32_t>(
          std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.until; }));
      if (!slot->until && (open > wanted || slot->memory != memory)) slot->until = world_.now();
    }
    while (std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.until; }) <
           wanted) {
      slots_.push_back({world_.now(), memory});
    }
    ++allocation_;
    for (; provisioned_ > wanted; --provisioned_) take_out_provisioned();
    note_use();
    if (provisioned_ == wanted) return;
    const Time ready = world_.now() + config().function.preparation +
                       std::chrono::milliseconds{10} * (wanted - provisioned_);  // L36
    const auto allocate = [this, number = allocation_] {
      if (number == allocation_) allocate_provisioned();
    };
    world_.calendar.plan(ready, allocate);
    if (world_.broken(Mutation::kUsableOneByOne)) {
      world_.calendar.plan(world_.now() + config().function.preparation, allocate);
    }
  }

  void allocate_provisioned() {
    ++allocation_;
    world_.journal.activities.push_back(
        {world_.now(), service_, "launch", provisioned_, *config().function.provisioned});
    while (provisioned_ < config().function.provisioned) {
      const Time init =
          sample(config().function.init,
                 world_.bits(world_.entity(service_), "init_duration", environments_.size()));
      add_provisioned();
      const Time limit =
          std::max<Time>(std::chrono::seconds{130}, config().function.timeout);  // L4
      bill_duration(provisioned_mib_ms_, world_.now(), std::min(init, limit),
                    config().function.memory);
    }
    note_use();
  }

  /// Of what is ready, and was not taken out, how many serve.
  void note_use() {
    if (!config().function.provisioned) return;
    std::uint32_t busy = 0, ready = 0;
    for (const Environment& environment : environments_) {
      if (!environment.provisioned || environment.ended || environment.outdated) continue;
      ++ready;
      busy += environment.busy ? 1 : 0;
    }
    if (world_.broken(Mutation::kConfiguredIsReady)) {
      ready = std::max(busy, *config().function.provisioned);
    }
    use_.push_back({world_.now(), busy, ready});
  }

  void add_provisioned() {
    ++provisioned_;
    ready_.push_back(environments_.size());
    environments_.push_back({.ordinal = environments_.size(),
                             .memory = config().function.memory,
                             .created = world_.now(),
                             .busy = false,
                             .provisioned = true});
    world_.journal.running[service_].change(world_.now(), +1);
  }

  void take_out_provisioned() {
    if (!ready_.empty()) return end_environment(environments_[ready_.front()]);
    for (Environment& environment : environments_) {
      if (!environment.provisioned || environment.ended || environment.outdated) continue;
      environment.outdated = true;
      return;
    }
  }

  std::uint64_t configured(Time at) const {
    std::uint64_t sum = 0;
    for (const Slot& slot : slots_) {
      const Time until = std::min(slot.until.value_or(at), std::min(at, world_.scenario.end));
      const Time since = std::max(slot.since, world_.scenario.start);
      const Time step = world_.broken(Mutation::kProvisionedByTheMinute) ? Time{60'000'000'000}
                                                                         : Time{300'000'000'000};
      if (until <= since) continue;
      sum += static_cast<std::uint64_t>((until - since + step - Time{1}) / step *
                                        (step / std::chrono::milliseconds{1})) *
             slot.memory;
    }
    return sum;
  }

  void start_warm(Environment& environment, Attempt& attempt) {
    std::erase(idle_, environment.ordinal);
    std::erase(ready_, environment.ordinal);
    environment.busy = true;
    note_use();
    Time init{};
    if (environment.needs_init) {  // L7
      init =
          sample(config().function.init, world_.bits(world_.entity(service_), "init_duration",
                                                     environment.ordinal, environment.resets, 1));
      environment.needs_init = false;
      attempt.init = std::min(init, config().function.timeout);
    }
    invoke(environment, attempt, world_.now(), init, Time{});
  }

  void start_cold(Environment& environment, Attempt& attempt) {
    const Function& function = config().function;
    const std::string entity = world_.entity(service_);
    world_.journal.running[service_].change(world_.now(), +1);
    if (attempt.counted) world_.journal.cold_starts.push_back({world_.now(), attempt.flow});
    const Time platform =
        sample(function.platform_init,
               world_.bits(entity, "platform_init_duration", environment.ordinal));  // L17
    Time init = sample(function.init, world_.bits(entity, "init_duration", environment.ordinal));
    Time again{};
    if (init > function.init_limit) {  // L3
      init = function.init_limit;
      again =
          sample(function.init, world_.bits(entity, "init_duration", environment.ordinal, 0, 2));
    }
    attempt.init = platform + init + std::min(again, function.timeout);
    const bool old = function.init_unbilled && !world_.broken(Mutation::kOldInitIsBilled);  // L22
    const Time billed = old || world_.broken(Mutation::kInitUnbilled) ? Time{} : init;
    invoke(environment, attempt, world_.now() + platform + init, again, billed);
  }

  /// The Invoke begins at `at`, with an Init of `init_inside` in it, and one before it that is
  /// billed.
  void invoke(Environment& environment, Attempt& attempt, Time at, Time init_inside,
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
      world_.calendar.plan(at + wanted,
                           [this, &running] { complete(running, Outcome::kCompleted); });
    } else {
      world_.calendar.plan(at + wanted, [this, &attempt] { world_.begin_calls(attempt); });
      const auto cut = [this, &running] {
        if (!running.over && !running.in_time) complete(running, Outcome::kServerTimeout);
      };
      const bool cuts_ties = world_.broken(Mutation::kDeadlineCutsTies);
      world_.calendar.plan(deadline, cut, cuts_ties ? Turn::kFirst : Turn::kFunctionTimeout);
    }
  }

  /// Events come by no front.
  static bool is_fed(const Attempt& attempt) {
    return attempt.awaited == Attempt::Awaited::kByQueue ||
           attempt.awaited == Attempt::Awaited::kByReader ||
           attempt.awaited == Attempt::Awaited::kByLane;
  }

  Running* running_of(const Attempt& attempt) {
    for (Running& running : running_) {
      if (running.attempt == &attempt) return &running;
    }
    return nullptr;
  }

  void complete(Running& running, Outcome outcome) {
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

  bool is_crash(const Attempt& attempt) const {  // L7
    const double probability = config().function.crash_probability;
    return probability > 0 &&
           world_.bits(world_.entity(service_), "crash", attempt.row, attempt.number, attempt.path)
                   .uniform() < probability;
  }

  using Metered = std::vector<std::pair<Time, std::uint64_t>>;

  void bill(Time at, Time length, const Environment& environment) {
    bill_duration(environment.provisioned ? provisioned_mib_ms_ : mib_ms_, at, length,
                  environment.memory);
    bill_duration(storage_, at, length, config().function.storage - 512);  // L83
  }
  void bill_duration(Metered& to, Time at, Time length, std::uint32_t mib) {
    const std::int64_t up = world_.broken(Mutation::kMillisecondsRoundedDown) ? 0 : 999'999;
    const std::int64_t ms = (length.count() + up) / 1'000'000;  // L23
    to.emplace_back(at, static_cast<std::uint64_t>(ms) * mib);
  }

  // --- Idle environments (L10 to L15)

  void free(Environment& environment) {
    environment.busy = false;
    environment.freed = world_.now();
    const bool old = !environment.provisioned &&
                     world_.now() >= environment.created + config().function.max_age;  // L14
    if (old || environment.outdated) {
      environment.ended = true;
      world_.journal.running[service_].change(world_.now(), -1);
    } else {
      (environment.provisioned ? ready_ : idle_).push_back(environment.ordinal);
      if (!environment.provisioned && config().function.lifetime) draw_lifetime(environment);
    }
    note_use();
  }

  void draw_lifetime(Environment& environment) {
    const bool once = world_.broken(Mutation::kLifetimeDrawnOnce);
    const std::uint64_t number = once ? 0 : environment.lives++;
    environment.dies = world_.now() + sample(*config().function.lifetime,
                                             world_.bits(world_.entity(service_), "keep_alive",
                                                         environment.ordinal, number));
  }

  void end_environment(Environment& environment) {
    environment.ended = true;
    std::erase(idle_, environment.ordinal);
    std::erase(ready_, environment.ordinal);
    world_.journal.running[service_].change(world_.now(), -1);
  }

  /// Ends what has been idle too long or is too old by `now`, each at its own instant (L11, L14a).
  void expire(Time now) {
    const Function& function = config().function;
    const Time more{world_.broken(Mutation::kIdleOneNanosecondLonger) ? 1 : 0};
    const std::vector<std::size_t> idle = idle_;
    for (const std::size_t i : idle) {
      Environment& environment = environments_[i];
      Time end = std::min(environment.freed + function.environment_idle + more,
                          environment.created + function.max_age);
      if (in_flight() == 0) end = std::min(end, quiet_since_ + function.function_idle + more);
      if (function.lifetime) {
        end = std::min(environment.dies, environment.created + function.max_age);
      }
      if (end > now) continue;
      environment.ended = true;
      std::erase(idle_, i);
      Level& running = world_.journal.running[service_];
      // A lifetime of nothing ends with the request.
      end == environment.freed ? running.change_last(end, -1) : running.change_first(end, -1);
    }
  }

  TokenBucket scaling_, reserved_rate_;
  Front front_;
  std::vector<Slot> versions_;
  std::vector<std::pair<Time, std::uint32_t>> restored_;
  std::deque<Environment> environments_;  // by ordinal
  std::vector<std::size_t> idle_;         // in the order they were freed
  std::vector<std::size_t> ready_;        // of what is provisioned, in that order too
  std::vector<UseStep> use_;
  std::vector<Time> began_provisioned_;  // requests
  std::unique_ptr<ProvisionedScaling> provisioned_scaling_;
  std::uint32_t configured_ = 0;   // as last prepared
  std::uint32_t provisioned_ = 0;  // how many there are, but those that are taken out
  std::uint64_t allocation_ = 0;   // the number of the one that is planned
  std::vector<Slot> slots_;
  TokenBucket provisioned_rate_;
  std::deque<Running> running_;
  Time quiet_since_{};
  std::vector<Time> requests_, throttled_, stopped_;
  std::vector<Invoked> ended_;
  std::vector<ConcurrencyStep> own_steps_;
  Metered mib_ms_, provisioned_mib_ms_, storage_, bytes_out_;
};

}  // namespace

std::unique_ptr<Station> make_function(World& world, std::size_t service) {
  return std::make_unique<FunctionService>(world, service);
}

}  // namespace skyreplay::reference
