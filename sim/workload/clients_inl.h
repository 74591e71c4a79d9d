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
  const std::uint32_t index = requests_.acquire_index();
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
  request.marks = 0;
  request.awaited = Awaited::kByClient;
  request.more = false;
  const bool is_counted = now >= warm_up_end_;
  if (!is_counted) [[unlikely]] {
    request.marks = kUncounted;
    ++warm_up_arrivals_;
  }
  if constexpr (Watching) {
    if (watcher_->wants(row)) request.marks |= kWatched;
  }
  if (bytes.in + bytes.out > 0) {
    request.second_line().bytes_in = bytes.in;
    request.bytes_out = bytes.out;
  }
  if (flow.is_scaled) as_recorded(flow, request);
  ++arrivals_;
  recorder_.arrived(flow_index, now, is_counted);
  send<Watching>(index, request, flow);
}

/// What part of its duration is work, at the reference speed.
inline void Clients::as_recorded(const Flow& flow, Request& request) {
  if (flow.work_share != 1.0) {
    const Duration work = request.work;
    request.work = scaled(work, flow.work_share);
    request.wait += work - request.work;
  }
  if (flow.recorded_speed != 1.0) request.work = scaled(request.work, flow.recorded_speed);
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
  const bool is_usual = request.is_plain_line() && request.init == Duration{} &&
                        outcome == metrics::Outcome::kCompleted;
  if (!is_usual) [[unlikely]]
    return answer_unusual(index, outcome);
  end_plainly<metrics::Recorder::Parts::kOwn>(index);
}

[[gnu::always_inline]] inline void Clients::answer_queued(std::uint32_t index,
                                                          metrics::Outcome outcome) {
  const bool is_usual = requests_[index].is_plain() && outcome == metrics::Outcome::kCompleted;
  if (!is_usual) [[unlikely]]
    return answer_unusual(index, outcome);
  end_plainly<metrics::Recorder::Parts::kOwnAndQueue>(index);
}

template <metrics::Recorder::Parts Told>
[[gnu::always_inline]] inline void Clients::end_plainly(std::uint32_t index) {
  const Request& request = requests_[index];
  const TimePoint now = loop_.now();
  ++ended_[static_cast<std::size_t>(metrics::Outcome::kCompleted)];
  metrics::LatencyParts parts{.work = request.work.count(), .wait = request.wait.count()};
  if constexpr (Told == metrics::Recorder::Parts::kOwnAndQueue) parts.queue = queued(request);
  const std::int64_t latency = (now - request.arrival).count();
  const std::int64_t overhead = std::max<std::int64_t>(0, latency - parts.work - parts.wait);
  // Where nobody waits, most have none.
  if (Told == metrics::Recorder::Parts::kOwn && overhead == 0) {
    recorder_.completed<Told>(request.flow, now, {.latency_ns = latency}, parts);
  } else {
    recorder_.completed<Told>(request.flow, now, {.latency_ns = latency, .overhead_ns = overhead},
                              parts);
  }
  requests_.release(index);
}

/// Without a jump: which of them waited cannot be predicted.
inline std::int64_t Clients::queued(const Request& request) {
  const auto mask = -static_cast<std::int64_t>(request.more);
  return request.queue.count() & mask;
}

}  // namespace skyreplay::workload
