#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/check.h"
#include "core/huge_pages.h"
#include "core/time.h"
#include "metrics/dense_histogram.h"
#include "metrics/level.h"
#include "metrics/sample_pool.h"
#include "metrics/window_row.h"

namespace skyreplay::metrics {

/// Takes the rows of each window as it closes, services ascending.
class WindowSink {
 public:
  virtual ~WindowSink() = default;
  virtual void begin_window(const Window& window) = 0;
  /// The sink may complete the row (its cost) before it stores it.
  virtual void row(WindowRow& row) = 0;
  virtual void end_window() = 0;
};

/// Counts and times every request of a run, per window and service, and over the span per route.
///
/// A *flow* is what requests are recorded under: one per route, then one per kind of call between
/// services. Each flow belongs to the service that answers, whose row is the sum of its flows. Only
/// services that were active in a window get a row, and those that always have one.
///
/// **Cost** per request: on arrival one cache line, on completion three (flow, sample, octave), and
/// one more each, the service's, where a service has several flows. With many flows, completions
/// wait in a short queue until their lines have been prefetched; who knows of an arrival beforehand
/// says so by expect(). A sample is 32 bits in a chunk of the flow's, counted when the window
/// closes, in one histogram that stays in cache; beyond the pool's size, flows get dense histograms
/// of their own. Memory does not depend on the number of requests or windows. **Order** rows by
/// service index, so a result does not depend on how events interleaved.
class Recorder {
 public:
  static constexpr std::size_t kPoolChunks = 1u << 16;

  /// `service_of_flow[f]` names the service of flow f; the first `routes` flows are routes, the
  /// rest calls; all are routes unless told otherwise. `pool_chunks` bounds the memory of samples:
  /// 256 bytes each, beyond one a flow. REQUIRES every entry < services.
  Recorder(std::vector<std::uint32_t> service_of_flow, std::uint32_t services, TimePoint start,
           WindowSink& sink, std::optional<std::uint32_t> routes = std::nullopt,
           std::size_t pool_chunks = kPoolChunks);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  struct Completion {
    std::int64_t latency_ns = 0;
    /// Latency minus the request's own work and wait at the reference speed, never below 0.
    std::int64_t overhead_ns = 0;
    std::uint32_t attempts = 1;
  };

  // --- The request path. `now` is never before the window's start.

  /// A client's request came in. Not counted (`counted` false) during a warm-up.
  void arrived(std::uint32_t flow, TimePoint now, bool counted) {
    FlowWindow& window = flows_[flow];
    window.arrivals += counted;
    if (!window.active) [[unlikely]]
      activate(flow);
    window.in_flight->enter(since_start(now));
  }
  /// Which parts of a latency may be other than zero; the short ways to count a completion.
  enum class Parts : std::uint8_t { kOwn, kOwnAndQueue, kAll };
  /// It was answered well. What its parts leave of the latency is `cpu_stretch`, which they need
  /// not say. REQUIRES where not kAll: the parts besides work and wait, and queue, are zero, and
  /// there was one attempt.
  template <Parts Told = Parts::kAll>
  void completed(std::uint32_t flow, TimePoint now, const Completion& as,
                 const LatencyParts& parts);
  /// It ended otherwise. REQUIRES outcome != kCompleted.
  void failed(std::uint32_t flow, TimePoint now, Outcome outcome, std::uint32_t attempts);
  /// It ended during or from a warm-up: only the number in flight changes.
  void left_uncounted(std::uint32_t flow, TimePoint now) {
    flows_[flow].in_flight->leave(since_start(now));
  }

  /// With so few flows, what they touch stays in cache: to prefetch it, or to wait for it, would
  /// cost more than it gains.
  static constexpr std::size_t kFewFlows = 512;
  /// An arrival on the flow is near: prefetches.
  void expect_flow(std::uint32_t flow) const { __builtin_prefetch(&flows_[flow], 1); }

  // --- Rarer changes.

  void cold_start(std::uint32_t flow) { ++rare_[flow].cold_starts; }
  void capacity_up(std::uint32_t service, TimePoint now) {
    touch(service).capacity.enter(since_start(now));
  }
  void capacity_down(std::uint32_t service, TimePoint now) {
    touch(service).capacity.leave(since_start(now));
  }

