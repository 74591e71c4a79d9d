#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "core/random.h"
#include "kernel/loop.h"
#include "kernel/slab.h"
#include "kernel/timer_ring.h"
#include "lambda/config.h"
#include "lambda/environment.h"
#include "lambda/event_source.h"
#include "lambda/front.h"
#include "lambda/function_metrics.h"
#include "lambda/idle_queue.h"
#include "lambda/provisioned.h"
#include "lambda/throttles.h"
#include "lambda/token_bucket.h"
#include "metrics/recorder.h"
#include "pricing/snapshot_meter.h"
#include "workload/calls.h"
#include "workload/clients.h"
#include "workload/platform.h"

namespace skyreplay::lambda {

/// What one function has used: requests that started (L26), billed milliseconds times memory (L92),
/// and what it answered to clients (E142).
struct Usage {
  std::uint64_t requests = 0;
  std::uint64_t mib_ms = 0;  ///< on demand
  std::uint64_t provisioned_mib_ms = 0;
  std::uint64_t storage_mib_ms = 0;  ///< L83
  std::uint64_t restored_mib = 0;    ///< L34: of environments that were restored
  std::uint64_t api_requests = 0;    ///< L97: as billed
  std::uint64_t bytes_out = 0;
};

/// All Lambda functions of one account in one Region.
///
/// A function that calls other services does so after its work and before its wait; its finish is
/// then not known beforehand, and the timeout an event of its own.
///
/// An invocation is decided in the order of L44: requests per second (L48), concurrency (L40, L41,
/// L43), an idle environment (L15), else a new one within the scaling rate (L45); otherwise it is
/// throttled (L49), at once and without a queue. Where there is provisioned concurrency, an idle
/// environment of it comes after the rates and before all else; what it does not take spills over
/// to the function's other environments, which are a pool of their own (L37).
///
/// **Cost** an invocation is O(1), with one event, its completion. An idle environment costs no
/// event of its own: each function has at most one pending check, set to a moment at or before the
/// earliest expiry, and moved when it turns out early; only where lifetimes are drawn each has one.
/// **Order** environments are numbered in the
/// order of creation within their function, and draws are counted by that number.
///
/// A front (lambda::Front) may stand before a function; it decides first. Requests and answers that
/// are too large are refused, and fail (L52, L73), where the trace says how large they are.
///
/// Events reach a function through a source (event_source.h).
class Functions final : public workload::Platform, public kernel::Process {
 public:
  Functions(kernel::Loop& loop, metrics::Recorder& recorder, const AccountConfig& account,
            std::uint64_t seed);
  ~Functions() override;

  /// Adds a function; returns its unit. REQUIRES no invocation was admitted yet.
  std::uint32_t add(const FunctionConfig& config);
  /// Puts a front before a function. REQUIRES it has none yet, and no invocation was admitted.
  void put_before(std::uint32_t unit, std::unique_ptr<Front> front);
  /// The function's configuration from now on: memory, timeout, reserved and provisioned
  /// concurrency. As an
  /// update of a function does, it leaves invocations under way as they are and starts new
  /// environments: idle ones end now, busy ones when they are done, and what is provisioned is
  /// prepared anew. REQUIRES the same name, service and calls (its meters stay what they are), and
  /// that there is provisioned concurrency, if only of 0, where there was.
  void change(std::uint32_t unit, const FunctionConfig& config);
  /// Has Application Auto Scaling set the provisioned concurrency (L39). REQUIRES that there is
  /// some, if only of 0, and that nothing scales it yet.
  void scale_provisioned(std::uint32_t unit, const ProvisionedScalingConfig& config);
  /// Other bounds of it. REQUIRES that it is scaled.
  void set_provisioned_bounds(std::uint32_t unit, const scaling::CapacityChange& set);

  /// Another limit of concurrent executions, and of the requests per second that come with it,
  /// from now on. Executions above it end as usual.
  void set_concurrent_executions(std::uint32_t limit);

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  /// Which requests per second limit an event (L48): those of synchronous ones, or none.
  enum class Rates : std::uint8_t { kSynchronous, kNone };
  /// An attempt for an event, or for a batch of them: it comes by no front, and payloads do not
  /// limit it.
  workload::Admitted admit_event(std::uint32_t unit, std::uint32_t index,
                                 workload::Request& request, Rates rates);
  /// What of a unit's row and meters only its source of events knows comes from there. REQUIRES the
  /// source outlives this.
  void fed_by(std::uint32_t unit, EventSource& source);
  /// REQUIRES a unit that was added.
  const FunctionConfig& config(std::uint32_t unit) const { return cold_[unit].config; }
  // What ProvisionedScaling asks and tells.
  /// REQUIRES that there is some.
  const Provisioned& provisioned(std::uint32_t unit) const { return *provisioned_[unit]; }
  /// How much of it was in use since the last call.
  ProvisionedUse::Sum take_provisioned_use(std::uint32_t unit);
  /// Another number of it, for a reason in words.
  void provision(std::uint32_t unit, std::uint32_t concurrent_executions, const std::string& cause);
  void note(std::uint32_t unit, const char* kind, const std::string& cause);

