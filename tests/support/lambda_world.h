#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include "lambda/functions.h"
#include "metrics/recorder.h"
#include "workload/clients.h"

namespace skyreplay::testing {

using namespace std::chrono_literals;

inline TimePoint at(Duration since_epoch) { return TimePoint{since_epoch}; }

/// Keeps of all rows what no span has: how many requests were in flight, integrated over time.
class WindowSums final : public metrics::WindowSink {
 public:
  void begin_window(const metrics::Window&) override {}
  void row(metrics::WindowRow& row) override { in_flight_ns += row.in_flight_ns; }
  void end_window() override {}

  std::uint64_t in_flight_ns = 0;  ///< over all services and closed windows
};

/// A few Lambda functions with their clients and recorder, driven request by request. One route a
/// function; work and wait are given apart.
struct LambdaWorld {
  explicit LambdaWorld(std::vector<lambda::FunctionConfig> configs,
                       const lambda::AccountConfig& account = {},
                       const workload::ClientPolicy& policy = {}, std::uint64_t seed = 1,
                       TimePoint warm_up_end = {})
      : recorder(identity(configs.size()), static_cast<std::uint32_t>(configs.size()), {}, sink),
        functions(loop, recorder, account, seed),
        clients(loop, recorder, flows(configs), policy, seed, warm_up_end) {
    functions.answer_to(clients);
  }

  /// A request arrives at `time` after the epoch.
  void request(Duration time, Duration work, Duration wait = 0ns, std::uint32_t function = 0) {
    loop.advance(at(time));
    clients.arrive(rows++, function, work, wait);
  }
  void advance(Duration time) { loop.advance(at(time)); }
  /// Closes the books at `time` and returns everything that was counted.
  metrics::SpanRow end(Duration time) {
    loop.advance(at(time));
    recorder.close_window(at(time + 1ns));
    return recorder.total_span();
  }
  static std::uint64_t count(const metrics::SpanRow& row, metrics::Outcome outcome) {
    return row.counters.outcomes[static_cast<std::size_t>(outcome)];
  }

  WindowSums sink;
  kernel::Loop loop;
  metrics::Recorder recorder;
  lambda::Functions functions;
  workload::Clients clients;
  std::uint64_t rows = 0;

 private:
  static std::vector<std::uint32_t> identity(std::size_t n) {
    std::vector<std::uint32_t> services(n);
    for (std::uint32_t i = 0; i < n; ++i) services[i] = i;
    return services;
  }
  std::vector<workload::Flow> flows(std::vector<lambda::FunctionConfig>& configs) {
    std::vector<workload::Flow> made;
    for (std::uint32_t i = 0; i < configs.size(); ++i) {
      configs[i].service = i;
      if (configs[i].name.empty()) configs[i].name = "fn" + std::to_string(i);
      made.push_back({.service = &functions, .unit = functions.add(configs[i])});
    }
    return made;
  }
};

/// One vCPU, no time to start, a long timeout: what most tests want to vary from.
inline lambda::FunctionConfig plain_function() {
  lambda::FunctionConfig config;
  config.memory_size = 1769;
  config.timeout = 900s;
  return config;
}

}  // namespace skyreplay::testing
