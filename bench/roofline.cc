// bench/roofline TRACE [PROGRAM ARGUMENT...]
//
// The floor that replay speed is divided by, for the very trace the replay uses, in ns per request:
//   d  to decode it;
//   h  one calendar hold plus one histogram increment a request, with the finish times of unlimited
//      capacity and one histogram per route;
//   r  of PROGRAM (user + system time of the whole process, best of three), where one is given.
// Bars are on (r - d) / h; d has its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

#include "kernel/calendar.h"
#include "metrics/histogram_layout.h"
#include "trace/reader.h"

namespace {

using skyreplay::Duration;
using skyreplay::TimePoint;
using skyreplay::kernel::Calendar;
using skyreplay::kernel::Event;
using skyreplay::metrics::HistogramLayout;

constexpr int kRounds = 3;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Body>
double best_ns(std::uint64_t rows, Body&& body) {
  double best = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    const double start = cpu_seconds();
    body();
    best = std::min(best, (cpu_seconds() - start) * 1e9 / static_cast<double>(rows));
  }
  return best;
}

std::uint64_t decode_all(const char* path) {
  skyreplay::trace::Reader reader(path);
  std::uint64_t rows = 0;
  std::int64_t sum = 0;
  for (auto batch = reader.next(); batch.size > 0; batch = reader.next()) {
    rows += batch.size;
    sum += batch.work_ns[0];
  }
  return rows + static_cast<std::uint64_t>(sum == -1);
}

std::uint64_t hold_all(const char* path) {
  skyreplay::trace::Reader reader(path);
  using Counts = std::array<std::uint32_t, HistogramLayout::kBuckets>;
  std::vector<std::unique_ptr<Counts>> histograms;
  for (std::size_t i = 0; i < reader.info().routes.size(); ++i) {
    histograms.push_back(std::make_unique<Counts>());
  }
  Calendar calendar;
  Event event;
  std::uint64_t popped = 0;
  for (auto batch = reader.next(); batch.size > 0; batch = reader.next()) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      const TimePoint now{Duration{batch.arrival_ns[i]}};
      while (calendar.pop_due(now, event)) ++popped;
      const std::int64_t latency = batch.work_ns[i] + batch.wait_ns[i];
      calendar.push({.time = now + Duration{latency}, .payload = batch.route[i]});
      ++(*histograms[batch.route[i]])[HistogramLayout::bucket(latency)];
    }
  }
  return popped;
}

/// User and system time of a whole run of the program, its output thrown away.
double program_seconds(char** arguments) {
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(127);
    execvp(arguments[0], arguments);
    std::perror(arguments[0]);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "%s did not run to its end\n", arguments[0]);
    std::exit(3);
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: roofline TRACE [PROGRAM ARGUMENT...]\n");
    return 2;
  }
  const std::uint64_t rows = decode_all(argv[1]);
  const double d = best_ns(rows, [&] { decode_all(argv[1]); });
  const double h = best_ns(rows, [&] { hold_all(argv[1]); }) - d;
  // Nothing buffered may be printed again by a child.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("requests %llu\nd %.2f ns (bar: at most 4)\nh %.2f ns\n",
              static_cast<unsigned long long>(rows), d, h);
  if (argc == 2) return 0;
  double r = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    r = std::min(r, program_seconds(argv + 2) * 1e9 / static_cast<double>(rows));
  }
  std::printf("r %.2f ns\n(r - d) / h %.2f\n%.2f million requests a second\n", r, (r - d) / h,
              1e3 / r);
}