  void complete(std::uint32_t unit, const metrics::Window& window,
                metrics::WindowRow& row) override;
  void end_what_is_due(std::uint32_t unit) override;
  void resume(std::uint32_t unit, std::uint32_t index, workload::Called called) override;
  void expect(std::uint32_t unit) override;
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  std::string refusal(std::uint32_t unit, const workload::Request& request) const override;
  bool throttled_before(std::uint32_t) const override {
    return last_reason_ == ThrottleReason::kApiThrottlingLimit;
  }
  void read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) override;
  void take_activities(std::vector<workload::Activity>& activities) override;
  void finish(TimePoint end) override;
  void fire(const kernel::Event& event) override;

  /// What a reader of the result should know: how many invocations no function could have served.
  std::vector<std::string> notes() const;

  Usage usage(std::uint32_t unit) const;
  /// Throttles since the last call, by (function, reason).
  std::vector<Throttles> take_throttles();
  /// Requests in flight, Init included, over all functions (L42).
  std::uint32_t concurrent_executions() const {
    return in_flight_[kUnreserved] + in_flight_[kReserved] + in_flight_[kProvisioned];
  }
  std::uint32_t environments(std::uint32_t unit) const;

 private:
  /// The first four name a request and its function: an invocation done, one that the timeout
  /// known beforehand cuts, one that has done its work and now calls, one whose environment cannot
  /// be restored. kTimeout and kExpiry name an environment.
  enum Kind : std::uint16_t {
    kCompletion,
    kCut,
    kWorked,
    kRestoreFailed,
    kGatewayTimeout,  ///< of a request and its generation
    kTimeout,
    kIdleCheck,
    kExpiry,
    kAge,
    kAllocated
  };
  static constexpr std::uint32_t kExpected = 4;

  /// What the request path touches: one cache line a function.
  struct alignas(64) Function {
    IdleQueue idle;
    double stretch = 1.0;  ///< time on this function's CPU share over work at the reference speed
    Duration timeout{};
    std::uint64_t requests = 0;
    std::uint64_t mib_ms = 0;
    std::uint32_t in_flight = 0;
    std::uint16_t memory = 0;
    bool is_reserved : 1 = false;  ///< it has reserved concurrency
    bool check_pending : 1 = false;
    bool reuse_oldest : 1 = false;
    bool makes_calls : 1 = false;
    bool stretches : 1 = false;    ///< stretch != 1
    bool some_retire : 1 = false;  ///< whether Cold::retiring > 0
    bool is_special : 1 = false;   ///< something of it is off the way that most take
    bool is_counted : 1 = false;   ///< as CloudWatch counts it
  };
  static_assert(sizeof(Function) == 64);

  /// What only cold starts and limits touch.
  struct Cold {
    FunctionConfig config;
    TokenBucket scaling;
    TokenBucket reserved_rate;
    RandomStream init_draws;
    RandomStream platform_draws;
    RandomStream restore_draws;
    RandomStream lifetime_draws;
    RandomStream crash_draws;
    kernel::TimerRing* age_ring = nullptr;
    std::uint32_t created = 0;
    std::uint32_t alive = 0;
    std::uint32_t retiring = 0;  ///< busy environments that end when next idle
    /// When the last one was freed of those that ended for their age or for an update.
    TimePoint last_freed{};
    std::uint64_t bytes_out = 0;
    std::uint64_t storage_mib_ms = 0;
    std::uint64_t restored_mib = 0;
    std::uint64_t loops_stopped = 0;                    ///< in the window in hand (L67)
    std::optional<pricing::SnapshotMeter> snapshots{};  ///< where they are charged
  };

  /// Of an environment whose lifetime is drawn each time it becomes idle.
  struct Lifetime {
    kernel::EventId expiry;
    TimePoint due;
    std::uint32_t drawn = 0;
  };

  /// An invocation that makes calls: what stands in for a finish known beforehand.
  struct Calling {
    TimePoint deadline;       ///< its function's timeout
    kernel::EventId timeout;  ///< none once it is known to end in time
  };

  /// When an Invoke phase that begins will end, and whether the function's timeout cuts it then.
  struct Invoke {
    TimePoint end;
    bool cut = false;
  };

