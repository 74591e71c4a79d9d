#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/loop.h"
#include "lambda/event_source.h"
#include "lambda/functions.h"
#include "metrics/recorder.h"
#include "pricing/billed_time.h"
#include "workload/clients.h"
#include "workload/sqs_queue.h"

namespace skyreplay::lambda {

/// A queue of SQS and the event source mapping that reads it. Names are those of
/// AWS::Lambda::EventSourceMapping.
struct SqsConfig {
  workload::SqsQueueConfig queue;            ///< visible again not before the function's timeout
  std::uint32_t batch_size = 10;             ///< L63
  Duration maximum_batching_window{};        ///< L63
  std::uint32_t maximum_concurrency = 1250;  ///< L61, L64
  bool reports_item_failures = false;        ///< L65: ReportBatchItemFailures
  pricing::BilledSpan span{TimePoint{}, kEndOfTime};  ///< over which empty receives are billed
};

/// Queues of SQS with the pollers that Lambda runs for them (L60 to L65).
///
///     arrival -> visible -> received, in a batch -> invoked -> deleted
///                   ^           |      ^   |           |
///                   |           |      +---+ throttled, within the visibility timeout
///                   +- after the visibility timeout <--+- failed
///                   |
///                   received max_receive_count times -> dead-letter queue
///
/// As many batches run at a time as the mapping has concurrency: five to begin with, one more each
/// 200 ms while batches wait for it, one less while none does (L61).
///
/// **Order** Messages are received in the order in which they became visible, those of one batch
/// are answered in that order. **Cost** O(1) a message; one event of the calendar for each batch,
/// each message that comes back, and each 200 ms in which concurrency changes.
class SqsPoller final : public EventSource, public kernel::Process {
 public:
  SqsPoller(kernel::Loop& loop, metrics::Recorder& recorder, Functions& functions,
            std::uint64_t seed);

  /// The function's messages come here. REQUIRES called once for a unit, before its first message.
  void add(std::uint32_t unit, const SqsConfig& config);
  /// REQUIRES called once before the first message; outlives this.
  void answer_to(workload::Clients& clients) {
    clients_ = &clients;
    messages_.answer_to(clients);
  }

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void answered(std::uint32_t index, metrics::Outcome outcome) override;
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  std::string refusal(std::uint32_t unit, const workload::Request& request) const override {
    return functions_.refusal(unit, request);
  }
  void complete(std::uint32_t unit, metrics::WindowRow& row) override;
  std::uint64_t queue_requests(std::uint32_t unit, TimePoint until) const override;
  void fire(const kernel::Event& event) override;

 private:
  /// The first two name a unit, the others a batch and a message.
  enum Kind : std::uint16_t { kScale, kWindow, kInvoke, kVisible };

  struct Unit {
    SqsConfig config;
    workload::SqsQueue queue;
    std::uint32_t concurrency = 0;  ///< batches that may run at a time
    std::uint32_t running = 0;      ///< batches that do, those throttled among them
    std::uint32_t throttled = 0;
    bool scale_pending = false;
    TimePoint window_due = kEndOfTime;  ///< of the last event that looks at the batching window
  };
  struct Batch {
    std::vector<std::uint32_t> messages;
    TimePoint received;
    std::uint32_t unit = 0;
    std::uint32_t record = 0;  ///< of its invocation
    std::uint32_t throttles = 0;
  };

  void put_back(std::uint32_t index, TimePoint visible_at, metrics::Outcome outcome);
  void come_back(std::uint32_t index);

  bool is_ready(Unit& unit) const;
  void poll(std::uint32_t unit);
  void await_window(std::uint32_t unit);
  void scale_later(std::uint32_t unit);
  void scale(std::uint32_t unit);
  std::uint32_t receive(std::uint32_t unit);
  std::uint32_t new_batch();
  void invoke(std::uint32_t batch);
  void throttled(std::uint32_t batch);
  void invoke_again(std::uint32_t batch);
  metrics::Outcome outcome_of(const Batch& batch, metrics::Outcome outcome) const;
  bool fails(const Unit& unit, std::uint32_t index) const {
    return unit.queue.fails(index, messages_[index].receives);
  }
  void release(std::uint32_t batch);
  static std::uint64_t empty_receives(const Unit& unit, TimePoint until);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  Functions& functions_;
  std::uint64_t seed_;
  kernel::ProcessId process_;
  workload::Clients* clients_ = nullptr;
  std::vector<std::unique_ptr<Unit>> units_;  ///< by unit, as far as is needed
  workload::SqsMessages messages_;  ///< of which unit, and of a batch's own record which batch
  std::vector<Batch> batches_;
  std::vector<std::uint32_t> free_batches_;
};

}  // namespace skyreplay::lambda