  /// A request of the service begins, or ends, to wait for a place.
  void queue_enter(std::uint32_t service, TimePoint now) {
    touch(service).queue.enter(since_start(now));
  }
  void queue_leave(std::uint32_t service, TimePoint now) {
    touch(service).queue.leave(since_start(now));
  }
  /// The service gets a row in every window from this one on, whatever happens: it costs something
  /// even when idle.
  void always(std::uint32_t service) {
    touch(service);
    always_[service] = true;
  }

  /// Closes the window at `end`, hands its rows to the sink and opens the next.
  void close_window(TimePoint end);

  // --- After the last window.

  SpanRow route_span(std::uint32_t flow) const;
  SpanRow service_span(std::uint32_t service) const;
  SpanRow total_span() const;  ///< of all routes: calls are inside of what clients see
  /// Largest number of units (instances, tasks, environments) of a service at a time.
  std::uint32_t capacity_peak(std::uint32_t service) const { return peaks_[service]; }
  TimePoint window_start() const { return start_; }

 private:
  /// A flow has a row for each octave, found by the octave's low bits: latencies of one flow seldom
  /// spread over more than 16 octaves, a factor of 65,536.
  static constexpr std::uint32_t kRows = 16;
  struct alignas(64) OctaveRow {
    std::int64_t latency_ns = 0;
    LatencySums sums;
    std::uint64_t count = 0;

    LatencyParts parts() const { return sums.parts_of(latency_ns); }
  };
  static_assert(sizeof(OctaveRow) == 64);
  using OctaveRows = std::array<OctaveRow, kRows>;

  struct DenseBlock {
    DenseHistogram latency;
    DenseHistogram overhead;
  };
  struct alignas(64) FlowWindow {
    std::uint64_t octaves = 0;  ///< which of them have their row
    OctaveRows* rows = nullptr;
    SampleChunk* chunk = nullptr;  ///< the last one
    std::int64_t latency_max_ns = 0;
    Level* in_flight = nullptr;  ///< of its service
    Level own;                   ///< that, where its service has no other flow
    std::uint32_t arrivals = 0;
    std::uint16_t samples = SampleChunk::kSamples;  ///< in the last chunk
    bool active = false;                            ///< only if its service is
  };
  static_assert(sizeof(FlowWindow) == 64);
  struct RareCounts {
    std::uint32_t cold_starts = 0;
    std::uint32_t extra_attempts = 0;  ///< attempts beyond one for each request that ended
    std::uint32_t outcomes[kOutcomes] = {};
  };
  struct alignas(64) ServiceWindow {
    Level in_flight;  ///< where it has several flows
    Level capacity;
    Level queue;
    bool active = false;
  };
  struct FlowSpan {
    Counters counters;
    LatencyParts parts;
    std::int64_t latency_max_ns = 0;
    SpanHistogram latency;
    SpanHistogram overhead;
    std::vector<OctaveParts> octaves;  ///< ascending
  };

  /// A completion that is still to be counted.
  static constexpr std::uint32_t kNoFlow = ~std::uint32_t{0};
  struct Note {
    LatencySums sums;
    std::int64_t latency_ns = 0;
    std::uint32_t sample = 0;
    std::uint32_t flow = kNoFlow;
    std::uint32_t extra_attempts = 0;
  };
  static constexpr std::size_t kNotes = 16;  ///< a power of two
  static constexpr std::size_t kHalfWay = kNotes / 2;

  void count_later(const Note& note);
  void prefetch(const Note& note) const;
  template <Parts Told>
  void count(const Note& note);
  void count_all();

  Level& in_flight_of(std::uint32_t service) {
    return is_alone(service) ? flows_[flows_by_service_[first_flow_[service]]].own
                             : services_[service].in_flight;
  }
  bool is_alone(std::uint32_t service) const {
    return first_flow_[service + std::size_t{1}] - first_flow_[service] == 1;
  }
  void activate(std::uint32_t flow);
  std::int64_t since_start(TimePoint now) const { return (now - start_).count(); }
  ServiceWindow& touch(std::uint32_t service) {
    ServiceWindow& window = services_[service];
    if (!window.active) {
      window.active = true;
      active_.push_back(service);
    }
    return window;
  }
  void open_row(FlowWindow& flow, std::uint32_t octave);
  void open_chunk(FlowWindow& flow);
  void spill_rows(FlowWindow& flow);
  static void add_samples(const FlowWindow& flow, DenseBlock& to);
  std::uint32_t index_of(const FlowWindow& flow) const {
    return static_cast<std::uint32_t>(&flow - flows_.data());
  }
  std::uint64_t completions(const FlowWindow& flow) const;
  Counters take_counters(std::uint32_t flow);
  void close_flow(std::uint32_t flow, WindowRow& row, bool only_flow);
  void close_octaves(std::uint32_t flow, WindowRow& row);
  void close_samples(FlowWindow& flow);
  void close_service(std::uint32_t service, std::int64_t length_ns);
  static void add_to(SpanRow& row, const FlowSpan& span);
  SpanRow sum_of(std::span<const std::uint32_t> flows) const;

