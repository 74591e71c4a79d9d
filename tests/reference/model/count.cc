#include "reference/model/count.h"

#include <algorithm>
#include <functional>
#include <set>

#include "reference/model/money.h"

namespace skyreplay::reference {
namespace {

Time own(const Parts& parts) { return parts.work + parts.wait; }

void add(Parts& sum, const Parts& parts) {
  sum.queue += parts.queue;
  sum.init += parts.init;
  sum.work += parts.work;
  sum.cpu_stretch += parts.cpu_stretch;
  sum.wait += parts.wait;
  sum.downstream += parts.downstream;
  sum.retry += parts.retry;
}

class Counter {
 public:
  Counter(const Scenario& scenario, World& world, const std::vector<Time>& ends)
      : scenario_(scenario), world_(world), journal_(world.journal), ends_(ends) {}

  Result all() {
    spent_.resize(scenario_.services.size(), 0);
    for (std::size_t i = 0; i < ends_.size(); ++i)
      window(i == 0 ? scenario_.start : ends_[i - 1], i);
    spans();
    bill();
    activities();
    for (const Journal::Ended& ended : journal_.ended) {
      if (is_route(ended.flow)) ++result_.ended[static_cast<std::size_t>(ended.outcome)];
    }
    std::uint64_t ended = 0;
    for (const std::uint64_t n : result_.ended) ended += n;
    result_.in_flight_at_end = world_.requests.size() - ended;
    result_.verdict = verdict();
    return std::move(result_);
  }

 private:
  bool is_route(std::size_t flow) const { return flow < scenario_.routes.size(); }
  std::size_t service_of(std::size_t flow) const {
    return is_route(flow) ? scenario_.routes[flow]
                          : scenario_.calls[flow - scenario_.routes.size()].to;
  }

  /// What is counted in [from, to) of the flows that are `wanted`, the warm-up left out.
  Counts counts(Time from, Time to, const std::function<bool(std::size_t)>& wanted) const {
    Counts sum;
    const auto is_in = [&](Time at, std::size_t flow) {
      return at >= from && at < to && wanted(flow);
    };
    for (const Journal::Began& began : journal_.began) {
      if (!began.counted || !is_in(began.at, began.flow)) continue;
      ++(is_route(began.flow) ? sum.arrivals : sum.calls);
    }
    for (const Journal::ColdStart& cold : journal_.cold_starts) {
      sum.cold_starts += is_in(cold.at, cold.flow) ? 1 : 0;
    }
    for (const Journal::Ended& ended : journal_.ended) {
      if (ended.counted && is_in(ended.at, ended.flow)) add_ended(sum, ended);
    }
    return sum;
  }

  static void add_ended(Counts& sum, const Journal::Ended& ended) {
    ++sum.outcomes[static_cast<std::size_t>(ended.outcome)];
    sum.attempts += ended.attempts;
    if (ended.outcome != Outcome::kCompleted) return;
    add(sum.parts, ended.parts);
    sum.latency_max = std::max(sum.latency_max, ended.latency);
    const std::uint32_t bucket = bucket_of(ended.latency);
    ++sum.latency[bucket];
    ++sum.overhead[bucket_of(std::max(Time{}, ended.latency - own(ended.parts)))];
    auto& [count, parts] = sum.octaves[bucket / 64];
    ++count;
    add(parts, ended.parts);
  }

  void window(Time from, std::size_t index) {
    const Time to = ends_[index];
    for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
      if (!has_row(service, from, to)) continue;
      WindowRow row{.start = from, .service = service};
      row.counts = counts(from, to, [&](std::size_t flow) { return service_of(flow) == service; });
      row.counts.octaves.clear();  // of spans alone
      const Level& in_flight = journal_.in_flight[service];
      const Level& queue = journal_.queue[service];
      const Level& running = journal_.running[service];
      row.in_flight = in_flight.integral(from, to);
      row.queue = queue.integral(from, to);
      row.running = running.integral(from, to);
      row.in_flight_max = in_flight.max_in(from, to);
      row.queue_max = queue.max_in(from, to);
      row.running_max = running.max_in(from, to);
      add_events(row, from, to);
      world_.stations[service]->fill(row, to);
      const std::int64_t spent = cost(service, index);
      row.cost = spent - spent_[service];
      spent_[service] = spent;
      result_.rows.push_back(row);
    }
  }

  void add_events(WindowRow& row, Time from, Time to) const {
    for (const Journal::Event& event : journal_.events) {
      if (event.service != row.service || event.at < from || event.at >= to) continue;
      ++row.events[event.what];
      const auto us = static_cast<std::uint64_t>(event.age / std::chrono::microseconds{1});
      row.events[4] += us;
      row.events[5] = std::max(row.events[5], us);
    }
  }

  bool has_row(std::size_t service, Time from, Time to) const {
    if (world_.stations[service]->always_has_a_row()) return true;
    for (const auto* levels : {&journal_.in_flight, &journal_.queue, &journal_.running}) {
      if ((*levels)[service].before(from) > 0 || (*levels)[service].changes_in(from, to))
        return true;
    }
    return false;
  }

