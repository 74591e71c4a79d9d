#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/random.h"
#include "kernel/loop.h"
#include "lambda/event_source.h"
#include "lambda/functions.h"
#include "metrics/recorder.h"
#include "workload/clients.h"

namespace skyreplay::lambda {

/// A stream of Kinesis or DynamoDB and the event source mapping that reads it. Names are those of
/// AWS::Lambda::EventSourceMapping.
struct StreamConfig {
  std::string name;  ///< entity of its draws
  std::uint32_t shards = 1;
  std::uint32_t parallelization_factor = 1;  ///< L66
  std::uint32_t batch_size = 100;            ///< L66
  Duration maximum_batching_window{};        ///< L60
  Duration polling_interval = 1s;            ///< L66: a quarter of it for DynamoDB
  std::uint64_t partition_keys = 0;          ///< 0: each record has its own
  std::optional<std::uint32_t> maximum_retry_attempts{};
  std::optional<Duration> maximum_record_age{};
  bool bisects = false;
  bool reports_item_failures = false;
  bool has_destination = false;    ///< what is given up is sent on
  double failure_probability = 0;  ///< ASSUMED: of a record, each time it is worked on
};

/// Streams with the pollers that Lambda runs for them (L66).
///
/// A shard has as many *lanes* as the parallelization factor says. A record goes to the lane of its
/// partition key and stays in its order there; a lane has one batch at work at a time.
///
///     arrival -> read, at the next poll -> invoked, in a batch -> done
///                                            ^   |
///                                            |   failed or throttled: again, and nothing else
///                                            +---+  of the lane meanwhile --> given up
///
/// **Order** Lanes by the number of their records' arrival. **Cost** O(1) a record; one event of
/// the calendar for each batch, each time it is tried again, and each poll that finds a batch
/// unfinished.
class StreamPoller final : public EventSource, public kernel::Process {
 public:
  StreamPoller(kernel::Loop& loop, metrics::Recorder& recorder, Functions& functions,
               std::uint64_t seed);

  /// The function's records come here. REQUIRES called once for a unit, before its first record.
  void add(std::uint32_t unit, const StreamConfig& config);
  /// REQUIRES called once before the first record; outlives this.
  void answer_to(workload::Clients& clients) { clients_ = &clients; }

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void answered(std::uint32_t index, metrics::Outcome outcome) override;
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  std::string refusal(std::uint32_t unit, const workload::Request& request) const override {
    return functions_.refusal(unit, request);
  }
  void complete(std::uint32_t unit, metrics::WindowRow& row) override;
  std::uint64_t queue_requests(std::uint32_t unit, TimePoint) const override {
    return units_[unit]->queue_requests;
  }
  void fire(const kernel::Event& event) override;

 private:
  /// Both name a lane.
  enum Kind : std::uint16_t { kRead, kInvoke };

  struct Unit {
    StreamConfig config;
    RandomStream keys;
    RandomStream failures;
    std::uint32_t first_lane = 0;
    std::uint32_t waiting = 0;         ///< records in no batch
    std::uint64_t queue_requests = 0;  ///< of the destination
    metrics::EventCounts counts;       ///< of the window in hand
  };
  /// Records that are worked on together, by their records here, in order.
  struct Batch {
    std::vector<std::uint32_t> records;
    std::uint32_t failures = 0;
    std::uint32_t throttles = 0;  ///< since it last ran
  };
  struct Lane {
    std::uint32_t unit = 0;
    std::deque<std::uint32_t> records;  ///< in no batch yet
    std::vector<Batch> batches;         ///< the last is at work, those before it come after it
    std::uint32_t invocation = 0;       ///< the record of what is at work
    TimePoint free_since;               ///< the end of the batch before
    TimePoint look_at;                  ///< of the last event that looks for a batch
  };
  /// Of a record that is here, beside its request's record.
  struct Record {
    TimePoint since;         ///< when it began to wait for concurrency
    Duration held{};         ///< waited for it so far
    std::uint32_t lane = 0;  ///< also of an invocation's own record
    std::uint32_t tries = 0;
    metrics::Outcome last = metrics::Outcome::kThrottle;
  };

  Record& record_of(std::uint32_t index);
  std::uint32_t lane_of(const Unit& unit, std::uint64_t row) const;
  TimePoint read_at(std::uint32_t index) const;
  TimePoint window_end(const Lane& lane) const;
  bool is_ready(const Lane& lane) const;
  void go_on(std::uint32_t lane);
  void take_batch(std::uint32_t lane);
  void invoke(std::uint32_t lane);
  void give_up_old(std::uint32_t lane);
  void begin_attempts(const Lane& lane, const workload::Admitted& admitted);
  void try_again(std::uint32_t lane, Duration pause);
  void failed(std::uint32_t lane, metrics::Outcome outcome);
  void bisect(Lane& lane);
  void end_of_batch(std::uint32_t lane);
  bool fails(const Unit& unit, std::uint32_t index) const;
  std::size_t first_failure(const Lane& lane, metrics::Outcome outcome) const;
  void end_record(std::uint32_t index, metrics::Outcome outcome);
  void count_dropped(Unit& unit);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  Functions& functions_;
  std::uint64_t seed_;
  kernel::ProcessId process_;
  workload::Clients* clients_ = nullptr;
  std::vector<std::unique_ptr<Unit>> units_;  ///< by unit, as far as is needed
  std::vector<Lane> lanes_;                   ///< those of a unit together
  std::vector<Record> records_;               ///< by the request's index, as far as is needed
};

}  // namespace skyreplay::lambda
