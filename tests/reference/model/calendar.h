#pragma once

#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "reference/model/scenario.h"

namespace skyreplay::reference {

/// What else happens at an instant comes before a timeout, so that an answer at the deadline is in
/// time; and a function's own timeout and what a balancer answers in a target's stead, which are
/// answers too, before a client's.
enum class Turn { kFirst, kFunctionTimeout, kBalancerTimeout, kClientTimeout };

/// Everything that is going to happen: by time, then turn, then rank, then in the order it was
/// planned.
class Calendar {
 public:
  explicit Calendar(Time start) : now(start) {}

  void plan(Time at, std::function<void()> what, Turn turn = Turn::kFirst, std::size_t rank = 0) {
    events_.emplace(std::tuple{at, turn, rank, planned_++}, std::move(what));
  }
  /// Everything up to and at `until` happens.
  void advance(Time until) {
    while (!events_.empty() && std::get<0>(events_.begin()->first) <= until) {
      auto next = events_.extract(events_.begin());
      now = std::get<0>(next.key());
      next.mapped()();
    }
    now = until;
  }

  Time now;

 private:
  std::map<std::tuple<Time, Turn, std::size_t, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t planned_ = 0;
};

}  // namespace skyreplay::reference
