#pragma once

#include <cstdint>
#include <vector>

#include "kernel/loop.h"
#include "lambda/event_source.h"
#include "lambda/functions.h"
#include "metrics/recorder.h"
#include "workload/clients.h"

namespace skyreplay::lambda {

/// What becomes of a function's events; names are those of AWS::Lambda::EventInvokeConfig.
struct EventInvokeConfig {
  std::uint32_t maximum_retry_attempts = 2;  ///< after the function's own errors (L55)
  Duration maximum_event_age = 6h;           ///< L56
  bool has_destination = false;              ///< what failed is sent on (L57)
};

/// Asynchronous invocation: the queue that Lambda keeps events in, of all functions that have one.
///
///     arrival -> invoked -> succeeded
///                ^  |  |
///                |  |  failed: again after 1 min, then 2 min (L55) --> dropped
///                |  throttled: again after 1 s, 2 s, 4 s ... 5 min (L56)
///                +--+        its age reaches the maximum -----------> dropped (L57)
///
/// A client is answered as its event arrives (L54), so what is recorded of one is about the event:
/// it is in flight, and its latency goes on, until it has succeeded or is dropped. What it waits
/// for concurrency is `queue`, earlier failures and their pauses are `retry`.
///
/// **Order** Events that are due at one instant are invoked in the order in which they were put
/// back. **Cost** one event of the calendar for each time an event is put back; nothing for those
/// that succeed at once but a few counters.
class AsyncQueue final : public EventSource, public kernel::Process {
 public:
  AsyncQueue(kernel::Loop& loop, metrics::Recorder& recorder, Functions& functions);

  /// The function's events come here. REQUIRES called once for a unit, before its first event.
  void add(std::uint32_t unit, const EventInvokeConfig& config);
  /// REQUIRES called once before the first event; outlives this.
  void answer_to(workload::Clients& clients) { clients_ = &clients; }

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void answered(std::uint32_t index, metrics::Outcome outcome) override;
  void expect(std::uint32_t unit) override { functions_.expect(unit); }
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  std::string refusal(std::uint32_t unit, const workload::Request& request) const override {
    return functions_.refusal(unit, request);
  }
  void complete(std::uint32_t unit, metrics::WindowRow& row) override;
  std::uint64_t queue_requests(std::uint32_t unit, TimePoint) const override {
    return units_[unit].queue_requests;
  }
  void fire(const kernel::Event& event) override;

 private:
  enum Kind : std::uint16_t { kInvoke, kExpire };

  struct Unit {
    EventInvokeConfig config;
    metrics::EventCounts counts;       ///< of the window in hand
    std::uint64_t queue_requests = 0;  ///< of the destination
    std::uint32_t waiting = 0;         ///< events in the queue
  };
  /// Of an event that is here, beside its request's record.
  struct Event {
    TimePoint since;  ///< when it was put back
    Duration held{};  ///< waited for concurrency so far
    std::uint32_t unit = 0;
    std::uint8_t throttles = 0;  ///< since it last ran
    std::uint8_t failures = 0;   ///< of the function
    metrics::Outcome last{};     ///< of its attempts so far
  };

  Event& event_of(std::uint32_t index);
  void invoke(std::uint32_t index);
  void put_back(std::uint32_t index, Duration pause, metrics::Outcome outcome);
  void take(std::uint32_t index);
  void drop(std::uint32_t index, metrics::Outcome outcome);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  Functions& functions_;
  kernel::ProcessId process_;
  workload::Clients* clients_ = nullptr;
  std::vector<Unit> units_;    ///< by unit, as far as is needed
  std::vector<Event> events_;  ///< by the request's index, as far as is needed
};

}  // namespace skyreplay::lambda
