#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/random.h"
#include "kernel/loop.h"
#include "kernel/slab.h"
#include "metrics/recorder.h"
#include "workload/clients.h"
#include "workload/service.h"

namespace skyreplay::workload {

/// A standard queue of SQS (L65). Names are those of AWS::SQS::Queue.
struct SqsQueueConfig {
  std::string name;           ///< entity of its draws
  std::uint32_t service = 0;  ///< in the recorder: who takes the messages
  Duration visibility_timeout = std::chrono::seconds{30};
  std::uint32_t max_receive_count = 0;  ///< then a message goes to the dead-letter queue; 0: never
  Duration message_retention = std::chrono::seconds{345'600};
  std::uint32_t most_in_flight = 120'000;  ///< received, and neither deleted nor there again
  double failure_probability = 0;          ///< ASSUMED: of a message, each time it is received
  bool is_asked_for_age = false;           ///< age_of_oldest() may be called
};

/// How many receives in a row find nothing from `since` to `until`, each after 20 s, the longest
/// that SQS lets one wait; of what lies in the span that is billed.
std::uint64_t empty_receives(TimePoint span_start, TimePoint span_end, TimePoint since,
                             TimePoint until);

/// A number that tells also what it was before this very instant, whatever the order of what
/// happens in it.
class Settled {
 public:
  void change(TimePoint now, std::int32_t by) {
    if (now != changed_) before_ = value_;
    changed_ = now;
    value_ += static_cast<std::uint32_t>(by);
  }
  std::uint32_t value() const { return value_; }
  std::uint32_t before(TimePoint now) const { return now == changed_ ? before_ : value_; }

 private:
  std::uint32_t value_ = 0;
  std::uint32_t before_ = 0;
  TimePoint changed_ = kEndOfTime;
};

/// What is known of a message beside its request's record.
struct SqsMessage {
  TimePoint since;       ///< when it became visible
  Duration held{};       ///< waited to be worked on so far
  std::uint32_t of = 0;  ///< its reader's own
  std::uint32_t receives = 0;
  metrics::Outcome last = metrics::Outcome::kThrottle;  ///< of its attempts so far
  bool is_visible = false;
};

/// The messages of all queues of one reader, by the index of their records.
class SqsMessages {
 public:
  /// REQUIRES called once before the first message; outlives this.
  void answer_to(Clients& clients) { clients_ = &clients; }
  Clients& clients() const { return *clients_; }
  /// Of a record, made where it is a new one: references to others are void then.
  SqsMessage& of(std::uint32_t index) {
    if (messages_.size() <= index) messages_.resize(clients_->requests().capacity());
    return messages_[index];
  }
  /// REQUIRES of() was called for it.
  SqsMessage& operator[](std::uint32_t index) { return messages_[index]; }
  const SqsMessage& operator[](std::uint32_t index) const { return messages_[index]; }

 private:
  Clients* clients_ = nullptr;
  std::vector<SqsMessage> messages_;
};

/// A queue as those see it that take messages from it.
///
///     sent -> visible -> in flight -> deleted
///               ^            |
///               +------------+-> dead-letter queue, or too old
///
/// Who receives a message decides when it comes back, and tells.
///
/// **Order** Messages are received in the order in which they became visible. **Cost** O(1) a
/// message, no allocation once warm.
class SqsQueue {
 public:
  SqsQueue(kernel::Loop& loop, metrics::Recorder& recorder, SqsMessages& messages,
           const SqsQueueConfig& config, std::uint64_t seed);

  const SqsQueueConfig& config() const { return config_; }
  /// A request arrives: its message is visible from now on.
  void send(std::uint32_t index, Request& request, std::uint32_t of);
  /// Messages that wait to be received.
  std::uint32_t visible() const { return visible_.value(); }
  /// The same before this instant.
  std::uint32_t visible_before() const { return visible_.before(loop_.now()); }
  std::uint32_t in_flight_before() const { return in_flight_.before(loop_.now()); }
  /// Whether no more may be in flight.
  bool is_full() const { return in_flight_.value() >= config_.most_in_flight; }
  /// Since when the one that is next was visible. REQUIRES visible() > 0.
  TimePoint first_since();
  /// The next message, in flight from now on; what is too old is given up on the way. None where
  /// there is none, or as many are in flight as may be.
  std::optional<std::uint32_t> receive();
  /// Who has received it is gone before it could begin: it waits no more, and comes back in its
  /// time. REQUIRES in flight, and no attempt since it was received.
  void leave(std::uint32_t index);
  /// A message's attempt begins, or is turned away: all that is told of it is told now. REQUIRES in
  /// flight.
  void begin_attempt(std::uint32_t index, const ServiceUnit& here, const Admitted& admitted);
  /// Whether whoever works on the message fails, the so manieth time it was received.
  bool fails(std::uint32_t index, std::uint32_t receives) const;
  /// It is visible once more, or has been for the last time: false. REQUIRES in flight.
  bool come_back(std::uint32_t index);
  /// It was worked on and is deleted, visible or in flight.
  void end(std::uint32_t index);
  /// Whether it will not come back as it was received too often, or is too old.
  bool is_used_up(std::uint32_t index) const;

  /// Requests to SQS.
  void count_requests(std::uint64_t requests) { requests_ += requests; }
  std::uint64_t requests() const { return requests_; }
  /// Where no message is left: since when.
  std::optional<TimePoint> empty_since() const {
    return present_ == 0 ? std::optional(empty_since_) : std::nullopt;
  }
  /// Of the window in hand, which begins anew.
  metrics::EventCounts take_counts();
  /// How long the oldest message is there, those aside that were received three times, and without
  /// what happens at this instant: 0 of none. REQUIRES SqsQueueConfig::is_asked_for_age.
  Duration age_of_oldest();

 private:
  void become_visible(std::uint32_t index);
  void drop(std::uint32_t index, bool is_kept);
  void left();
  bool is_too_old(std::uint32_t index) const;
  bool is_out(kernel::SlabId id) const;
  void forget_the_dead();
  std::optional<TimePoint> oldest();
  void about_to_age();

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  SqsMessages& messages_;
  SqsQueueConfig config_;
  RandomStream failures_;
  std::deque<kernel::SlabId> line_;  ///< visible ones, and some that were deleted meanwhile
  std::deque<kernel::SlabId> by_age_;
  TimePoint aged_ = kEndOfTime;             ///< the last instant at which some went
  std::optional<TimePoint> oldest_before_;  ///< that
  Settled visible_;
  Settled in_flight_;
  std::uint32_t present_ = 0;  ///< not deleted
  TimePoint empty_since_;      ///< REQUIRES present_ == 0
  std::uint64_t requests_ = 0;
  metrics::EventCounts counts_;
};

}  // namespace skyreplay::workload