  WindowSink& sink_;
  TimePoint start_;
  std::vector<std::uint32_t> service_of_flow_;
  std::vector<FlowWindow> flows_;
  bool has_few_flows_;
  std::vector<ServiceWindow> services_;
  std::vector<RareCounts> rare_;
  std::vector<FlowSpan> spans_;
  std::vector<std::uint32_t> peaks_;
  std::vector<bool> always_;               ///< by service
  std::uint32_t routes_;                   ///< flows from here on are calls
  std::vector<std::uint32_t> active_;      ///< services touched in this window, in no order
  std::vector<std::uint32_t> first_flow_;  ///< by service: into flows_by_service_
  std::vector<std::uint32_t> flows_by_service_;
  SamplePool pool_;
  std::vector<HugeArray<OctaveRows>> rows_;
  std::size_t rows_left_ = 0;                           ///< unused at the end of the last chunk
  std::vector<std::vector<OctaveParts>> spilled_rows_;  ///< by flow: this window's, ascending
  /// By flow: where chunks went for which the pool had no other.
  std::vector<std::unique_ptr<DenseBlock>> dense_;
  std::array<Note, kNotes> notes_;  ///< a ring; the oldest stands at notes_made_
  std::size_t notes_made_ = 0;
  // Scratch of close_window().
  DenseBlock scratch_;
  DenseBlock service_scratch_;
  std::vector<BucketCount> latency_list_;
  std::vector<BucketCount> overhead_list_;
};

template <Recorder::Parts Told>
[[gnu::always_inline]] inline void Recorder::count(const Note& note) {
  FlowWindow& flow = flows_[note.flow];
  if (flow.samples == SampleChunk::kSamples) [[unlikely]]
    open_chunk(flow);
  flow.chunk->samples[flow.samples++] = note.sample;
  const auto octave = HistogramLayout::octave(SampleChunk::latency_bucket(note.sample));
  if ((flow.octaves >> octave & 1) == 0) [[unlikely]]
    open_row(flow, octave);
  OctaveRow& row = (*flow.rows)[octave % kRows];
  ++row.count;
  row.latency_ns += note.latency_ns;
  row.sums.work += note.sums.work;
  row.sums.wait += note.sums.wait;
  if constexpr (Told != Parts::kOwn) row.sums.queue += note.sums.queue;
  if constexpr (Told == Parts::kAll) {
    row.sums.init += note.sums.init;
    row.sums.downstream += note.sums.downstream;
    row.sums.retry += note.sums.retry;
    if (note.extra_attempts > 0) [[unlikely]]
      rare_[note.flow].extra_attempts += note.extra_attempts;
  }
  if (note.latency_ns > flow.latency_max_ns) [[unlikely]]
    flow.latency_max_ns = note.latency_ns;
}

template <Recorder::Parts Told>
[[gnu::always_inline]] inline void Recorder::completed(std::uint32_t flow, TimePoint now,
                                                       const Completion& as,
                                                       const LatencyParts& parts) {
  flows_[flow].in_flight->leave(since_start(now));  // it had arrived, so its service is active
  // No shortcut for those without overhead: which those are cannot be predicted where some wait.
  const Note note{.sums = LatencySums::of(parts),
                  .latency_ns = as.latency_ns,
                  .sample = SampleChunk::sample(HistogramLayout::bucket(as.latency_ns),
                                                HistogramLayout::bucket(as.overhead_ns)),
                  .flow = flow,
                  .extra_attempts = as.attempts - 1};
  if (has_few_flows_) {
    count<Told>(note);
  } else {
    const Note copy = note;  // so that the other way needs no memory for it
    count_later(copy);
  }
}

}  // namespace skyreplay::metrics
