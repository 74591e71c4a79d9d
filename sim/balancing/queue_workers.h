#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "kernel/loop.h"
#include "kernel/slab.h"
#include "kernel/timer_ring.h"
#include "metrics/recorder.h"
#include "pricing/billed_time.h"
#include "workload/clients.h"
#include "workload/service.h"
#include "workload/sqs_queue.h"

namespace skyreplay::balancing {

class Fleet;

/// A queue and how a fleet's workers receive from it.
struct QueueWorkersConfig {
  workload::SqsQueueConfig queue;
  Duration receive_time{};  ///< ASSUMED: from then until work begins; below the visibility timeout
};

/// The workers of a fleet's servers that take messages from a queue of SQS (L65), in the place of a
/// load balancer that sends requests.
///
///     arrival -> visible -> received by a worker -> worked on -> deleted
///                   ^                |
///                   +----------------+ not deleted by the visibility timeout
///
/// A worker that is free polls: it receives the next message as soon as there is one, one at a
/// time. A message that is not deleted within the visibility timeout is there again, whether its
/// worker still works on it, has failed, or is gone. A worker that is done after that has deleted
/// it unless somebody has received it meanwhile; then it has worked for nothing.
///
/// **Order** Messages are received in the order in which they became visible, each by the worker
/// that has polled longest, those of one server that began together in its turn. At one instant a
/// worker that is done is in time: visibility timeouts come after everything else but clients'.
/// **Cost** O(1) a message; O(waiting workers) where a server comes or goes.
class QueueWorkers final : public workload::Service, public kernel::Process {
 public:
  /// `fleet` outlives this; `span` is that over which polls are billed that find nothing.
  QueueWorkers(kernel::Loop& loop, metrics::Recorder& recorder, Fleet& fleet,
               const QueueWorkersConfig& config, std::uint64_t seed,
               const pricing::BilledSpan& span);

  /// REQUIRES called once before the first message; outlives this.
  void answer_to(workload::Clients& clients) { messages_.answer_to(clients); }

  // What the fleet tells of a server.

  /// So many workers of it poll from now on. REQUIRES that none did.
  void begin(std::uint32_t server, std::uint32_t workers);
  /// They receive nothing any more, but work on what they have. REQUIRES that they polled.
  void stop(std::uint32_t server);
  /// It is gone, and what it was about to begin with.
  void gone(std::uint32_t server);

  // What metrics and bills ask.

  /// Messages that wait, and those in flight, before this instant.
  std::uint32_t visible() const { return queue_.visible_before(); }
  std::uint32_t in_flight() const { return queue_.in_flight_before(); }
  Duration age_of_oldest() { return queue_.age_of_oldest(); }
  metrics::EventCounts take_counts() { return queue_.take_counts(); }
  /// Requests to SQS up to `until`.
  std::uint64_t requests(TimePoint until) const;

  bool is_source() const override { return true; }
  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void answered(std::uint32_t attempt, metrics::Outcome outcome) override;
  /// Messages make no calls: the attempts do that work on them, at the fleet.
  void resume(std::uint32_t, std::uint32_t, workload::Called) override {}
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  void fire(const kernel::Event& event) override;

 private:
  enum Kind : std::uint16_t { kVisibility, kStart };

  /// Workers that poll, by how long.
  struct Polling {
    std::uint32_t server = 0;
    std::uint32_t workers = 0;
    TimePoint since;
  };
  struct Server {
    std::uint32_t serial = 0;  ///< numbers those that had this index
    bool polls = false;
  };
  /// One receive of a message, beside the record that is worked on.
  struct Attempt {
    kernel::SlabId message;
    std::uint32_t receive = 0;  ///< the so manieth of the message
    std::uint32_t server = 0;
    std::uint32_t serial = 0;
  };

  Server& server_of(std::uint32_t server);
  bool is_there(const Attempt& attempt) const {
    return servers_[attempt.server].serial == attempt.serial;
  }
  void hand_out();
  void take(std::uint32_t server, std::uint32_t message);
  void start(std::uint32_t attempt);
  void settle(std::uint32_t attempt, metrics::Outcome outcome);
  void come_back(kernel::SlabId message);
  void failed(std::uint32_t message, metrics::Outcome outcome);
  void poll(std::uint32_t server, std::uint32_t workers);
  std::uint64_t empty_receives(const Polling& polling, TimePoint until) const;

  kernel::Loop& loop_;
  Fleet& fleet_;
  Duration receive_time_;
  pricing::BilledSpan span_;
  kernel::ProcessId process_;
  workload::SqsMessages messages_;  ///< of which `of` says that an attempt is out
  workload::SqsQueue queue_;
  kernel::TimerRing visibility_;  ///< of messages in flight
  std::deque<Polling> polling_;
  std::vector<Server> servers_;
  std::vector<Attempt> attempts_;       ///< by record, as far as is needed
  std::vector<std::uint32_t> message_;  ///< the one in hand, as begin_batch() wants it
};

}  // namespace skyreplay::balancing
