#include "metrics/recorder.h"

#include <algorithm>
#include <numeric>

namespace skyreplay::metrics {
namespace {

constexpr std::size_t kBlocksPerChunk = 256;

/// Adds one octave's sums to an ascending list.
void add_octave(std::vector<OctaveParts>& octaves, std::uint32_t octave, std::uint64_t count,
                const LatencyParts& parts) {
  auto at = octaves.begin();
  while (at != octaves.end() && at->octave < octave) ++at;
  if (at == octaves.end() || at->octave != octave) at = octaves.insert(at, {octave, 0, {}});
  at->count += count;
  at->parts += parts;
}

}  // namespace

Recorder::Recorder(std::vector<std::uint32_t> service_of_flow, std::uint32_t services,
                   TimePoint start, WindowSink& sink, std::optional<std::uint32_t> routes)
    : sink_(sink),
      start_(start),
      flows_(service_of_flow.size()),
      services_(services),
      rare_(service_of_flow.size()),
      spans_(service_of_flow.size()),
      peaks_(services, 0),
      always_(services, false),
      routes_(routes.value_or(static_cast<std::uint32_t>(service_of_flow.size()))),
      first_flow_(services + std::size_t{1}, 0),
      flows_by_service_(service_of_flow.size()) {
  for (const std::uint32_t service : service_of_flow) {
    SKY_CHECK(service < services);
    ++first_flow_[service + std::size_t{1}];
  }
  for (std::uint32_t s = 0; s < services; ++s) first_flow_[s + std::size_t{1}] += first_flow_[s];
  std::vector<std::uint32_t> next(first_flow_.begin(), first_flow_.end() - 1);
  for (std::uint32_t f = 0; f < service_of_flow.size(); ++f) {
    flows_[f].service = service_of_flow[f];
    flows_by_service_[next[service_of_flow[f]]++] = f;
  }
}

Recorder::~Recorder() = default;

inline Recorder::OctaveRow* Recorder::find_row(const FlowWindow& flow, std::uint32_t octave) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  // The lowest zero byte of tags XOR octave is the row, if there is one (Mycroft's test).
  const std::uint64_t difference = flow.tags ^ (kOnes * octave);
  const std::uint64_t zeros = (difference - kOnes) & ~difference & kHighs;
  if (zeros == 0) return nullptr;
  return &flow.block->rows[static_cast<std::size_t>(std::countr_zero(zeros)) / 8];
}

inline Recorder::OctaveRow& Recorder::octave_row(FlowWindow& flow, std::uint32_t octave) {
  if (OctaveRow* row = find_row(flow, octave); row != nullptr) [[likely]]
    return *row;
  if (flow.rows == kRows) spill_rows(flow);
  const std::uint32_t place = flow.rows++;
  const std::uint32_t shift = place * 8;
  flow.tags = (flow.tags & ~(std::uint64_t{0xff} << shift)) | (std::uint64_t{octave} << shift);
  flow.block->rows[place] = {};
  return flow.block->rows[place];
}

void Recorder::failed(std::uint32_t flow, TimePoint now, Outcome outcome, std::uint32_t attempts) {
  SKY_CHECK(outcome != Outcome::kCompleted);
  touch(flows_[flow].service).in_flight.leave(since_start(now));
  ++rare_[flow].outcomes[static_cast<std::size_t>(outcome)];
  flows_[flow].extra_attempts += attempts - 1;
}

inline void Recorder::prefetch(const Note& note) const {
  if (note.flow == kNoFlow) [[unlikely]]
    return;
  const FlowWindow& flow = flows_[note.flow];
  if (flow.block == nullptr) [[unlikely]]
    return;
  __builtin_prefetch(&flow.block->samples[flow.samples], 1);
  const OctaveRow* row = find_row(flow, HistogramLayout::octave(note.sample >> 12));
  if (row != nullptr) __builtin_prefetch(row, 1);
}

inline void Recorder::count(const Note& note) {
  if (note.flow == kNoFlow) [[unlikely]]
    return;
  FlowWindow& flow = flows_[note.flow];
  if (flow.block == nullptr) [[unlikely]]
    flow.block = new_block();
  flow.block->samples[flow.samples++] = note.sample;
  OctaveRow& row = octave_row(flow, HistogramLayout::octave(note.sample >> 12));
  row.parts += note.parts;
  ++row.count;
  ++flow.completions;
  if (note.latency_ns > flow.latency_max_ns) flow.latency_max_ns = note.latency_ns;
  if (flow.samples == kSamples) [[unlikely]]
    spill_samples(flow);
}

void Recorder::count_all() {
  for (std::size_t i = 0; i < kNotes; ++i) {
    Note& note = notes_[(notes_made_ + i) % kNotes];
    count(note);
    note.flow = kNoFlow;
  }
}

Recorder::Note& Recorder::next_note() {
  prefetch(notes_[(notes_made_ + kHalfWay) % kNotes]);
  Note& note = notes_[notes_made_++ % kNotes];
  count(note);
  return note;
}

Recorder::CompactBlock* Recorder::new_block() {
  if (blocks_left_ == 0) {
    blocks_.push_back(std::make_unique<CompactBlock[]>(kBlocksPerChunk));
    blocks_left_ = kBlocksPerChunk;
  }
  return &blocks_.back()[kBlocksPerChunk - blocks_left_--];
}

