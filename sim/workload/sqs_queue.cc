#include "workload/sqs_queue.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace skyreplay::workload {
namespace {

using metrics::Outcome;

constexpr std::uint32_t kSetAside = 3;  // receives, after which a message's age counts no more

constexpr Duration kLongPoll = std::chrono::seconds{20};

}  // namespace

std::uint64_t empty_receives(TimePoint span_start, TimePoint span_end, TimePoint since,
                             TimePoint until) {
  const TimePoint from = std::max(since, span_start);
  const TimePoint to = std::min(until, span_end);
  return to <= from ? 0 : static_cast<std::uint64_t>((to - from) / kLongPoll);
}

SqsQueue::SqsQueue(kernel::Loop& loop, metrics::Recorder& recorder, SqsMessages& messages,
                   const SqsQueueConfig& config, std::uint64_t seed)
    : loop_(loop),
      recorder_(recorder),
      messages_(messages),
      config_(config),
      failures_(seed, config.name, "message_failure"),
      empty_since_(loop.now()) {}

void SqsQueue::send(std::uint32_t index, Request& request, std::uint32_t of) {
  request.awaited = Awaited::kBySource;
  request.attempts = 0;
  request.place = Place::kNone;
  ++present_;
  ++counts_.received;
  ++requests_;
  messages_.of(index) = {.since = {}, .of = of};
  if (config_.is_asked_for_age) {
    by_age_.push_back(messages_.clients().requests().id_of(index));
    forget_the_dead();
  }
  become_visible(index);
}

void SqsQueue::become_visible(std::uint32_t index) {
  SqsMessage& message = messages_[index];
  message.since = loop_.now();
  message.is_visible = true;
  line_.push_back(messages_.clients().requests().id_of(index));
  visible_.change(loop_.now(), +1);
  recorder_.queue_enter(config_.service, loop_.now());
}

TimePoint SqsQueue::first_since() {
  while (!messages_.clients().requests().is_live(line_.front())) line_.pop_front();
  return messages_[line_.front().index].since;
}

std::optional<std::uint32_t> SqsQueue::receive() {
  while (visible() > 0 && !is_full()) {
    const kernel::SlabId id = line_.front();
    line_.pop_front();
    if (!messages_.clients().requests().is_live(id)) continue;  // deleted meanwhile
    visible_.change(loop_.now(), -1);
    SqsMessage& message = messages_[id.index];
    message.is_visible = false;
    if (is_too_old(id.index)) {
      leave(id.index);
      drop(id.index, false);
      continue;
    }
    if (message.receives + 1 == kSetAside) about_to_age();
    ++message.receives;
    in_flight_.change(loop_.now(), +1);
    return id.index;
  }
  return std::nullopt;
}

void SqsQueue::begin_attempt(std::uint32_t index, const ServiceUnit& here,
                             const Admitted& admitted) {
  leave(index);
  const Request& request = messages_.clients().begin_attempt(index);
  if (admitted.admission == Admission::kAccepted) {
    counts_.handed_over(loop_.now() - request.arrival);
  }
  if (!request.is_watched()) return;
  messages_.clients().watcher().attempting(index, request, here);
  messages_.clients().watcher().attempted(request, here, admitted);
}

void SqsQueue::leave(std::uint32_t index) {
  SqsMessage& message = messages_[index];
  message.held += loop_.now() - message.since;
  recorder_.queue_leave(config_.service, loop_.now());
}

bool SqsQueue::fails(std::uint32_t index, std::uint32_t receives) const {
  if (config_.failure_probability == 0) return false;
  RandomEngine draw = failures_.at(messages_.clients().requests()[index].row, receives);
  return draw.uniform() < config_.failure_probability;
}

bool SqsQueue::is_too_old(std::uint32_t index) const {
  return loop_.now() - messages_.clients().requests()[index].arrival >= config_.message_retention;
}

bool SqsQueue::is_out(kernel::SlabId id) const {
  return !messages_.clients().requests().is_live(id) || messages_[id.index].receives >= kSetAside;
}

bool SqsQueue::is_used_up(std::uint32_t index) const {
  const std::uint32_t most = config_.max_receive_count;
  return (most > 0 && messages_[index].receives >= most) || is_too_old(index);
}

bool SqsQueue::come_back(std::uint32_t index) {
  in_flight_.change(loop_.now(), -1);
  if (is_used_up(index)) {
    const std::uint32_t most = config_.max_receive_count;
    drop(index, most > 0 && messages_[index].receives >= most);
    return false;
  }
  become_visible(index);
  return true;
}

void SqsQueue::end(std::uint32_t index) {
  if (messages_[index].is_visible) {
    // Its attempt outlasted the visibility timeout; what it waited since is no part of its time.
    visible_.change(loop_.now(), -1);
    recorder_.queue_leave(config_.service, loop_.now());
  } else {
    in_flight_.change(loop_.now(), -1);
  }
  about_to_age();
  messages_.clients().end_event(index, Outcome::kCompleted, messages_[index].held);
  left();
}

/// Of a message that waits, or would again.
void SqsQueue::drop(std::uint32_t index, bool is_kept) {
  const SqsMessage& message = messages_[index];
  about_to_age();
  ++counts_.dropped;
  counts_.dead_letters += is_kept;
  messages_.clients().give_up_event(index, message.last, message.held);
  left();
}

void SqsQueue::left() {
  SKY_CHECK(present_ > 0);
  if (--present_ == 0) empty_since_ = loop_.now();
}

metrics::EventCounts SqsQueue::take_counts() { return std::exchange(counts_, {}); }

std::optional<TimePoint> SqsQueue::oldest() {
  while (!by_age_.empty() && is_out(by_age_.front())) by_age_.pop_front();
  if (by_age_.empty()) return std::nullopt;
  return messages_.clients().requests()[by_age_.front().index].arrival;
}

/// A message is about to count for no age any more.
void SqsQueue::about_to_age() {
  if (!config_.is_asked_for_age || aged_ == loop_.now()) return;
  oldest_before_ = oldest();
  aged_ = loop_.now();
}

Duration SqsQueue::age_of_oldest() {
  const std::optional<TimePoint> since = aged_ == loop_.now() ? oldest_before_ : oldest();
  return since ? loop_.now() - *since : Duration{};
}

/// Lest one that stays keeps all that came behind it.
void SqsQueue::forget_the_dead() {
  constexpr std::size_t kFew = 64;
  if (by_age_.size() <= 2 * std::size_t{present_} + kFew) return;
  std::erase_if(by_age_, [this](kernel::SlabId id) { return is_out(id); });
}

}  // namespace skyreplay::workload
