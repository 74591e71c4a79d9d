#include "workload/clients.h"

#include <algorithm>
#include <utility>

#include "workload/calls.h"
#include "workload/completion.h"

namespace skyreplay::workload {

using metrics::Outcome;

namespace {

/// Half up; exact for durations below 2^53 ns (104 days).
Duration scaled(Duration duration, double factor) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor + 0.5)};
}

}  // namespace

Clients::Clients(kernel::Loop& loop, metrics::Recorder& recorder, std::vector<Flow> flows,
                 const ClientPolicy& policy, std::uint64_t seed, TimePoint warm_up_end)
    : loop_(loop),
      recorder_(recorder),
      flows_(std::move(flows)),
      policy_(policy),
      backoff_draws_(seed, "workload.client", "backoff"),
      warm_up_end_(warm_up_end),
      process_(loop.add(*this)) {
  use_timeout();
}

void Clients::use_timeout() {
  if (!policy_.timeout) return;
  timeouts_.push_back(std::make_unique<kernel::TimerRing>(
      loop_, process_, kTimeouts, static_cast<std::uint32_t>(timeouts_.size()), *policy_.timeout));
}

void Clients::change(const ClientPolicy& policy) {
  const bool other_timeout = policy.timeout != policy_.timeout;
  policy_ = policy;
  if (other_timeout) use_timeout();
}

void Clients::arrive(std::uint64_t row, std::uint32_t flow_index, Duration work, Duration wait,
                     const Bytes& bytes) {
  const Flow& flow = flows_[flow_index];
  const std::uint32_t index = requests_.acquire().index;
  Request& request = requests_[index];
  const Duration own_work = flow.work_share == 1.0 ? work : scaled(work, flow.work_share);
  request.arrival = loop_.now();
  request.work = flow.recorded_speed == 1.0 ? own_work : scaled(own_work, flow.recorded_speed);
  request.wait = wait + (work - own_work);
  request.row = row;
  request.flow = flow_index;
  request.attempts = 0;
  request.counted = request.arrival >= warm_up_end_;
  request.awaited = Awaited::kByClient;
  request.more = false;
  if (bytes.in + bytes.out > 0) {
    request.second_line().bytes_in = bytes.in;
    request.bytes_out = bytes.out;
  }
  ++arrivals_;
  warm_up_arrivals_ += !request.counted;
  recorder_.arrived(flow_index, request.arrival, request.counted);
  attempt(index, request);
}

[[gnu::always_inline]] inline void Clients::attempt(std::uint32_t index, Request& request) {
  request.attempt = loop_.now();
  request.init = Duration{};
  if (request.more) request.queue = request.downstream = Duration{};
  ++request.attempts;
  const Flow& flow = flows_[request.flow];
  const Admitted admitted = flow.service->admit(flow.unit, index, request);
  if (admitted.admission != Admission::kAccepted) [[unlikely]] {
    answer(index,
           admitted.admission == Admission::kThrottled ? Outcome::kThrottle : Outcome::kRefused);
    return;
  }
  // An answer at the very instant of the deadline is still in time.
  if (policy_.timeout && admitted.finish > loop_.now() + *policy_.timeout) {
    timeouts_.back()->start(requests_.id_of(index));
  }
}

void Clients::answer(std::uint32_t index, Outcome outcome) {
  const Request& request = requests_[index];
  if (request.awaited != Awaited::kByClient) [[unlikely]] {
    answer_unawaited(index, outcome);
  } else if (outcome != Outcome::kCompleted && may_retry(request, outcome)) {
    retry_later(index);
  } else {
    end(index, outcome);
  }
}

void Clients::answer_unawaited(std::uint32_t index, Outcome outcome) {
  if (requests_[index].awaited == Awaited::kByService) {
    calls_->answer(index, outcome);
    return;
  }
  --abandoned_;
  requests_.release(index);
}

bool Clients::may_retry(const Request& request, Outcome outcome) const {
  // A function cut by its own limit is answered with 200 and an error in the body (L74): no SDK
  // tries that again.
  return outcome != Outcome::kServerTimeout && request.attempts < policy_.max_attempts;
}

Duration Clients::backoff(const Request& request) const {
  Duration longest = policy_.backoff_base;
  for (int n = 1; n < request.attempts && longest < policy_.backoff_cap; ++n) longest *= 2;
  longest = std::min(longest, policy_.backoff_cap);
  if (policy_.jitter == ClientPolicy::Jitter::kNone) return longest;
  RandomEngine draw = backoff_draws_.at(request.row, request.attempts);
  return Duration{static_cast<std::int64_t>(static_cast<double>(longest.count()) * draw.uniform())};
}

void Clients::retry_later(std::uint32_t index) {
  // An attempt whose instance went under it may have a call under way: nobody waits for its answer.
  Request& request = requests_[index];
  if (request.more) request.calls = Request::kNoCalls;
  loop_.schedule(loop_.now() + backoff(request), process_, kRetry, index);
}

void Clients::time_out(kernel::SlabId id, Duration timeout) {
  if (!requests_.is_live(id)) return;
  const Request left = requests_[id.index];
  // The record may have gone on to a later attempt since the timer was set.
  if (left.awaited != Awaited::kByClient || left.attempt + timeout != loop_.now()) return;
  requests_[id.index].awaited = Awaited::kByNobody;
  ++abandoned_;

  const std::uint32_t index = requests_.acquire().index;
  Request& request = requests_[index];
  const std::uint32_t generation = request.generation;
  request = left;
  request.generation = generation;
  if (may_retry(request, Outcome::kClientTimeout)) {
    retry_later(index);
  } else {
    end(index, Outcome::kClientTimeout);
  }
}

void Clients::end(std::uint32_t index, Outcome outcome) {
  const Request& request = requests_[index];
  ++ended_[static_cast<std::size_t>(outcome)];
  record_end(recorder_, request, loop_.now(), outcome, request.attempts);
  requests_.release(index);
}

std::uint64_t Clients::in_flight() const {
  const std::uint64_t calls = calls_ == nullptr ? 0 : calls_->in_flight();
  return requests_.live() - abandoned_ - calls;
}

void Clients::fire(const kernel::Event& event) {
  if (event.kind == kTimeouts) {
    kernel::TimerRing& ring = *timeouts_[event.payload];
    ring.fire([this, length = ring.length()](kernel::SlabId id) { time_out(id, length); });
    return;
  }
  attempt(event.payload, requests_[event.payload]);
}

}  // namespace skyreplay::workload
