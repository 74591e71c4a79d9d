#include <algorithm>
#include <utility>

#include "lambda/functions.h"

// How environments end that nobody uses (L10 to L14a).

namespace skyreplay::lambda {

/// An environment has become idle, and no check is pending that would find it idle too long.
void Functions::plan_end(std::uint32_t unit, std::uint32_t index) {
  const IdleRule& rule = cold_[unit].config.idle;
  if (rule.lifetime) return draw_lifetime(unit, index);
  const Duration first =
      std::min(rule.environment_idle, rule.function_idle.value_or(Duration::max()));
  schedule_check(unit, loop_.now() + first);
}

// --- Drawn lifetimes (L10)

void Functions::draw_lifetime(std::uint32_t unit, std::uint32_t index) {
  if (lifetimes_.size() <= index) lifetimes_.resize(environments_.capacity());
  Lifetime& of = lifetimes_[index];
  RandomEngine draw = cold_[unit].lifetime_draws.at(environments_[index].ordinal, of.drawn++);
  of.due = loop_.now() + cold_[unit].config.idle.lifetime->sample(draw);
  of.expiry = loop_.schedule_cancellable(of.due, process_, kExpiry, index);
}

/// It is idle no more: what was drawn has no meaning.
void Functions::keep(std::uint32_t index) {
  if (index < lifetimes_.size()) loop_.cancel(std::exchange(lifetimes_[index].expiry, {}));
}

void Functions::expire(std::uint32_t index) {
  IdleQueue& idle = functions_[environments_[index].function].idle;
  idle.take(idle.find(index));
  lifetimes_[index].expiry = {};
  end_environment(index);
}

/// Those whose event is still to come at this instant.
void Functions::end_expired(std::uint32_t unit) {
  IdleQueue& idle = functions_[unit].idle;
  for (std::uint32_t i = 0; i < idle.size();) {
    const std::uint32_t index = idle[i].environment;
    if (lifetimes_[index].due > loop_.now()) {
      ++i;
      continue;
    }
    idle.take(i);
    end_environment(index);
  }
}

// --- Timers of a function and of its environments

void Functions::schedule_check(std::uint32_t unit, TimePoint at) {
  functions_[unit].check_pending = true;
  loop_.schedule(at, process_, kIdleCheck, unit);
}

/// Of a function with idle environments and nothing running: since when.
TimePoint Functions::quiet_since(std::uint32_t unit) const {
  return std::max(functions_[unit].idle.newest().freed, cold_[unit].last_freed);
}

/// Ends what has been idle too long by now.
void Functions::end_idle(std::uint32_t unit) {
  Function& function = functions_[unit];
  const IdleRule& rule = cold_[unit].config.idle;
  const TimePoint now = loop_.now();
  if (function.idle.empty()) return;
  if (rule.lifetime) return end_expired(unit);
  const bool function_ends = rule.function_idle && function.in_flight == 0 &&
                             now >= quiet_since(unit) + *rule.function_idle;  // L14a
  while (!function.idle.empty() &&
         (function_ends || now >= function.idle.oldest().freed + rule.environment_idle)) {
    end_environment(function.idle.take_oldest().environment);
  }
}

void Functions::check_idle(std::uint32_t unit) {
  Function& function = functions_[unit];
  const IdleRule& rule = cold_[unit].config.idle;
  function.check_pending = false;
  end_idle(unit);
  if (function.idle.empty()) return;
  TimePoint next = function.idle.oldest().freed + rule.environment_idle;
  if (rule.function_idle) {
    // While something runs, the function cannot be due before a full timer from now.
    const bool quiet = function.in_flight == 0;
    next = std::min(next, (quiet ? quiet_since(unit) : loop_.now()) + *rule.function_idle);
  }
  schedule_check(unit, next);
}

void Functions::end_what_is_due(std::uint32_t unit) {
  end_idle(unit);
  Function& function = functions_[unit];
  while (!function.idle.empty()) {
    const Idle next = function.reuse_oldest ? function.idle.oldest() : function.idle.newest();
    if (loop_.now() < environments_[next.environment].retires_at) return;  // L14
    function.reuse_oldest ? function.idle.take_oldest() : function.idle.take_newest();
    cold_[unit].last_freed = std::max(cold_[unit].last_freed, next.freed);
    end_environment(next.environment);
  }
}

void Functions::expire_old(kernel::TimerRing& ring) {
  ring.fire([this](kernel::SlabId id) {
    if (!environments_.is_live(id)) return;
    const std::uint32_t unit = environments_[id.index].function;
    IdleQueue& idle = functions_[unit].idle;
    const std::uint32_t place = idle.find(id.index);
    if (place == idle.size()) {
      retire(id.index);  // never in the middle of an invocation (L14)
      return;
    }
    cold_[unit].last_freed = std::max(cold_[unit].last_freed, idle.take(place).freed);
    end_environment(id.index);
  });
  next_age_ = kEndOfTime;
  for (const auto& each : age_rings_) next_age_ = std::min(next_age_, each->next_due());
}

}  // namespace skyreplay::lambda
