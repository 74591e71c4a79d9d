// What a result costs to write and to render: 20,000 services in every one of ten windows, about
// sixty histogram samples a row, as a large replay of functions would leave.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/random.h"
#include "replay/result_reader.h"
#include "replay/result_writer.h"
#include "report/render.h"

namespace {

using namespace skyreplay;

constexpr std::uint32_t kServices = 20'000;
constexpr int kWindows = 10;
constexpr int kSamples = 60;
constexpr std::size_t kShapes = 64;  // distinct histograms, reused over the services

std::filesystem::path folder() {
  static const std::filesystem::path path = [] {
    auto made =
        std::filesystem::temp_directory_path() / ("skyreplay-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(made);
    return made;
  }();
  return path;
}

std::vector<metrics::BucketCount> histogram(RandomEngine& random, double median_ns) {
  std::map<std::uint32_t, std::uint64_t> counts;
  for (int i = 0; i < kSamples; ++i) {
    const double normal =
        std::sqrt(-2 * std::log1p(-random.uniform())) * std::cos(6.283185307 * random.uniform());
    ++counts[metrics::HistogramLayout::bucket(
        static_cast<std::int64_t>(median_ns * std::exp(normal)))];
  }
  std::vector<metrics::BucketCount> buckets;
  for (const auto& [bucket, count] : counts) buckets.push_back({bucket, count});
  return buckets;
}

struct Shapes {
  Shapes() {
    const RandomStream stream(1, "bench", "histograms");
    for (std::size_t i = 0; i < kShapes; ++i) {
      RandomEngine random = stream.at(i);
      latency.push_back(histogram(random, 2e8));
      overhead.push_back(histogram(random, 1e6));
    }
  }
  std::vector<std::vector<metrics::BucketCount>> latency;
  std::vector<std::vector<metrics::BucketCount>> overhead;
};

metrics::WindowRow row_of(const Shapes& shapes, std::uint32_t service, std::uint32_t window) {
  const std::size_t shape = (service + window) % kShapes;
  metrics::WindowRow row;
  row.service = service;
  row.counters = {.arrivals = 61,
                  .calls = 0,
                  .attempts = 61,
                  .cold_starts = service % 3,
                  .outcomes = {60, 1, 0, 0, 0, 0}};
  row.parts = {.queue = 0,
               .init = 250'000'000,
               .work = 6'012'345'678,
               .cpu_stretch = 123'456'789,
               .wait = 6'098'765'432,
               .downstream = 0,
               .retry = 0};
  row.latency_max_ns = 3'210'987'654;
  row.latency = shapes.latency[shape];
  row.overhead = shapes.overhead[shape];
  row.in_flight_ns = 12'484'567'899 + service;
  row.capacity_running_ns = 180'000'000'000;
  row.in_flight_max = 3;
  row.capacity_running_max = 3;
  row.cost_nano_usd = 234'567 + service;
  return row;
}

/// Rows and histogram buckets written.
std::pair<std::uint64_t, std::uint64_t> write(const Shapes& shapes) {
  replay::ResultHeader header;
  header.start = kDefaultOrigin;
  header.end = kDefaultOrigin + kWindows * std::chrono::minutes(1);
  header.window = std::chrono::minutes(1);
  for (std::uint32_t i = 0; i < kServices; ++i) {
    header.services.push_back({.name = "fn/function-" + std::to_string(i),
                               .platform = "lambda",
                               .capacity_unit = "environments",
                               .region = "us-east-1"});
  }
  replay::ResultWriter writer(folder() / "result.binpb", header);
  std::uint64_t buckets = 0;
  for (std::uint32_t w = 0; w < kWindows; ++w) {
    const TimePoint start = kDefaultOrigin + w * std::chrono::minutes(1);
    writer.begin_window({start, start + std::chrono::minutes(1)});
    for (std::uint32_t i = 0; i < kServices; ++i) {
      const metrics::WindowRow row = row_of(shapes, i, w);
      buckets += row.latency.size() + row.overhead.size();
      writer.row(row);
    }
    writer.end_window();
  }
  replay::Summary summary;
  summary.services.resize(kServices);
  writer.summary(summary);
  writer.commit();
  return {std::uint64_t{kServices} * kWindows, buckets};
}

void per_row(benchmark::State& state, std::uint64_t rows) {
  state.counters["ns_per_row"] = benchmark::Counter(
      static_cast<double>(rows) / 1e9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void BM_Write(benchmark::State& state) {
  const Shapes shapes;
  std::pair<std::uint64_t, std::uint64_t> written;
  for (auto _ : state) written = write(shapes);
  per_row(state, written.first);
  state.counters["buckets_per_row"] =
      static_cast<double>(written.second) / static_cast<double>(written.first);
  state.counters["bytes_per_row"] =
      static_cast<double>(std::filesystem::file_size(folder() / "result.binpb")) /
      static_cast<double>(written.first);
}
BENCHMARK(BM_Write)->Unit(benchmark::kMillisecond);

void BM_Read(benchmark::State& state) {
  const auto [rows, buckets] = write(Shapes());
  for (auto _ : state) {
    replay::ResultReader reader(folder() / "result.binpb");
    while (reader.next() != replay::ResultReader::Item::kEnd)
      benchmark::DoNotOptimize(reader.rows().data());
  }
  per_row(state, rows);
}
BENCHMARK(BM_Read)->Unit(benchmark::kMillisecond);

/// Read, and all four files.
void BM_Render(benchmark::State& state) {
  const auto [rows, buckets] = write(Shapes());
  for (auto _ : state) report::render(folder());
  per_row(state, rows);
}
BENCHMARK(BM_Render)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  std::filesystem::remove_all(folder());
}