Recorder::DenseBlock& Recorder::dense_of(FlowWindow& flow) {
  if (flow.dense == nullptr) {
    dense_.push_back(std::make_unique<DenseBlock>());
    flow.dense = dense_.back().get();
  }
  return *flow.dense;
}

void Recorder::spill_samples(FlowWindow& flow) {
  DenseBlock& dense = dense_of(flow);
  for (std::uint32_t i = 0; i < flow.samples; ++i) {
    const std::uint32_t sample = flow.block->samples[i];
    dense.latency.add(sample >> 12);
    dense.overhead.add(sample & 0xfff);
  }
  flow.samples = 0;
}

void Recorder::spill_rows(FlowWindow& flow) {
  DenseBlock& dense = dense_of(flow);
  for (std::uint32_t i = 0; i < flow.rows; ++i) {
    const OctaveRow& row = flow.block->rows[i];
    add_octave(dense.octaves, static_cast<std::uint32_t>(flow.tags >> (8 * i)) & 0xff, row.count,
               row.parts);
  }
  flow.rows = 0;
  flow.tags = kNoTags;
}

Counters Recorder::take_counters(std::uint32_t index) {
  FlowWindow& flow = flows_[index];
  RareCounts& rare = rare_[index];
  Counters counters;
  (index < routes_ ? counters.arrivals : counters.calls) = flow.arrivals;
  counters.cold_starts = rare.cold_starts;
  counters.attempts = std::uint64_t{flow.completions} + flow.extra_attempts;
  counters.outcomes[0] = flow.completions;
  for (std::size_t i = 1; i < kOutcomes; ++i) {
    counters.outcomes[i] = rare.outcomes[i];
    counters.attempts += rare.outcomes[i];
  }
  flow.arrivals = 0;
  flow.completions = 0;
  flow.extra_attempts = 0;
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

  // A quiet flow goes through the scratch histograms, a busy one has its own.
  DenseBlock& dense = flow.dense != nullptr ? *flow.dense : scratch_;
  for (std::uint32_t i = 0; i < flow.samples; ++i) {
    const std::uint32_t sample = flow.block->samples[i];
    dense.latency.add(sample >> 12);
    dense.overhead.add(sample & 0xfff);
  }
  flow.samples = 0;
  for (std::uint32_t i = 0; i < flow.rows; ++i) {
    const OctaveRow& octave_sums = flow.block->rows[i];
    add_octave(dense.octaves, static_cast<std::uint32_t>(flow.tags >> (8 * i)) & 0xff,
               octave_sums.count, octave_sums.parts);
  }
  flow.rows = 0;
  flow.tags = kNoTags;
  for (const OctaveParts& octave : dense.octaves) {
    row.parts += octave.parts;
    span.parts += octave.parts;
    add_octave(span.octaves, octave.octave, octave.count, octave.parts);
  }
  dense.octaves.clear();

  latency_list_.clear();
  overhead_list_.clear();
  dense.latency.drain(latency_list_);
  dense.overhead.drain(overhead_list_);
  for (const BucketCount& b : latency_list_) span.latency.add(b.bucket, b.count);
  for (const BucketCount& b : overhead_list_) span.overhead.add(b.bucket, b.count);
  if (only_flow) return;
  for (const BucketCount& b : latency_list_) {
    service_scratch_.latency.add(b.bucket, static_cast<std::uint32_t>(b.count));
  }
  for (const BucketCount& b : overhead_list_) {
    service_scratch_.overhead.add(b.bucket, static_cast<std::uint32_t>(b.count));
  }
}

void Recorder::close_service(std::uint32_t service, std::int64_t length_ns) {
  const std::uint32_t first = first_flow_[service];
  const std::uint32_t last = first_flow_[service + std::size_t{1}];
  WindowRow row;
  row.service = service;
  latency_list_.clear();
  overhead_list_.clear();
  const bool only_flow = last - first == 1;
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
  row.in_flight_max = window.in_flight.max;
  row.queue_depth_max = window.queue.max;
  row.capacity_running_max = window.capacity.max;
  peaks_[service] = std::max(peaks_[service], window.capacity.max);
  row.in_flight_ns = window.in_flight.close(length_ns);
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
    window.active = window.in_flight.value > 0 || window.capacity.value > 0 ||
                    window.queue.value > 0 || always_[service];
    if (window.active) active_[kept++] = service;
  }
  active_.resize(kept);
  sink_.end_window();
  start_ = end;
}

void Recorder::add_to(SpanRow& row, const FlowSpan& span) {
  row.counters += span.counters;
  row.parts += span.parts;
  row.latency_max_ns = std::max(row.latency_max_ns, span.latency_max_ns);
  for (const OctaveParts& o : span.octaves) add_octave(row.octaves, o.octave, o.count, o.parts);
}

SpanRow Recorder::sum_of(std::span<const std::uint32_t> flows) const {
  SpanRow row;
  SpanHistogram latency;
  SpanHistogram overhead;
  std::vector<BucketCount> buckets;
  const auto merge = [&buckets](const SpanHistogram& from, SpanHistogram& into) {
    buckets.clear();
    from.collect(buckets);
    for (const BucketCount& b : buckets) into.add(b.bucket, b.count);
  };
  for (const std::uint32_t flow : flows) {
    const FlowSpan& span = spans_[flow];
    add_to(row, span);
    merge(span.latency, latency);
    merge(span.overhead, overhead);
  }
  latency.collect(row.latency);
  overhead.collect(row.overhead);
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
