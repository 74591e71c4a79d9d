#include "balancing/idle_timeouts.h"

#include <algorithm>
#include <tuple>

#include "core/check.h"

namespace skyreplay::balancing {

IdleTimeouts::IdleTimeouts(kernel::Loop& loop, kernel::ProcessId owner, std::uint16_t first_kind,
                           Duration timeout)
    : loop_(loop), owner_(owner), first_kind_(first_kind), timeout_(timeout) {
  if (timeout == Duration{}) return;
  SKY_CHECK(timeout > Duration{1});
  schedule(loop_.now() + between_looks(), kLook);
}

void IdleTimeouts::consider(std::uint32_t index, workload::Clients& clients) {
  const workload::Request& request = clients.request(index);
  const TimePoint due = request.attempt + timeout_;
  if (due <= loop_.now() || due > loop_.now() + between_looks()) return;
  if (request.awaited == workload::Awaited::kByNobody) return;
  timers_.push_back({.due = due,
                     .row = request.row,
                     .path = request.call_path(),
                     .request = clients.requests().id_of(index),
                     .attempts = request.attempts});
}

void IdleTimeouts::set_timers() {
  schedule(loop_.now() + between_looks(), kLook);
  std::sort(timers_.begin() + static_cast<std::ptrdiff_t>(next_), timers_.end(),
            [](const Timer& a, const Timer& b) {
              return std::tie(a.due, a.row, a.attempts, a.path) <
                     std::tie(b.due, b.row, b.attempts, b.path);
            });
  // What was set before is due by now, and its event may still be to come.
  if (!is_scheduled_) schedule_next();
}

void IdleTimeouts::schedule_next() {
  is_scheduled_ = next_ < timers_.size();
  if (is_scheduled_) return schedule(timers_[next_].due, kDue);
  timers_.clear();
  next_ = 0;
}

void IdleTimeouts::end_due(const kernel::Event& event, workload::Clients& clients) {
  if (loop_.put_off(event, kernel::Turn::kBalancerTimeout)) return;
  while (next_ < timers_.size() && timers_[next_].due == loop_.now()) {
    const kernel::SlabId id = timers_[next_++].request;
    if (!clients.requests().is_live(id)) continue;
    if (clients.request(id.index).awaited == workload::Awaited::kByNobody) continue;
    clients.give_up(id.index, metrics::Outcome::kError);
  }
  schedule_next();
}

}  // namespace skyreplay::balancing