  /// The admission limits of L44: step 1, and step 3.
  bool within_rates(std::uint32_t unit, const Function& function);
  bool within_concurrency(std::uint32_t unit, const Function& function);
  workload::Admitted admit_within_rates(std::uint32_t unit, std::uint32_t index,
                                        workload::Request& request);
  bool throttle(std::uint32_t unit, ThrottleReason reason, double limit);
  void note_limit(std::uint32_t unit, ThrottleReason reason, double limit);
  Throttles throttled_now(std::uint32_t unit, ThrottleReason reason, double limit) const;
  Duration init_of(const Environment& environment) const;
  Invoke start_warm(const Function& function, const Idle& idle, workload::Request& request);
  Duration init_again(std::uint32_t index);
  Duration handler_time(const Function& function, const workload::Request& request) const;
  workload::Admitted admit_on_demand(std::uint32_t unit, std::uint32_t index,
                                     workload::Request& request);
  workload::Admitted admit_special(std::uint32_t unit, std::uint32_t index,
                                   workload::Request& request);
  workload::Admitted admit_behind_front(std::uint32_t unit, std::uint32_t index,
                                        workload::Request& request);
  workload::Admitted admit_cold(std::uint32_t unit, std::uint32_t index,
                                workload::Request& request);
  workload::Admitted admit_restored(std::uint32_t unit, std::uint32_t index,
                                    workload::Request& request);
  workload::Admitted accept(std::uint32_t unit, std::uint32_t index,
                            const workload::Request& request, Invoke invoke);
  workload::Admitted send(std::uint32_t unit, std::uint32_t index, const workload::Request& request,
                          Invoke invoke);
  std::uint32_t make_environment(std::uint32_t unit);
  std::uint32_t new_environment(std::uint32_t unit);
  Invoke start_cold(const Function& function, std::uint32_t index, workload::Request& request);
  Invoke begin_invoke(const Function& function, std::uint32_t index, TimePoint at,
                      Duration init_inside, const workload::Request& request);
  TimePoint billing_start(const workload::Request& request) const;
  TimePoint schedule_end(std::uint32_t unit, std::uint32_t request, std::uint32_t environment,
                         Invoke invoke);
  void set_limits(std::uint32_t unit, const FunctionConfig& config);
  void complete_invocation(std::uint32_t request, std::uint32_t unit, metrics::Outcome outcome);
  void complete_on_demand(std::uint32_t request, std::uint32_t unit, metrics::Outcome outcome,
                          bool resets);
  void complete_special(std::uint32_t request, std::uint32_t unit, metrics::Outcome outcome);
  void complete_rarely(std::uint32_t request, std::uint32_t unit, metrics::Outcome outcome);
  void time_out(const kernel::Event& event);
  void fire_other(const kernel::Event& event);
  void retire_all(std::uint32_t unit);
  void fail_restore(std::uint32_t unit, std::uint32_t request);
  void free_environment(std::uint32_t unit, std::uint32_t index, bool needs_init);
  void retire(std::uint32_t index);
  void end_retired(std::uint32_t index);
  void end_environment(std::uint32_t index);
  void plan_end(std::uint32_t unit, std::uint32_t index);
  void draw_lifetime(std::uint32_t unit, std::uint32_t index);
  void keep(std::uint32_t index);
  void expire(std::uint32_t index);
  void end_expired(std::uint32_t unit);
  void check_idle(std::uint32_t unit);
  void end_idle(std::uint32_t unit);
  TimePoint quiet_since(std::uint32_t unit) const;
  void schedule_check(std::uint32_t unit, TimePoint at);
  void expire_old(kernel::TimerRing& ring);
  kernel::TimerRing& age_ring(Duration length);
  static TokenBucket request_rate(std::uint32_t concurrency, double factor);

  // functions_special.cc
  bool passes(std::uint32_t unit, const workload::Request& request);
  static bool is_event(const workload::Request& request) {
    return request.awaited == workload::Awaited::kBySource;
  }
  void leave_front(std::uint32_t unit, const workload::Request& request) {
    if (fronts_[unit] != nullptr && !is_event(request)) fronts_[unit]->leave(loop_.now());
  }
  bool is_too_large(std::uint32_t unit, std::uint64_t bytes) const;
  void begin_behind_front(std::uint32_t unit, std::uint32_t index, workload::Admitted admitted);
  void time_out_gateway(const kernel::Event& event);
  Duration restore_of(const Environment& environment) const;
  Duration billed_of_restore(std::uint32_t unit, Duration restore) const;
  std::optional<TimePoint> restore(std::uint32_t unit, workload::Request& request);
  void publish(std::uint32_t unit);
  bool goes_round(std::uint32_t unit, std::uint32_t index) const;
  void stop_loop(std::uint32_t unit);
  bool crashes(std::uint32_t unit, const workload::Request& request) const;