  Meters meters(std::size_t service, std::size_t windows) const {
    const std::vector<Time> ends(ends_.begin(),
                                 ends_.begin() + static_cast<std::ptrdiff_t>(windows));
    return world_.stations[service]->meters(ends);
  }
  std::int64_t cost(std::size_t service, std::size_t window) const {
    std::int64_t sum = 0;
    for (const auto& [item, units] : meters(service, window + 1)) {
      sum += amount(item, units, scenario_.services[service]);
    }
    return sum;
  }

  void spans() {
    const Time from = scenario_.start;
    const Time to = ends_.empty() ? from : ends_.back();
    for (std::size_t route = 0; route < scenario_.routes.size(); ++route) {
      result_.routes.push_back(counts(from, to, [&](std::size_t flow) { return flow == route; }));
    }
    for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
      result_.services.push_back(
          counts(from, to, [&](std::size_t flow) { return service_of(flow) == service; }));
    }
    result_.overall = counts(from, to, [&](std::size_t flow) { return is_route(flow); });
  }

  void bill() {
    if (ends_.empty()) return;
    for (std::size_t service = 0; service < scenario_.services.size(); ++service) {
      const Service& config = scenario_.services[service];
      for (const auto& [item, units] : meters(service, ends_.size())) {
        result_.meters.push_back({config.name, item, units});
        if (units == 0) continue;
        result_.bill.push_back(
            {config.name, item, quantity(item, units), amount(item, units, config)});
      }
    }
  }

  /// Throttles are told once a window, service and reason.
  void activities() {
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const Time from = i == 0 ? scenario_.start : ends_[i - 1];
      std::set<std::pair<std::size_t, std::string>> told;
      for (const Activity& activity : journal_.activities) {
        if (activity.time < from || activity.time >= ends_[i]) continue;
        const bool throttle = activity.kind.starts_with("limit");
        if (throttle && !told.insert({activity.service, activity.kind}).second) continue;
        result_.activities.push_back(activity);
      }
    }
    std::sort(result_.activities.begin(), result_.activities.end());
  }

  /// docs/results.md, Verdict.
  std::string verdict() const {
    const auto& outcomes = result_.overall.outcomes;
    const auto of = [&](Outcome outcome) { return outcomes[static_cast<std::size_t>(outcome)]; };
    const std::uint64_t failed = of(Outcome::kRefused) + of(Outcome::kThrottle) +
                                 of(Outcome::kServerTimeout) + of(Outcome::kDependency);
    if (failed > 0 && failed * 100 >= result_.overall.arrivals) return "overloaded";
    const Time span = scenario_.end - scenario_.start;
    const double middle = waiting(scenario_.start + span / 4, scenario_.end - span / 4);
    const double last = waiting(scenario_.end - span / 10, scenario_.end);
    const double seconds = static_cast<double>(span.count()) / 1e9;
    const double rate = seconds > 0 ? static_cast<double>(result_.overall.arrivals) / seconds : 0;
    return last > 1.5 * middle && last > rate ? "backlogged" : "stable";
  }

  /// The mean number of waiting requests in [from, to), each window's being constant in it.
  double waiting(Time from, Time to) const {
    double sum = 0;
    for (const WindowRow& row : result_.rows) {
      const Time end = *std::upper_bound(ends_.begin(), ends_.end(), row.start);
      const Time left = std::max(from, row.start);
      const Time right = std::min(to, end);
      if (left >= right) continue;
      const auto length = static_cast<double>((end - row.start).count());
      sum += static_cast<double>(waiting(row, end)) *
             (static_cast<double>((right - left).count()) / length);
    }
    return to > from ? sum / static_cast<double>((to - from).count()) : 0;
  }

  /// Where a service's CPU is all used, requests inside beyond the vCPUs wait as well.
  std::uint64_t waiting(const WindowRow& row, Time end) const {
    const Wide outstanding = world_.stations[row.service]->outstanding(row.start, end);
    const bool all_used =
        row.cpu_available > 0 &&
        static_cast<double>(row.cpu_busy) >= 0.99 * static_cast<double>(row.cpu_available);
    if (!all_used) return static_cast<std::uint64_t>(row.queue);
    return static_cast<std::uint64_t>(std::max<Wide>(0, outstanding - row.cpu_busy));
  }

  const Scenario& scenario_;
  World& world_;
  const Journal& journal_;
  const std::vector<Time>& ends_;
  std::vector<std::int64_t> spent_;
  Result result_;
};

}  // namespace

std::uint32_t bucket_of(Time latency) {
  std::uint32_t doublings = 0;
  std::int64_t value = latency.count();
  while (value >= 128) {
    value /= 2;
    ++doublings;
  }
  return doublings * 64 + static_cast<std::uint32_t>(value);
}

Result count(const Scenario& scenario, World& world, const std::vector<Time>& ends) {
  return Counter(scenario, world, ends).all();
}

}  // namespace skyreplay::reference
