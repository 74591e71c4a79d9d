#include "metrics/recorder.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace skyreplay::metrics {
namespace {

/// Of a kilobyte each: a huge page.
constexpr std::size_t kRowsPerAllocation = 2048;

/// Adds one octave's sums to an ascending list, looking from `from` on; returns where it stands.
std::size_t add_octave(std::vector<OctaveParts>& octaves, std::size_t from, std::uint32_t octave,
                       std::uint64_t count, const LatencyParts& parts) {
  while (from < octaves.size() && octaves[from].octave < octave) ++from;
  if (from == octaves.size() || octaves[from].octave != octave) {
    octaves.insert(octaves.begin() + static_cast<std::ptrdiff_t>(from), {octave, 0, {}});
  }
  octaves[from].count += count;
  octaves[from].parts += parts;
  return from;
}

/// Calls visit(octave) for each bit set, ascending.
template <typename Visit>
void for_each_bit(std::uint64_t bits, Visit&& visit) {
  for (; bits != 0; bits &= bits - 1) visit(static_cast<std::uint32_t>(std::countr_zero(bits)));
}

}  // namespace

Recorder::Recorder(std::vector<std::uint32_t> service_of_flow, std::uint32_t services,
                   TimePoint start, WindowSink& sink, std::optional<std::uint32_t> routes,
                   std::size_t pool_chunks)
    : sink_(sink),
      start_(start),
      service_of_flow_(std::move(service_of_flow)),
      flows_(service_of_flow_.size()),
      has_few_flows_(flows_.size() <= kFewFlows),
      services_(services),
      rare_(flows_.size()),
      spans_(flows_.size()),
      peaks_(services, 0),
      always_(services, false),
      routes_(routes.value_or(static_cast<std::uint32_t>(flows_.size()))),
      first_flow_(services + std::size_t{1}, 0),
      flows_by_service_(flows_.size()),
      pool_(pool_chunks),
      spilled_rows_(flows_.size()),
      dense_(flows_.size()) {
  for (const std::uint32_t service : service_of_flow_) {
    SKY_CHECK(service < services);
    ++first_flow_[service + std::size_t{1}];
  }
  for (std::uint32_t s = 0; s < services; ++s) first_flow_[s + std::size_t{1}] += first_flow_[s];
  std::vector<std::uint32_t> next(first_flow_.begin(), first_flow_.end() - 1);
  for (std::uint32_t f = 0; f < service_of_flow_.size(); ++f) {
    flows_by_service_[next[service_of_flow_[f]]++] = f;
  }
  for (FlowWindow& flow : flows_) flow.in_flight = &in_flight_of(service_of_flow_[index_of(flow)]);
}

Recorder::~Recorder() = default;

void Recorder::failed(std::uint32_t flow, TimePoint now, Outcome outcome, std::uint32_t attempts) {
  SKY_CHECK(outcome != Outcome::kCompleted);
  flows_[flow].in_flight->leave(since_start(now));
  ++rare_[flow].outcomes[static_cast<std::size_t>(outcome)];
  rare_[flow].extra_attempts += attempts - 1;
}

void Recorder::activate(std::uint32_t flow) {
  touch(service_of_flow_[flow]);
  flows_[flow].active = true;
}

inline void Recorder::prefetch(const Note& note) const {
  if (note.flow == kNoFlow) [[unlikely]]
    return;
  const FlowWindow& flow = flows_[note.flow];
  if (flow.samples < SampleChunk::kSamples) {
    __builtin_prefetch(&flow.chunk->samples[flow.samples], 1);
  }
  if (flow.rows != nullptr) [[likely]] {
    const std::uint32_t latency = SampleChunk::latency_bucket(note.sample);
    __builtin_prefetch(&(*flow.rows)[HistogramLayout::octave(latency) % kRows], 1);
  }
}

void Recorder::count_all() {
  for (std::size_t i = 0; i < kNotes; ++i) {
    Note& note = notes_[(notes_made_ + i) % kNotes];
    if (note.flow != kNoFlow) count<Parts::kAll>(note);
    note.flow = kNoFlow;
  }
}

void Recorder::count_later(const Note& note) {
  __builtin_prefetch(&flows_[note.flow], 1);
  prefetch(notes_[(notes_made_ + kHalfWay) % kNotes]);
  Note& oldest = notes_[notes_made_++ % kNotes];
  if (oldest.flow != kNoFlow) [[likely]]
    count<Parts::kAll>(oldest);
  oldest = note;
}

void Recorder::open_row(FlowWindow& flow, std::uint32_t octave) {
  if (flow.rows == nullptr) {
    if (rows_left_ == 0) {
      rows_left_ = std::min(flows_.size(), kRowsPerAllocation);
      rows_.emplace_back(rows_left_);
    }
    flow.rows = &rows_.back()[--rows_left_];
  }
  constexpr std::uint64_t kEverySixteenth = 0x0001'0001'0001'0001;
  if ((flow.octaves & kEverySixteenth << octave % kRows) != 0) spill_rows(flow);
  flow.octaves |= std::uint64_t{1} << octave;
  (*flow.rows)[octave % kRows] = {};
}

