// What reading one request of a trace costs: d in nanoseconds per request, of a file in the page
// cache, all of it included (system calls, checksums, zstd, unpacking, running sums, units).
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/random.h"
#include "trace/reader.h"
#include "trace/writer.h"

namespace {

using namespace skyreplay;
using namespace skyreplay::trace;

constexpr std::uint64_t kRows = 4'000'000;

/// A trace of the shape of real ones: Poisson arrivals at 20,000 requests/s, 200 routes by a power
/// law, log-normal work and wait, bytes with a long tail.
void write_trace(const std::filesystem::path& path, bool every_column) {
  const RandomStream stream(1, "bench", "rows");
  Writer writer(path, kDefaultOrigin, Durations::kWorkAndWait);
  for (int i = 0; i < 200; ++i) writer.add_route({.name = "route " + std::to_string(i)});
  TimePoint now = kDefaultOrigin;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    RandomEngine random = stream.at(i);
    const auto exponential = [&random] { return -std::log1p(-random.uniform()); };
    const auto normal = [&] {
      return std::sqrt(2 * exponential()) * std::cos(6.283185307 * random.uniform());
    };
    const auto microseconds = [&](double median, double sigma) {
      return Duration(static_cast<std::int64_t>(median * std::exp(sigma * normal())) * 1'000);
    };
    now += Duration(static_cast<std::int64_t>(50'000 * exponential()));
    Row row{.arrival = now};
    row.route = static_cast<std::uint32_t>(200 * std::pow(random.uniform(), 3.0));
    row.work = microseconds(5'000, 1.0);
    row.wait = microseconds(20'000, 1.2);
    row.bytes_in = static_cast<std::uint64_t>(300 * exponential());
    row.bytes_out = static_cast<std::uint64_t>(2'000 * std::exp(1.5 * normal()));
    if (every_column) row.status = random.uniform() < 0.98 ? 200 : 500;
    writer.add(row);
  }
  writer.commit();
}

struct TraceFile {
  std::filesystem::path path;
  explicit TraceFile(bool every_column) {
    path = std::filesystem::temp_directory_path() /
           ("decode_bench-" + std::to_string(::getpid()) + (every_column ? "-7" : "-6"));
    write_trace(path, every_column);
  }
  ~TraceFile() { std::filesystem::remove(path); }
};

/// Touches one value of each column per batch: what the consumer does is not decoding.
void decode(benchmark::State& state, const std::filesystem::path& path) {
  std::uint64_t rows = 0;
  for (auto _ : state) {
    Reader reader(path);
    for (Batch batch = reader.next(); batch.size > 0; batch = reader.next()) {
      benchmark::DoNotOptimize(batch.arrival_ns[batch.size - 1] + batch.work_ns[0]);
      if (const std::uint16_t* status = reader.status()) benchmark::DoNotOptimize(*status);
      rows += batch.size;
    }
  }
  const auto bytes = static_cast<double>(std::filesystem::file_size(path));
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
  state.counters["ns_per_request"] = benchmark::Counter(
      static_cast<double>(rows) * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_request"] =
      bytes * static_cast<double>(state.iterations()) / static_cast<double>(rows);
}

void six_columns(benchmark::State& state) {
  static const TraceFile file(false);
  decode(state, file.path);
}
void seven_columns(benchmark::State& state) {
  static const TraceFile file(true);
  decode(state, file.path);
}
/// Any trace, e.g. a real one: SKYREPLAY_BENCH_TRACE=shop.skytrace.
void given_trace(benchmark::State& state) {
  const char* path = std::getenv("SKYREPLAY_BENCH_TRACE");
  if (path == nullptr) return state.SkipWithError("SKYREPLAY_BENCH_TRACE names no trace");
  decode(state, path);
}

BENCHMARK(six_columns)->Unit(benchmark::kMillisecond);
BENCHMARK(seven_columns)->Unit(benchmark::kMillisecond);
BENCHMARK(given_trace)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
