#pragma once

// What every request passes through, so that a compiler sees it together with what comes before and
// after.
#include "workload/clients.h"
#include "workload/completion.h"

namespace skyreplay::workload {

template <bool Watching>
[[gnu::always_inline]] inline void Clients::arrive(std::uint64_t row, std::uint32_t flow_index,
                                                   Duration work, Duration wait,
                                                   const Bytes& bytes) {
  const Flow& flow = flows_[flow_index];
  const std::uint32_t index = requests_.acquire().index;
  Request& request = requests_[index];
  const TimePoint now = loop_.now();
  request.arrival = now;
  request.attempt = now;
  request.work = work;
  request.wait = wait;
  request.init = Duration{};
  request.row = row;
  request.flow = flow_index;
  request.attempts = 1;
  request.marks = now >= warm_up_end_ ? 0 : kUncounted;
  if constexpr (Watching) {
    if (watcher_->wants(row)) request.marks |= kWatched;
  }
  request.awaited = Awaited::kByClient;
  request.more = false;
  if (bytes.in + bytes.out > 0) {
    request.second_line().bytes_in = bytes.in;
    request.bytes_out = bytes.out;
  }
  if (flow.work_share != 1.0) {
    request.work = scaled(work, flow.work_share);
    request.wait = wait + (work - request.work);
  }
  if (flow.recorded_speed != 1.0) request.work = scaled(request.work, flow.recorded_speed);
  ++arrivals_;
  warm_up_arrivals_ += !request.is_counted();
  recorder_.arrived(flow_index, now, request.is_counted());
  send<Watching>(index, request, flow);
}

template <bool Watching>
[[gnu::always_inline]] inline void Clients::attempt(std::uint32_t index, Request& request) {
  request.attempt = loop_.now();
  request.init = Duration{};
  if (request.more) request.queue = request.downstream = Duration{};
  ++request.attempts;
  send<Watching>(index, request, flows_[request.flow]);
}

template <bool Watching>
[[gnu::always_inline]] inline void Clients::send(std::uint32_t index, Request& request,
                                                 const Flow& flow) {
  bool tells = false;
  if constexpr (Watching) {
    tells = request.is_watched() && !flow.service->is_source();
    if (tells) watcher_->attempting(index, request, unit_of(request));
  }
  const Admitted admitted = flow.service->admit(flow.unit, index, request);
  if constexpr (Watching) {
    if (tells) watcher_->attempted(request, unit_of(request), admitted);
  }
  if (admitted.admission != Admission::kAccepted) [[unlikely]] {
    reject(index, admitted.admission);
    return;
  }
  // An answer at the very instant of the deadline is still in time.
  if (policy_.timeout && admitted.finish > loop_.now() + *policy_.timeout) {
    timeouts_.back()->start(requests_.id_of(index));
  }
}

[[gnu::always_inline]] inline void Clients::answer(std::uint32_t index, metrics::Outcome outcome) {
  const Request& request = requests_[index];
  if (request.awaited != Awaited::kByClient) [[unlikely]] {
    answer_unawaited(index, outcome);
  } else if (outcome != metrics::Outcome::kCompleted && may_retry(request, outcome)) {
    retry_later(index, outcome);
  } else {
    end(index, outcome);
  }
}

[[gnu::always_inline]] inline void Clients::end(std::uint32_t index, metrics::Outcome outcome) {
  const Request& request = requests_[index];
  ++ended_[static_cast<std::size_t>(outcome)];
  if (request.marks != 0) [[unlikely]] {
    end_marked(index, outcome);
    return;
  }
  record_counted_end(recorder_, request, loop_.now(), outcome, request.attempts);
  requests_.release(index);
}

}  // namespace skyreplay::workload
