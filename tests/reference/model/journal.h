#pragma once

// What happened, kept as lists; every number of a result is a scan over them.

#include <algorithm>
#include <utility>
#include <vector>

#include "reference/model/result.h"

namespace skyreplay::reference {

/// How many there are of something over time.
class Level {
 public:
  void change(Time at, int by) { steps_.emplace_back(at, by); }
  /// Known late: comes before everything else of its instant.
  void change_first(Time at, int by) {
    const auto before = [](const auto& step, Time time) { return step.first < time; };
    steps_.insert(std::lower_bound(steps_.begin(), steps_.end(), at, before), {at, by});
  }
  /// Known late: comes after everything else so far of its instant.
  void change_last(Time at, int by) {
    const auto after = [](Time time, const auto& step) { return time < step.first; };
    steps_.insert(std::upper_bound(steps_.begin(), steps_.end(), at, after), {at, by});
  }

  std::int64_t before(Time at) const {
    std::int64_t value = 0;
    for (const auto& [time, by] : steps_) value += time < at ? by : 0;
    return value;
  }
  bool changes_in(Time from, Time to) const {
    return std::any_of(steps_.begin(), steps_.end(),
                       [&](const auto& step) { return step.first >= from && step.first < to; });
  }
  std::int64_t max_in(Time from, Time to) const {
    std::int64_t value = before(from);
    std::int64_t most = value;
    for (const auto& [time, by] : steps_) {
      if (time < from || time >= to) continue;
      value += by;
      most = std::max(most, value);
    }
    return most;
  }
  Wide integral(Time from, Time to) const {
    Wide sum = 0;
    for (const auto& [time, by] : steps_) {
      if (time < to) sum += Wide{by} * (to - std::max(from, time)).count();
    }
    return sum;
  }

 private:
  std::vector<std::pair<Time, int>> steps_;  // ascending
};

struct Journal {
  struct Began {
    Time at;
    std::size_t flow;
    bool counted;  ///< not of a warm-up
  };
  struct Ended {
    Time at;
    std::size_t flow;
    bool counted;
    Outcome outcome;
    std::uint64_t attempts;
    Time latency;
    Parts parts;
  };
  struct ColdStart {
    Time at;
    std::size_t flow;
  };
  struct Event {
    enum What { kReceived, kInvoked, kDropped, kDeadLetter };
    Time at;
    std::size_t service;
    What what;
    Time age{};  ///< when invoked
  };
  std::vector<Began> began;
  std::vector<Ended> ended;
  std::vector<ColdStart> cold_starts;
  std::vector<Level> in_flight, queue, running;  ///< by service
  std::vector<Activity> activities;
  std::vector<Event> events;
};

}  // namespace skyreplay::reference
