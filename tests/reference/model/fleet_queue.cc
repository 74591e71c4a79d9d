// Workers that take messages from a queue of SQS (docs/models.md, L65, Queue workers).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

using namespace std::chrono_literals;

// --- Workers

void FleetService::begin_polling(std::size_t member) {
  const std::uint64_t workers = revision(members_[member].revision).workers.value_or(1);
  for (std::uint64_t i = 0; i < workers; ++i) pollers_.push_back({member, world_.now()});
  hand_out();
}

void FleetService::stop_polling(std::size_t member) {
  if (world_.broken(Mutation::kStoppingTasksTakeMore)) return;
  for (const Poller& poller : pollers_) {
    if (poller.member == member) stop_waiting(poller);
  }
  std::erase_if(pollers_, [member](const Poller& poller) { return poller.member == member; });
}

void FleetService::stop_waiting(const Poller& poller) { waits_.emplace_back(poller, world_.now()); }

// --- Messages

bool FleetService::is_too_old(const Request& message) const {
  if (world_.broken(Mutation::kWorkersTakeOldOnes)) return false;
  return world_.now() - message.arrival >= fleet().retention;
}

bool FleetService::is_dead(const Request& message) const {
  return fleet().max_receives && message.receives >= *fleet().max_receives &&
         !world_.broken(Mutation::kNoDeadLetterQueue);
}

void FleetService::take_message(Request& message) {
  world_.journal.events.push_back({world_.now(), service_, Journal::Event::kReceived});
  sqs_requests_.push_back(world_.now());
  message.is_there = true;
  messages_.push_back(&message);
  show(message);
  hand_out();
}

void FleetService::show(Request& message) {
  message.is_visible = true;
  message.visible_since = world_.now();
  line_.push_back(&message);
  visible_level_.change(world_.now(), +1);
  world_.journal.queue[service_].change(world_.now(), +1);
}

void FleetService::hand_out() {
  const bool any = world_.broken(Mutation::kAnyNumberInFlight);
  while (!line_.empty() && !pollers_.empty()) {
    if (hidden_ >= world_.scenario.account.in_flight_messages && !any) return;
    Request& message = *line_.front();
    line_.erase(line_.begin());
    visible_level_.change(world_.now(), -1);
    message.is_visible = false;
    if (is_too_old(message)) {
      message.held += world_.now() - message.visible_since;
      world_.journal.queue[service_].change(world_.now(), -1);
      drop_message(message, false);
      continue;
    }
    const bool last = world_.broken(Mutation::kLastPollerFirst);
    const Poller poller = last ? pollers_.back() : pollers_.front();
    pollers_.erase(last ? pollers_.end() - 1 : pollers_.begin());
    stop_waiting(poller);
    receive(poller.member, message);
  }
}

void FleetService::receive(std::size_t member, Request& message) {
  sqs_requests_.push_back(world_.now());
  if (message.is_at_work) fail(message, Outcome::kServerTimeout);
  ++message.receives;
  message.received = ++received_;
  ++hidden_;
  hidden_level_.change(world_.now(), +1);
  if (message.receives == 3) message.set_aside = world_.now();
  message.hidden_until = world_.now() + fleet().visibility;
  if (!world_.broken(Mutation::kWorkersHideForEver)) {
    world_.calendar.plan(
        *message.hidden_until, [this] { show_again(); }, Turn::kBalancerTimeout, service_);
  }
  group_of(member).took(member);
  const Time takes = world_.broken(Mutation::kReceivesTakeNoTime) ? Time{} : fleet().receive_time;
  if (takes == Time{}) return begin_work(member, message);
  world_.calendar.plan(world_.now() + takes,
                       [this, member, &message] { begin_work(member, message); });
}

void FleetService::begin_work(std::size_t member, Request& message) {
  message.held += world_.now() - message.visible_since;
  world_.journal.queue[service_].change(world_.now(), -1);
  const Member::State state = members_[member].state;
  if (state != Member::State::kInService && state != Member::State::kDraining) return;
  world_.attempts.push_back({.service = service_,
                             .flow = message.route,
                             .row = message.row,
                             .number = std::min<std::uint64_t>(message.receives, 255),
                             .start = world_.now(),
                             .work = message.work,
                             .wait = message.wait,
                             .bytes_in = message.bytes_in,
                             .bytes_out = message.bytes_out,
                             .counted = message.counted,
                             .receive = message.receives,
                             .member = member,
                             .awaited = Attempt::Awaited::kByWorker});
  Attempt& work = world_.attempts.back();
  work.request = &message;
  message.is_at_work = true;
  message.attempt = &world_.new_attempt(message);
  message.attempt->over = true;  // the worker's own goes on in its place
  world_.journal.events.push_back(
      {world_.now(), service_, Journal::Event::kInvoked, world_.now() - message.arrival});
  members_[member].server->admit(work);
  outstanding_.change(world_.now(), +1);
  watch_memory(member);
}