void Recorder::spill_rows(FlowWindow& flow) {
  std::vector<OctaveParts>& to = spilled_rows_[index_of(flow)];
  for_each_bit(flow.octaves, [&](std::uint32_t octave) {
    const OctaveRow& row = (*flow.rows)[octave % kRows];
    add_octave(to, 0, octave, row.count, row.parts());
  });
  flow.octaves = 0;
}

void Recorder::open_chunk(FlowWindow& flow) {
  flow.samples = 0;
  if (flow.chunk == nullptr) {
    flow.chunk = pool_.take_first();
  } else if (SampleChunk* next = pool_.take(); next != nullptr) {
    next->before = flow.chunk;
    flow.chunk = next;
  } else {
    std::unique_ptr<DenseBlock>& dense = dense_[index_of(flow)];
    if (dense == nullptr) dense = std::make_unique<DenseBlock>();
    flow.samples = SampleChunk::kSamples;
    add_samples(flow, *dense);
    pool_.give_back(flow.chunk);
    flow.chunk = pool_.take_first();
    flow.samples = 0;
  }
}

void Recorder::add_samples(const FlowWindow& flow, DenseBlock& to) {
  std::uint32_t n = flow.samples;
  for (const SampleChunk* chunk = flow.chunk; chunk != nullptr; chunk = chunk->before) {
    __builtin_prefetch(chunk->before);
    for (std::uint32_t i = 0; i < n; ++i) {
      to.latency.add(SampleChunk::latency_bucket(chunk->samples[i]));
      to.overhead.add(SampleChunk::overhead_bucket(chunk->samples[i]));
    }
    n = SampleChunk::kSamples;
  }
}

/// In the window so far.
std::uint64_t Recorder::completions(const FlowWindow& flow) const {
  std::uint64_t count = 0;
  for (const OctaveParts& octave : spilled_rows_[index_of(flow)]) count += octave.count;
  for_each_bit(flow.octaves,
               [&](std::uint32_t octave) { count += (*flow.rows)[octave % kRows].count; });
  return count;
}

Counters Recorder::take_counters(std::uint32_t index) {
  FlowWindow& flow = flows_[index];
  RareCounts& rare = rare_[index];
  Counters counters;
  (index < routes_ ? counters.arrivals : counters.calls) = flow.arrivals;
  counters.cold_starts = rare.cold_starts;
  counters.outcomes[0] = completions(flow);
  counters.attempts = counters.outcomes[0] + rare.extra_attempts;
  for (std::size_t i = 1; i < kOutcomes; ++i) {
    counters.outcomes[i] = rare.outcomes[i];
    counters.attempts += rare.outcomes[i];
  }
  flow.arrivals = 0;
  rare = {};
  return counters;
}

void Recorder::close_flow(std::uint32_t index, WindowRow& row, bool only_flow) {
  FlowWindow& flow = flows_[index];
  FlowSpan& span = spans_[index];
  const Counters counters = take_counters(index);
  row.counters += counters;
  span.counters += counters;
  if (flow.latency_max_ns == 0 && counters.outcomes[0] == 0) return;

  row.latency_max_ns = std::max(row.latency_max_ns, flow.latency_max_ns);
  span.latency_max_ns = std::max(span.latency_max_ns, flow.latency_max_ns);
  flow.latency_max_ns = 0;

  close_octaves(index, row);
  close_samples(flow);
  span.latency.add(latency_list_);
  span.overhead.add(overhead_list_);
  if (only_flow) return;
  for (const BucketCount& b : latency_list_) {
    service_scratch_.latency.add(b.bucket, static_cast<std::uint32_t>(b.count));
  }
  for (const BucketCount& b : overhead_list_) {
    service_scratch_.overhead.add(b.bucket, static_cast<std::uint32_t>(b.count));
  }
}

void Recorder::close_octaves(std::uint32_t index, WindowRow& row) {
  FlowWindow& flow = flows_[index];
  FlowSpan& span = spans_[index];
  std::size_t at = 0;
  const auto close = [&](std::uint32_t octave, std::uint64_t count, const LatencyParts& parts) {
    row.parts += parts;
    span.parts += parts;
    at = add_octave(span.octaves, at, octave, count, parts);
  };
  std::vector<OctaveParts>& spilled = spilled_rows_[index];
  if (!spilled.empty()) [[unlikely]] {
    spill_rows(flow);
    for (const OctaveParts& o : spilled) close(o.octave, o.count, o.parts);
    spilled.clear();
    return;
  }
  for_each_bit(std::exchange(flow.octaves, 0), [&](std::uint32_t octave) {
    const OctaveRow& sums = (*flow.rows)[octave % kRows];
    close(octave, sums.count, sums.parts());
  });
}

