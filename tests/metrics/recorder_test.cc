#include "metrics/recorder.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace skyreplay::metrics {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration since_epoch) { return TimePoint{since_epoch}; }

/// Keeps a copy of every row.
class Rows final : public WindowSink {
 public:
  struct Row {
    Window window;
    WindowRow row;
    std::vector<BucketCount> latency, overhead;
  };
  void begin_window(const Window& window) override { window_ = window; }
  void row(WindowRow& row) override {
    rows.push_back({window_,
                    row,
                    {row.latency.begin(), row.latency.end()},
                    {row.overhead.begin(), row.overhead.end()}});
  }
  void end_window() override { ++windows; }
  std::vector<Row> rows;
  int windows = 0;

 private:
  Window window_;
};

void complete(Recorder& recorder, std::uint32_t flow, TimePoint now, const LatencyParts& parts,
              std::int64_t overhead_ns) {
  recorder.completed(flow, now, {.latency_ns = parts.sum(), .overhead_ns = overhead_ns}, parts);
}

TEST_CASE("arrivals count in the window of arrival, outcomes in the window of the answer") {
  Rows sink;
  Recorder recorder({0}, 1, at(0s), sink);
  recorder.arrived(0, at(59s), true);
  recorder.close_window(at(60s));
  complete(recorder, 0, at(61s), {.work = 2'000'000'000}, 0);
  recorder.close_window(at(120s));
  REQUIRE(sink.rows.size() == 2);
  CHECK(sink.rows[0].row.counters.arrivals == 1);
  CHECK(sink.rows[0].row.counters.completions() == 0);
  CHECK(sink.rows[1].row.counters.arrivals == 0);
  CHECK(sink.rows[1].row.counters.completions() == 1);
  // One second in flight in each window.
  CHECK(sink.rows[0].row.in_flight_ns == 1'000'000'000);
  CHECK(sink.rows[1].row.in_flight_ns == 1'000'000'000);
  CHECK(sink.rows[1].row.in_flight_max == 1);
}

TEST_CASE("a service that is idle has no row, one that still holds capacity has") {
  Rows sink;
  Recorder recorder({0, 1}, 2, at(0s), sink);
  recorder.capacity_up(1, at(10s));
  recorder.close_window(at(60s));
  recorder.close_window(at(120s));
  recorder.capacity_down(1, at(150s));
  recorder.close_window(at(180s));
  recorder.close_window(at(240s));
  REQUIRE(sink.rows.size() == 3);
  CHECK(sink.windows == 4);
  CHECK(sink.rows[0].row.service == 1);
  CHECK(sink.rows[0].row.capacity_running_ns == 50'000'000'000);
  CHECK(sink.rows[1].row.capacity_running_ns == 60'000'000'000);
  CHECK(sink.rows[2].row.capacity_running_ns == 30'000'000'000);
  CHECK(recorder.capacity_peak(1) == 1);
}

/// What the recorder should find, by keeping everything.
struct Naive {
  std::map<std::uint32_t, std::uint64_t> latency;
  std::map<std::uint32_t, std::uint64_t> overhead;
  LatencyParts parts;
  std::uint64_t count = 0;
};

TEST_CASE("a quiet flow and a busy one, one flow or three, give what counting everything gives") {
  // With room for all samples, for some of them, and for one chunk a flow.
  for (const int requests : {1, 61, 62, 63, 1'000, 20'000}) {
    for (const auto& [flows, chunks] : {std::pair{1u, 1'000u}, {1u, 4u}, {3u, 4u}, {3u, 0u}}) {
      CAPTURE(requests);
      CAPTURE(flows);
      CAPTURE(chunks);
      Rows sink;
      Recorder recorder(std::vector<std::uint32_t>(flows, 0), 1, at(0s), sink, flows, chunks);
      Naive window, span;
      std::mt19937_64 random(static_cast<std::uint64_t>(requests));
      for (int w = 0; w < 3; ++w) {
        window = {};
        for (int i = 0; i < requests; ++i) {
          // Over 30 octaves, more than the compact record has rows for.
          const auto work = static_cast<std::int64_t>(random() >> (34 + random() % 30));
          const auto queue = static_cast<std::int64_t>(random() % 1'000);
          const auto flow = static_cast<std::uint32_t>(random() % flows);
          recorder.arrived(flow, at(60s * w), true);
          complete(recorder, flow, at(60s * w), {.queue = queue, .work = work}, queue);
          for (Naive* naive : {&window, &span}) {
            ++naive->latency[HistogramLayout::bucket(work + queue)];
            ++naive->overhead[HistogramLayout::bucket(queue)];
            naive->parts += {.queue = queue, .work = work};
            ++naive->count;
          }
        }
        recorder.close_window(at(60s * (w + 1)));
        const Rows::Row& row = sink.rows.back();
        REQUIRE(row.latency.size() == window.latency.size());
        for (const BucketCount& b : row.latency) REQUIRE(window.latency[b.bucket] == b.count);
        REQUIRE(row.overhead.size() == window.overhead.size());
        for (const BucketCount& b : row.overhead) REQUIRE(window.overhead[b.bucket] == b.count);
        CHECK(row.row.parts.work == window.parts.work);
        CHECK(row.row.parts.queue == window.parts.queue);
        CHECK(row.row.counters.completions() == window.count);
      }
      const SpanRow total = recorder.total_span();
      REQUIRE(total.latency.size() == span.latency.size());
      for (const BucketCount& b : total.latency) REQUIRE(span.latency[b.bucket] == b.count);
      CHECK(total.parts.work == span.parts.work);
      std::uint64_t in_octaves = 0;
      LatencyParts of_octaves;
      for (const OctaveParts& octave : total.octaves) {
        in_octaves += octave.count;
        of_octaves += octave.parts;
      }
      CHECK(in_octaves == span.count);
      CHECK(of_octaves.work == span.parts.work);
      SpanRow routes;
      for (std::uint32_t f = 0; f < flows; ++f) routes.counters += recorder.route_span(f).counters;
      CHECK(routes.counters.completions() == span.count);
    }
  }
}

TEST_CASE("octave sums stay with their octave") {
  Rows sink;
  Recorder recorder({0}, 1, at(0s), sink);
  for (int i = 0; i < 99; ++i) {
    recorder.arrived(0, at(0s), true);
    complete(recorder, 0, at(1s), {.work = 1'000'000}, 0);
  }
  recorder.arrived(0, at(0s), true);
  complete(recorder, 0, at(1s), {.init = 250'000'000, .work = 1'000'000}, 250'000'000);
  recorder.close_window(at(60s));
  const SpanRow total = recorder.total_span();
  REQUIRE(total.octaves.size() == 2);
  CHECK(total.octaves[0].count == 99);
  CHECK(total.octaves[0].parts.init == 0);
  CHECK(total.octaves[1].count == 1);
  CHECK(total.octaves[1].parts.init == 250'000'000);
}

TEST_CASE("what ends badly is counted by how, and what has not ended is in flight") {
  Rows sink;
  Recorder recorder({0}, 1, at(0s), sink);
  for (int i = 0; i < 5; ++i) recorder.arrived(0, at(0s), true);
  recorder.failed(0, at(1s), Outcome::kThrottle, 3);
  recorder.failed(0, at(1s), Outcome::kServerTimeout, 1);
  recorder.failed(0, at(1s), Outcome::kClientTimeout, 2);
  recorder.close_window(at(60s));
  const SpanRow total = recorder.total_span();
  CHECK(total.counters.outcomes[static_cast<int>(Outcome::kThrottle)] == 1);
  CHECK(total.counters.outcomes[static_cast<int>(Outcome::kServerTimeout)] == 1);
  CHECK(total.counters.outcomes[static_cast<int>(Outcome::kClientTimeout)] == 1);
  CHECK(total.counters.attempts == 6);
  CHECK(total.in_flight_at_end == 2);
}

TEST_CASE("a warm-up changes what is in flight and counts nothing") {
  Rows sink;
  Recorder recorder({0}, 1, at(0s), sink);
  recorder.arrived(0, at(10s), false);
  recorder.left_uncounted(0, at(40s));
  recorder.close_window(at(60s));
  REQUIRE(sink.rows.size() == 1);
  CHECK(sink.rows[0].row.counters.arrivals == 0);
  CHECK(sink.rows[0].row.in_flight_ns == 30'000'000'000);
  CHECK(recorder.total_span().counters.arrivals == 0);
}

}  // namespace
}  // namespace skyreplay::metrics