void FleetService::worked(Attempt& work, Outcome outcome) {
  Request& message = *work.request;
  Bits draw = world_.bits(world_.entity(service_), "message_failure", message.row, work.receive);
  const bool fails =
      fleet().failure_probability > 0 && draw.uniform() < fleet().failure_probability;
  const bool well = outcome == Outcome::kCompleted && !fails;
  if (well) sqs_requests_.push_back(world_.now());
  const bool lost = world_.broken(Mutation::kVisibleAgainIsLost) && message.is_visible;
  if (message.is_there && message.receives == work.receive && !lost) {
    message.attempt->init = work.init;
    message.attempt->downstream = work.downstream;
    if (!well) {
      fail(message, outcome == Outcome::kCompleted ? Outcome::kError : outcome);
    } else {
      if (message.is_visible) world_.journal.queue[service_].change(world_.now(), -1);
      if (!message.is_visible) --hidden_;
      (message.is_visible ? visible_level_ : hidden_level_).change(world_.now(), -1);
      std::erase(line_, &message);
      message.is_there = false;
      message.gone = world_.now();
      world_.end_event(*message.attempt, Outcome::kCompleted);
    }
  }
  const std::size_t member = work.member;
  const bool stops =
      !group_of(member).has(member) && !world_.broken(Mutation::kStoppingTasksTakeMore);
  const bool serves = members_[member].state == Member::State::kInService;
  if (serves && !stops) pollers_.push_back({member, world_.now()});
  const bool at_once = world_.broken(Mutation::kStoppedTasksReturnAtOnce) && !serves && !well;
  if (at_once && message.is_there && !message.is_visible) {
    --hidden_;
    hidden_level_.change(world_.now(), -1);
    show(message);
  }
  hand_out();
}

void FleetService::fail(Request& message, Outcome outcome) {
  message.is_at_work = false;
  message.last = outcome;
}

/// What nobody deleted in time, in the order in which it was received.
void FleetService::show_again() {
  std::vector<Request*> due;
  for (Request* message : messages_) {
    if (message->is_there && !message->is_visible && message->hidden_until == world_.now()) {
      due.push_back(message);
    }
  }
  std::sort(due.begin(), due.end(),
            [](const Request* a, const Request* b) { return a->received < b->received; });
  for (Request* message : due) {
    message->hidden_until.reset();
    --hidden_;
    hidden_level_.change(world_.now(), -1);
    const bool dead = is_dead(*message);
    if (!dead && !is_too_old(*message)) {
      show(*message);
      continue;
    }
    if (message->is_at_work) fail(*message, Outcome::kServerTimeout);
    drop_message(*message, dead);
  }
  hand_out();
}

void FleetService::drop_message(Request& message, bool kept) {
  message.is_there = false;
  message.gone = world_.now();
  world_.journal.events.push_back({world_.now(), service_, Journal::Event::kDropped});
  if (kept) world_.journal.events.push_back({world_.now(), service_, Journal::Event::kDeadLetter});
  const std::uint64_t tries = std::max<std::uint64_t>(1, message.attempts);
  world_.journal.ended.push_back(
      {world_.now(), message.route, message.counted, message.last, tries, Time{}, {}});
  world_.journal.in_flight[service_].change(world_.now(), -1);
}

// --- What is measured

std::vector<double> FleetService::queue_samples(const std::string& metric) const {
  // Without what happens at this instant.
  const Time now = world_.now();
  const auto count = [&](const Level& level) { return static_cast<double>(level.before(now)); };
  if (metric == "ApproximateNumberOfMessagesVisible") return {count(visible_level_)};
  if (metric == "ApproximateNumberOfMessagesNotVisible") return {count(hidden_level_)};
  const bool any = world_.broken(Mutation::kOldestIsAnyMessage);
  const auto has_been = [now](const std::optional<Time>& at) { return at && *at < now; };
  for (const Request* message : messages_) {
    if (has_been(message->gone) || (has_been(message->set_aside) && !any)) continue;
    return {static_cast<double>((now - message->arrival).count()) / 1e9};
  }
  return {0};
}

/// Each poll that finds nothing ends after 20 s; only those within the span count.
std::uint64_t FleetService::sqs_requests(Time until) const {
  std::uint64_t sum = 0;
  for (const Time at : sqs_requests_) sum += at < until ? 1 : 0;
  if (world_.broken(Mutation::kPollsAreFree)) return sum;
  const auto add = [&](const Poller& poller, Time to) {
    const Time begin = std::max(poller.since, world_.scenario.start);
    const Time end = std::min({to, until, world_.scenario.end});
    if (end > begin) sum += static_cast<std::uint64_t>((end - begin) / 20s);
  };
  for (const auto& [poller, to] : waits_) add(poller, to);
  for (const Poller& poller : pollers_) add(poller, Time::max());
  return sum;
}

}  // namespace skyreplay::reference
