#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/random.h"
#include "kernel/loop.h"
#include "kernel/slab.h"
#include "kernel/timer_ring.h"
#include "metrics/recorder.h"
#include "workload/service.h"
#include "workload/watcher.h"

namespace skyreplay::workload {

class Calls;

/// How clients behave towards every service (L50: Lambda itself never retries a synchronous call).
struct ClientPolicy {
  enum class Jitter : std::uint8_t { kNone, kFull };

  std::optional<Duration> timeout = std::nullopt;  ///< of one attempt; none: they wait for ever
  std::uint32_t max_attempts = 1;                  ///< 1 to 255
  /// Before attempt n + 1: min(cap, base * 2^(n-1)), times a uniform draw under full jitter
  /// (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
  Duration backoff_base = std::chrono::milliseconds{100};
  Duration backoff_cap = std::chrono::seconds{20};
  Jitter jitter = Jitter::kFull;
};

/// Where a route's requests go and how its recorded durations are read.
struct Flow {
  Service* service = nullptr;
  std::uint32_t unit = 0;
  bool is_scaled = false;  ///< the clients' own: whether one of the next two is not 1
  /// Share of the trace's `work` column that is CPU work; the rest is added to wait. 1 where the
  /// trace tells work and wait apart.
  double work_share = 1.0;
  /// CPU speed of the machine the trace was recorded on, reference = 1.
  double recorded_speed = 1.0;
};

/// What a request brings and takes along.
struct Bytes {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// The outside world: sends each arrival to its route's service, waits, gives up, tries again, and
/// records how it ended.
///
///     arrival -> attempt -> answer -> recorded
///                  ^  |        |
///                  |  timeout  retryable
///                  +--backoff<-+
///
/// A request that times out leaves its record to the service, which keeps working on the abandoned
/// attempt. **Cost** O(1) an attempt; a timer is only kept for an attempt not known to end in time.
class Clients final : public kernel::Process {
 public:
  Clients(kernel::Loop& loop, metrics::Recorder& recorder, std::vector<Flow> flows,
          const ClientPolicy& policy, std::uint64_t seed, TimePoint warm_up_end);

  /// A request of the trace arrives now. REQUIRES loop.now() is its arrival; Watching: watch() was
  /// called.
  template <bool Watching = false>
  void arrive(std::uint64_t row, std::uint32_t flow, Duration work, Duration wait,
              const Bytes& bytes = {});

  /// A request on this route will arrive after a few others: chances to prefetch, the first well
  /// before the second, because where a route leads stands in a record of its own.
  bool profits_from_expecting() const { return flows_.size() > metrics::Recorder::kFewFlows; }
  void expect_flow(std::uint32_t flow) const { __builtin_prefetch(&flows_[flow]); }
  void expect_arrival(std::uint32_t flow) {
    const Flow& next = flows_[flow];
    recorder_.expect_flow(flow);
    next.service->expect(next.unit);
  }

  /// A service's answer to the accepted attempt `index`, now.
  void answer(std::uint32_t index, metrics::Outcome outcome);
  /// The same of a service where many requests wait for a place. REQUIRES it makes no calls and has
  /// no `init`.
  void answer_queued(std::uint32_t index, metrics::Outcome outcome);
  /// Whether answer_queued() would only count it, were it completed; and that. REQUIRES as above;
  /// that it is plain.
  bool is_plain(std::uint32_t index) const { return requests_[index].is_plain(); }
  void answer_plain(std::uint32_t index) {
    end_plainly<metrics::Recorder::Parts::kOwnAndQueue>(index);
  }
  /// Somebody in between answers in the service's stead, which works on and answers to nobody.
  /// REQUIRES a client or a service waits for it.
  void give_up(std::uint32_t index, metrics::Outcome outcome);

  // For sources of events (Service::is_source()), of what they took on.

