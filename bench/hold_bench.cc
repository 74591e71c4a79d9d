// The hold model: a calendar with N pending events, each step takes the earliest and schedules it
// again after an exponential delay of mean 1 ms. Bars: cost at 10^6 pending at most 2.0 times the
// cost at 10^2, and at 10^6 at least 6 times cheaper than std::priority_queue, in the same run.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "core/random.h"
#include "kernel/calendar.h"

namespace {

using skyreplay::Duration;
using skyreplay::RandomEngine;
using skyreplay::RandomStream;
using skyreplay::TimePoint;

/// Delays drawn beforehand, so that drawing is not measured.
const std::vector<std::int64_t>& delays() {
  static const std::vector<std::int64_t> drawn = [] {
    std::vector<std::int64_t> values(1 << 20);
    RandomEngine random = RandomStream(1, "bench", "delay").at(0);
    for (std::int64_t& value : values) {
      value = std::llround(-1e6 * std::log1p(-random.uniform()));
    }
    return values;
  }();
  return drawn;
}

void radix_heap(benchmark::State& state) {
  skyreplay::kernel::Calendar calendar;
  const std::vector<std::int64_t>& delay = delays();
  std::size_t next = 0;
  const auto draw = [&] { return Duration{delay[next++ & (delay.size() - 1)]}; };
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    calendar.push({.time = TimePoint{draw()}, .payload = static_cast<std::uint32_t>(i)});
  }
  skyreplay::kernel::Event event;
  for (auto _ : state) {
    calendar.pop_due(skyreplay::kEndOfTime, event);
    event.time += draw();
    calendar.push(event);
  }
}

void priority_queue(benchmark::State& state) {
  struct Entry {
    std::int64_t time;
    std::uint64_t sequence;
    bool operator<(const Entry& other) const {
      return time != other.time ? time > other.time : sequence > other.sequence;
    }
  };
  std::priority_queue<Entry> queue;
  const std::vector<std::int64_t>& delay = delays();
  std::size_t next = 0;
  std::uint64_t sequence = 0;
  const auto draw = [&] { return delay[next++ & (delay.size() - 1)]; };
  for (std::int64_t i = 0; i < state.range(0); ++i) queue.push({draw(), sequence++});
  for (auto _ : state) {
    const std::int64_t now = queue.top().time;
    queue.pop();
    queue.push({now + draw(), sequence++});
  }
}

constexpr int kRepetitions = 7;

BENCHMARK(radix_heap)
    ->RangeMultiplier(10)
    ->Range(100, 1'000'000)
    ->MinTime(0.3)
    ->Repetitions(kRepetitions);
BENCHMARK(priority_queue)->Arg(100)->Arg(1'000'000)->MinTime(0.3)->Repetitions(kRepetitions);

/// The usual table, and the median of each case's repetitions for the bars.
class Keeping final : public benchmark::ConsoleReporter {
 public:
  Keeping() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.aggregate_name != "median") continue;
      ns[run.run_name.function_name + "/" + run.run_name.args] = run.GetAdjustedCPUTime();
    }
    ConsoleReporter::ReportRuns(runs);
  }
  std::map<std::string, double> ns;
};

}  // namespace

int main(int argc, char** argv) {
  // The cases take turns in random order, so that a busy minute of the machine's meets them all.
  std::string interleave = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, interleave.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  Keeping reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  auto& ns = reporter.ns;
  if (ns.size() < 7) return 0;  // a filter left a case out
  std::printf("hold at 10^6 over hold at 10^2: %.2f (bar: at most 2.0)\n",
              ns["radix_heap/1000000"] / ns["radix_heap/100"]);
  std::printf("std::priority_queue over radix heap at 10^6: %.1f (bar: at least 6)\n",
              ns["priority_queue/1000000"] / ns["radix_heap/1000000"]);
}
