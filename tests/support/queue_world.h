#pragma once

#include <cstdint>
#include <vector>

#include "balancing/fleet.h"
#include "metrics/recorder.h"
#include "pricing/catalogue.h"
#include "workload/clients.h"

namespace skyreplay::testing {

using namespace std::chrono_literals;

/// A fleet whose members are there at once and go at once, and cost nothing.
class PlainFleet final : public balancing::Fleet {
 public:
  using Fleet::Fleet;

 protected:
  Launch launch(std::uint32_t) override { return {}; }
  void bill_from(std::uint32_t, TimePoint) override {}
  void bill_until(std::uint32_t, TimePoint) override {}
  void read_members(TimePoint, pricing::Meters&) override {}
};

/// A few servers whose workers take messages from a queue, driven message by message.
struct QueueWorld {
  QueueWorld(std::uint32_t servers, std::uint32_t workers,
             const balancing::QueueWorkersConfig& queue, std::uint64_t seed = 1,
             TimePoint warm_up_end = {})
      : recorder({0}, 1, {}, sink),
        fleet(loop, recorder, config_of(workers, queue), seed,
              {.catalogue = pricing::Catalogue::builtin(),
               .region = "us-east-1",
               .span = {TimePoint{}, kEndOfTime},
               .meters = meters}),
        clients(loop, recorder, {{.service = fleet.queue()}}, {}, seed, warm_up_end) {
    fleet.answer_to(clients);
    fleet.queue()->answer_to(clients);
    fleet.begin(servers, true);
  }

  /// A message is sent at `time` after the epoch.
  void message(Duration time, Duration wait) {
    loop.advance(TimePoint{time});
    clients.arrive(rows++, 0, 0ns, wait);
  }
  /// Closes the books at `time` and returns everything that was counted.
  metrics::SpanRow end(Duration time) {
    loop.advance(TimePoint{time});
    recorder.close_window(TimePoint{time + 1ns});
    return recorder.total_span();
  }
  static std::uint64_t count(const metrics::SpanRow& row, metrics::Outcome outcome) {
    return row.counters.outcomes[static_cast<std::size_t>(outcome)];
  }

  struct Sink final : metrics::WindowSink {
    void begin_window(const metrics::Window&) override {}
    void row(metrics::WindowRow&) override {}
    void end_window() override {}
  };

  Sink sink;
  kernel::Loop loop;
  metrics::Recorder recorder;
  pricing::Meters meters;
  PlainFleet fleet;
  workload::Clients clients;
  std::uint64_t rows = 0;

 private:
  static balancing::FleetConfig config_of(std::uint32_t workers,
                                          const balancing::QueueWorkersConfig& queue) {
    balancing::FleetConfig config;
    config.name = "services.w";
    config.server.workers = workers;
    config.queue = queue;
    config.queue->queue.name = config.name;
    config.has_load_balancer = false;
    config.idle_timeout = {};
    config.health_checks.interval = {};
    config.deregistration_delay = 30s;
    return config;
  }
};

}  // namespace skyreplay::testing