  // functions_metrics.cc
  std::uint32_t in_flight_of(std::uint32_t unit) const {
    return functions_[unit].in_flight + (provisioned_[unit] ? provisioned_[unit]->in_flight : 0);
  }
  AccountConcurrency account_concurrency() const {
    return {.executions = concurrent_executions(),
            .unreserved = in_flight_[kUnreserved],
            .claimed = in_flight_[kUnreserved] + set_aside_};
  }
  // REQUIRE metrics_.
  void count_begun(std::uint32_t unit, const workload::Admitted& admitted,
                   const workload::Request& request);
  void count_ended(std::uint32_t unit, const workload::Request& request, metrics::Outcome outcome);
  void see_concurrency();
  metrics::FunctionCounts take_counts(std::uint32_t unit);

  // functions_provisioned.cc
  void add_special(std::uint32_t unit, const FunctionConfig& config);
  void set_provisioned(std::uint32_t unit);
  void allocated(std::uint32_t unit);
  void note_use(std::uint32_t unit);
  metrics::ProvisionedCounts provisioned_counts(std::uint32_t unit, TimePoint end);
  void add_provisioned(std::uint32_t unit);
  void take_out_provisioned(std::uint32_t unit);
  void retire_provisioned(std::uint32_t unit);
  bool has_ready(std::uint32_t unit);
  workload::Admitted admit_provisioned(std::uint32_t unit, std::uint32_t index,
                                       workload::Request& request);
  std::uint32_t provisioned_wanted(std::uint32_t unit) const;
  void free_provisioned(std::uint32_t index, bool reset);
  void count_storage(std::uint32_t unit, std::uint32_t ms);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  AccountConfig account_;
  std::uint64_t seed_;
  kernel::ProcessId process_;
  std::vector<Function> functions_;
  std::vector<Cold> cold_;
  std::vector<std::unique_ptr<Provisioned>> provisioned_;  ///< by unit; null where there is none
  std::vector<std::unique_ptr<Front>> fronts_;             ///< so too
  std::unique_ptr<FunctionMetrics> metrics_;               ///< null where nobody asks for them
  std::uint64_t too_long_ = 0;         ///< invocations that needed more than a function may run
  TokenBucket shared_scaling_;         ///< L46
  TokenBucket api_rate_;               ///< L51: of all APIs together
  std::vector<EventSource*> sources_;  ///< by unit, as far as is needed; null where there is none
  // Only what to prefetch depends on these two.
  std::array<std::uint32_t, kExpected> expected_{};  ///< units announced last, a ring
  std::uint32_t next_expected_ = 0;
  kernel::Slab<Environment> environments_;
  std::vector<std::uint32_t> in_hand_;  ///< by environment: the request it serves, or served last
  std::vector<Calling> calling_;        ///< by environment; as long as is needed
  std::vector<Lifetime> lifetimes_;     ///< so too
  TokenBucket account_rate_;
  /// Requests in flight of functions without and with reserved concurrency, and on what is
  /// provisioned.
  static constexpr std::size_t kUnreserved = 0, kReserved = 1, kProvisioned = 2;
  std::array<std::uint32_t, 3> in_flight_{};
  std::uint32_t set_aside_ = 0;  ///< L43: reserved, or else provisioned, used or not
  std::vector<std::unique_ptr<kernel::TimerRing>> age_rings_;  ///< one per distinct maximum age
  TimePoint next_age_ = kEndOfTime;  ///< when the next environment reaches its maximum age
  std::map<std::pair<std::uint32_t, ThrottleReason>, Throttles> throttles_;
  std::vector<workload::Activity> activities_;
  ThrottleReason last_reason_{};  ///< of the last one throttled
  double last_limit_ = 0;
};

/// Its Init where that is billed, else its Invoke (L22).
inline TimePoint Functions::billing_start(const workload::Request& request) const {
  return request.init > Duration{} ? environments_[request.place].billing_start : request.attempt;
}

/// A request that was accepted, if it was; one that is restored in vain takes its place, and never
/// runs (L5).
inline void Functions::count_begun(std::uint32_t unit, const workload::Admitted& admitted,
                                   const workload::Request& request) {
  if (admitted.admission != workload::Admission::kAccepted) [[unlikely]]
    return;
  if (request.init > Duration{} && environments_[request.place].billing_start == kEndOfTime)
      [[unlikely]] {
    metrics_->began_in_vain(unit);
  }
  const Function& function = functions_[unit];
  metrics_->began(unit, function.is_special ? in_flight_of(unit) : function.in_flight);
  const bool is_usual = !function.is_special && !function.is_reserved;
  if (is_usual && metrics_->has_seen(in_flight_[kUnreserved])) [[likely]]
    return;
  metrics_->see(account_concurrency());
}

inline void Functions::count_ended(std::uint32_t unit, const workload::Request& request,
                                   metrics::Outcome outcome) {
  const TimePoint began =
      request.init > Duration{} ? environments_[request.place].invoke_start : request.attempt;
  metrics_->ended(unit, loop_.now() - began, outcome != metrics::Outcome::kCompleted);
}

}  // namespace skyreplay::lambda
