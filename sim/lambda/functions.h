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
#include "lambda/token_bucket.h"
#include "metrics/recorder.h"
#include "workload/clients.h"
#include "workload/service.h"

namespace skyreplay::lambda {

/// What one function has used: requests that started (L26), and billed milliseconds times memory
/// (L92).
struct Usage {
  std::uint64_t requests = 0;
  std::uint64_t mib_ms = 0;
};

/// Throttles of one function for one reason since the last call of take_throttles().
struct Throttles {
  std::uint32_t function = 0;
  ThrottleReason reason{};
  TimePoint first;
  std::uint64_t count = 0;
  double limit = 0;  ///< environments, requests in flight, or either a second, as the reason has it
  std::uint32_t in_flight = 0;              ///< of the function, at the first of them
  std::uint32_t concurrent_executions = 0;  ///< of the account, at the first of them
};

/// All Lambda functions of one account in one Region.
///
/// An invocation is decided in the order of L44: requests per second (L48), concurrency (L40, L41,
/// L43), an idle environment (L15), else a new one within the scaling rate (L45); otherwise it is
/// throttled (L49), at once and without a queue.
///
/// **Cost** an invocation is O(1), with one event, its completion. An idle environment costs no
/// event of its own: each function has at most one pending check, set to a moment at or before the
/// earliest expiry, and moved when it turns out early. **Order** environments are numbered in the
/// order of creation within their function, and draws are counted by that number.
///
/// Not modeled here: provisioned concurrency, SnapStart, asynchronous invocation, event sources.
class Functions final : public workload::Service, public kernel::Process {
 public:
  Functions(kernel::Loop& loop, metrics::Recorder& recorder, const AccountConfig& account,
            std::uint64_t seed);
  ~Functions() override;

  /// Adds a function; returns its unit. REQUIRES no invocation was admitted yet.
  std::uint32_t add(const FunctionConfig& config);
  /// Who gets the answers. REQUIRES called once before the first admit().
  void answer_to(workload::Clients& clients) { clients_ = &clients; }

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void expect(std::uint32_t unit) override;
  void fire(const kernel::Event& event) override;
  void expect(const kernel::Event& event) const override;

  /// Bills what is still running up to `end`. Call once, at the end of a run.
  void finish(TimePoint end);

  Usage usage(std::uint32_t unit) const;
  /// Throttles since the last call, by (function, reason).
  std::vector<Throttles> take_throttles();
  /// Requests in flight, Init included, over all functions (L42).
  std::uint32_t concurrent_executions() const {
    return unreserved_in_flight_ + reserved_in_flight_;
  }
  std::uint32_t environments(std::uint32_t unit) const;

 private:
  enum Kind : std::uint16_t { kCompletion, kIdleCheck, kAge };
  static constexpr std::uint32_t kUnreserved = ~std::uint32_t{0};
  static constexpr std::uint32_t kExpected = 8;

  /// What the request path touches: one cache line a function.
  struct alignas(64) Function {
    IdleList idle;
    std::uint32_t in_flight = 0;
    std::uint32_t reserved = kUnreserved;
    double stretch = 1.0;  ///< time on this function's CPU share over work at the reference speed
    Duration timeout{};
    std::uint64_t requests = 0;
    std::uint64_t mib_ms = 0;
    TimePoint idle_since;  ///< when in_flight last became 0
    std::uint32_t memory = 0;
    bool check_pending = false;
    bool reuse_oldest = false;
  };
  static_assert(sizeof(Function) == 64);

  /// What only cold starts and limits touch.
  struct Cold {
    FunctionConfig config;
    TokenBucket scaling;
    TokenBucket reserved_rate;
    RandomStream init_draws;
    RandomStream platform_draws;
    kernel::TimerRing* age_ring = nullptr;
    std::uint32_t created = 0;
    std::uint32_t alive = 0;
  };

  /// The admission limits of L44, steps 1 and 3.
  bool within_limits(std::uint32_t unit, Function& function);
  bool throttle(std::uint32_t unit, ThrottleReason reason, double limit);
  TimePoint start_warm(Function& function, std::uint32_t index, workload::Request& request);
  std::uint32_t new_environment(std::uint32_t unit);
  TimePoint start_cold(const Function& function, Environment& environment,
                       workload::Request& request);
  TimePoint begin_invoke(const Function& function, Environment& environment, TimePoint at,
                         Duration init_inside, Duration init_billed,
                         const workload::Request& request);
  void complete(std::uint32_t environment, std::uint32_t unit);
  void free_environment(std::uint32_t index);
  void end_environment(std::uint32_t index);
  void check_idle(std::uint32_t unit);
  void schedule_check(std::uint32_t unit, TimePoint at);
  void expire_old(kernel::TimerRing& ring);
  kernel::TimerRing& age_ring(Duration length);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  AccountConfig account_;
  std::uint64_t seed_;
  workload::Clients* clients_ = nullptr;
  kernel::ProcessId process_;
  std::vector<Function> functions_;
  std::vector<Cold> cold_;
  std::array<std::uint32_t, kExpected> expected_{};  ///< units announced last, a ring
  std::uint32_t next_expected_ = 0;
  kernel::Slab<Environment> environments_;
  TokenBucket account_rate_;
  std::uint32_t unreserved_in_flight_ = 0;
  std::uint32_t reserved_in_flight_ = 0;
  std::uint32_t reserved_total_ = 0;
  std::vector<std::unique_ptr<kernel::TimerRing>> age_rings_;  ///< one per distinct maximum age
  std::map<std::pair<std::uint32_t, ThrottleReason>, Throttles> throttles_;
};

}  // namespace skyreplay::lambda