  /// An attempt begins now, the request's first or another one.
  Request& begin_attempt(std::uint32_t index);
  /// It was answered, and there will be another: with the record that is returned, because whoever
  /// knows the old one by its id is not to mistake it for the next attempt's.
  std::uint32_t keep_for_retry(std::uint32_t index, metrics::Outcome outcome);
  /// The same with this very record, which nobody else knows.
  void will_retry(std::uint32_t index, metrics::Outcome outcome) {
    tell(index, outcome, Then::kRetried);
  }
  /// The same where no other attempt will come, but the event is kept for a while.
  std::uint32_t keep(std::uint32_t index);
  /// The event is over. `held` is how long its source held it back before its attempts, and is its
  /// part `queue`.
  void end_event(std::uint32_t index, metrics::Outcome outcome, Duration held);
  /// The same of one that waits between two attempts.
  void give_up_event(std::uint32_t index, metrics::Outcome outcome, Duration held);
  /// A record for an invocation that works on several events at a time, like that of the one named
  /// but that nobody waits for or watches, and its end.
  std::uint32_t begin_batch(std::uint32_t first);
  void end_batch(std::uint32_t index);

  /// Another policy from now on. Attempts under way keep the timeout they began with.
  void change(const ClientPolicy& policy);

  void fire(const kernel::Event& event) override;

  Request& request(std::uint32_t index) { return requests_[index]; }
  /// Every attempt in flight, calls between services among them.
  kernel::Slab<Request>& requests() { return requests_; }
  /// Who is told of answers to calls. REQUIRES called before the first call.
  void pass_calls_to(Calls& calls) { calls_ = &calls; }
  /// Who is told of requests that it wants. REQUIRES called before the first arrival.
  void watch(Watcher& watcher) { watcher_ = &watcher; }
  /// REQUIRES some request is watched.
  Watcher& watcher() { return *watcher_; }

  // What became of every request, counted apart from the recorder, the warm-up's included.

  std::uint64_t arrivals() const { return arrivals_; }
  std::uint64_t warm_up_arrivals() const { return warm_up_arrivals_; }
  const std::array<std::uint64_t, metrics::kOutcomes>& ended() const { return ended_; }
  /// Requests that a client still waits for.
  std::uint64_t in_flight() const;
  /// Attempts that services work on though their client has left.
  std::uint64_t abandoned() const { return abandoned_; }

 private:
  enum Kind : std::uint16_t { kRetry, kTimeouts };

  static void as_recorded(const Flow& flow, Request& request);
  template <bool Watching>
  void attempt(std::uint32_t index, Request& request);
  template <bool Watching>
  void send(std::uint32_t index, Request& request, const Flow& flow);
  void reject(std::uint32_t index, Admission admission);
  void time_out(kernel::SlabId id);
  void time_out_all(std::uint32_t ring);
  std::uint32_t leave(std::uint32_t index);
  std::uint32_t copy(std::uint32_t from);
  void use_timeout();
  void retry_later(std::uint32_t index, metrics::Outcome outcome);
  void answer_unusual(std::uint32_t index, metrics::Outcome outcome);
  template <metrics::Recorder::Parts Told>
  void end_plainly(std::uint32_t index);
  static std::int64_t queued(const Request& request);
  void end(std::uint32_t index, metrics::Outcome outcome);
  void end_marked(std::uint32_t index, metrics::Outcome outcome);
  void tell(std::uint32_t index, metrics::Outcome outcome, Then then);
  ServiceUnit unit_of(const Request& request) const {
    return {flows_[request.flow].service, flows_[request.flow].unit};
  }
  void answer_unawaited(std::uint32_t index, metrics::Outcome outcome);
  bool may_retry(const Request& request, metrics::Outcome outcome) const;
  Duration backoff(const Request& request) const;
  /// Half up; exact for durations below 2^53 ns (104 days).
  static Duration scaled(Duration duration, double factor) {
    return Duration{
        static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor + 0.5)};
  }

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  std::vector<Flow> flows_;
  ClientPolicy policy_;
  RandomStream backoff_draws_;
  TimePoint warm_up_end_;
  kernel::ProcessId process_;
  Calls* calls_ = nullptr;
  Watcher* watcher_ = nullptr;
  kernel::Slab<Request> requests_;
  std::vector<std::unique_ptr<kernel::TimerRing>> timeouts_;  ///< the last is in use

  std::uint64_t arrivals_ = 0;
  std::uint64_t warm_up_arrivals_ = 0;
  std::uint64_t abandoned_ = 0;
  std::uint64_t batches_ = 0;  ///< under way
  std::array<std::uint64_t, metrics::kOutcomes> ended_{};
};

}  // namespace skyreplay::workload

#include "workload/clients_inl.h"