void Recorder::close_samples(FlowWindow& flow) {
  const std::unique_ptr<DenseBlock>& own = dense_[index_of(flow)];
  DenseBlock& dense = own != nullptr ? *own : scratch_;
  add_samples(flow, dense);
  if (flow.chunk != nullptr) pool_.give_back(std::exchange(flow.chunk, nullptr));
  flow.samples = SampleChunk::kSamples;
  latency_list_.clear();
  overhead_list_.clear();
  dense.latency.drain(latency_list_);
  dense.overhead.drain(overhead_list_);
}

void Recorder::close_service(std::uint32_t service, std::int64_t length_ns) {
  const std::uint32_t first = first_flow_[service];
  const std::uint32_t last = first_flow_[service + std::size_t{1}];
  WindowRow row;
  row.service = service;
  latency_list_.clear();
  overhead_list_.clear();
  const bool only_flow = is_alone(service);
  for (std::uint32_t i = first; i < last; ++i) close_flow(flows_by_service_[i], row, only_flow);
  if (!only_flow) {
    latency_list_.clear();
    overhead_list_.clear();
    service_scratch_.latency.drain(latency_list_);
    service_scratch_.overhead.drain(overhead_list_);
  }
  row.latency = latency_list_;
  row.overhead = overhead_list_;

  ServiceWindow& window = services_[service];
  Level& in_flight = in_flight_of(service);
  row.in_flight_max = in_flight.max;
  row.queue_depth_max = window.queue.max;
  row.capacity_running_max = window.capacity.max;
  peaks_[service] = std::max(peaks_[service], window.capacity.max);
  row.in_flight_ns = in_flight.close(length_ns);
  row.queue_depth_ns = window.queue.close(length_ns);
  row.capacity_running_ns = window.capacity.close(length_ns);
  sink_.row(row);
}

void Recorder::close_window(TimePoint end) {
  const std::int64_t length_ns = since_start(end);
  SKY_CHECK(length_ns > 0);
  count_all();
  sink_.begin_window({start_, end});
  std::sort(active_.begin(), active_.end());
  std::size_t kept = 0;
  for (const std::uint32_t service : active_) {
    close_service(service, length_ns);
    ServiceWindow& window = services_[service];
    // What still holds something is active in the next window even if nothing happens.
    window.active = in_flight_of(service).value > 0 || window.capacity.value > 0 ||
                    window.queue.value > 0 || always_[service];
    if (window.active) active_[kept++] = service;
    for (std::uint32_t i = first_flow_[service]; i < first_flow_[service + std::size_t{1}]; ++i) {
      flows_[flows_by_service_[i]].active &= window.active;
    }
  }
  active_.resize(kept);
  sink_.end_window();
  start_ = end;
}

void Recorder::add_to(SpanRow& row, const FlowSpan& span) {
  row.counters += span.counters;
  row.parts += span.parts;
  row.latency_max_ns = std::max(row.latency_max_ns, span.latency_max_ns);
  std::size_t at = 0;
  for (const OctaveParts& o : span.octaves) {
    at = add_octave(row.octaves, at, o.octave, o.count, o.parts);
  }
}

SpanRow Recorder::sum_of(std::span<const std::uint32_t> flows) const {
  SpanRow row;
  SpanHistogram latency;
  SpanHistogram overhead;
  std::vector<BucketCount> buckets;
  const auto merge = [&buckets](const SpanHistogram& from, SpanHistogram& into) {
    buckets.clear();
    from.collect(buckets);
    into.add(buckets);
  };
  for (const std::uint32_t flow : flows) {
    const FlowSpan& span = spans_[flow];
    add_to(row, span);
    if (flows.size() == 1) {
      span.latency.collect(row.latency);
      span.overhead.collect(row.overhead);
      break;
    }
    merge(span.latency, latency);
    merge(span.overhead, overhead);
  }
  if (flows.size() > 1) {
    latency.collect(row.latency);
    overhead.collect(row.overhead);
  }
  std::uint64_t ended = 0;
  for (const std::uint64_t outcome : row.counters.outcomes) ended += outcome;
  const std::uint64_t began = row.counters.arrivals + row.counters.calls;
  SKY_CHECK(ended <= began);
  row.in_flight_at_end = began - ended;
  return row;
}

SpanRow Recorder::route_span(std::uint32_t flow) const { return sum_of({&flow, 1}); }

SpanRow Recorder::service_span(std::uint32_t service) const {
  const std::uint32_t first = first_flow_[service];
  return sum_of({flows_by_service_.data() + first, first_flow_[service + std::size_t{1}] - first});
}

SpanRow Recorder::total_span() const {
  std::vector<std::uint32_t> routes(routes_);
  std::iota(routes.begin(), routes.end(), 0U);
  return sum_of(routes);
}

}  // namespace skyreplay::metrics
