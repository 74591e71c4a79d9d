// What holds of every run, whatever the scenario: docs/invariants.md has them by number. Each is
// put to random scenarios, as skyreplay itself replays them.
#include <doctest/doctest.h>

#include <algorithm>

#include "reference/both.h"
#include "reference/random_scenario.h"
#include "sweep/parallel_for.h"

namespace skyreplay::reference {
namespace {

/// Puts a property to random scenarios.
template <typename Property>
void for_each_scenario(Property&& holds) {
  const auto [from, to] = numbers_to_run(600);
  for (std::uint64_t number = from; number < to; ++number) {
    CAPTURE(number);
    holds(random_scenario(number));
  }
}

std::uint64_t ended(const Counts& counts) {
  std::uint64_t sum = 0;
  for (const std::uint64_t n : counts.outcomes) sum += n;
  return sum;
}

void add(Counts& sum, const Counts& counts) {
  sum.arrivals += counts.arrivals;
  sum.calls += counts.calls;
  sum.attempts += counts.attempts;
  sum.cold_starts += counts.cold_starts;
  for (std::size_t i = 0; i < kOutcomes; ++i) sum.outcomes[i] += counts.outcomes[i];
}

bool are_equal(const Counts& a, const Counts& b) {
  return a.arrivals == b.arrivals && a.calls == b.calls && a.attempts == b.attempts &&
         a.cold_starts == b.cold_starts && a.outcomes == b.outcomes;
}

TEST_CASE("I1: every request has one outcome or is in flight, and windows and routes add up") {
  for_each_scenario([](const Scenario& scenario) {
    const Result result = replay_it(scenario).result;
    std::uint64_t sum = result.in_flight_at_end;
    for (const std::uint64_t n : result.ended) sum += n;
    CHECK(sum == scenario.rows.size());
    std::vector<Counts> windows(scenario.services.size());
    for (const WindowRow& row : result.rows) add(windows[row.service], row.counts);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      CHECK(are_equal(windows[i], result.services[i]));
      CHECK(ended(windows[i]) <= windows[i].arrivals + windows[i].calls);
    }
    Counts routes;
    for (const Counts& route : result.routes) add(routes, route);
    CHECK(are_equal(routes, result.overall));
  });
}

void check_octave(std::uint32_t octave, std::uint64_t count, const Parts& p) {
  const std::int64_t sum =
      (p.queue + p.init + p.work + p.cpu_stretch + p.wait + p.downstream + p.retry).count();
  const auto n = static_cast<std::int64_t>(count);
  const std::int64_t least = octave == 0 ? 0 : std::int64_t{64} << (octave - 1);
  const std::int64_t most = (std::int64_t{64} << octave) - 1;
  CHECK(sum >= n * least);
  CHECK(sum <= n * most);
  for (const Time part : {p.queue, p.init, p.work, p.wait, p.downstream, p.retry}) {
    CHECK(part >= Time{});
  }
}

TEST_CASE("I2: a latency is the sum of its parts, of which only the CPU's may be below zero") {
  for_each_scenario([](const Scenario& scenario) {
    const Result result = replay_it(scenario).result;
    for (const Counts& service : result.services) {
      std::uint64_t completed = 0;
      for (const auto& [octave, sums] : service.octaves) {
        check_octave(octave, sums.first, sums.second);
        completed += sums.first;
      }
      CHECK(completed == service.outcomes[0]);
      std::uint64_t counted = 0;
      for (const auto& [bucket, n] : service.latency) counted += n;
      CHECK(counted == completed);
    }
  });
}

bool has_bytes(const Scenario& scenario) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                     [](const Row& row) { return row.bytes_in + row.bytes_out > 0; });
}

/// The scenario without anything that comes in from `time` on.
Scenario until(const Scenario& scenario, Time time) {
  Scenario before = scenario;
  const bool had_bytes = has_bytes(before);
  std::erase_if(before.rows, [time](const Row& row) { return row.arrival >= time; });
  // A group that watches bytes needs a trace that has them.
  if (had_bytes && !has_bytes(before)) before.rows = scenario.rows;
  std::erase_if(before.changes,
                [&](const Change& change) { return scenario.start + change.at >= time; });
  std::erase_if(before.faults,
                [&](const Fault& fault) { return scenario.start + fault.at >= time; });
  std::erase_if(before.operations,
                [&](const Operation& operation) { return scenario.start + operation.at >= time; });
  return before;
}

TEST_CASE("I3: what arrives or changes from an instant on leaves the windows before it alone") {
  std::uint64_t compared = 0;
  for_each_scenario([&compared](const Scenario& scenario) {
    const Time middle = scenario.start + (scenario.end - scenario.start) / 2;
    const Time edge = middle / scenario.window * scenario.window;
    if (edge <= scenario.start) return;
    const auto rows_before = [&](const Scenario& replayed) {
      Result result;
      result.rows = replay_it(replayed).result.rows;
      std::erase_if(result.rows, [edge](const WindowRow& row) { return row.start >= edge; });
      return result;
    };
    CHECK(difference(scenario, rows_before(scenario), rows_before(until(scenario, edge))) == "");
    ++compared;
  });
  const auto [from, to] = numbers_to_run(600);
  CHECK(compared >= (to - from) / 5);
}

TEST_CASE("I4: time goes on: windows and activities ascend, from the trace's start on") {
  for_each_scenario([](const Scenario& scenario) {
    const Result result = replay_it(scenario).result;
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
      const WindowRow& row = result.rows[i];
      CHECK((row.start == scenario.start || row.start % scenario.window == Time{}));
      if (i == 0) continue;
      const WindowRow& before = result.rows[i - 1];
      CHECK(std::pair(before.start, before.service) < std::pair(row.start, row.service));
    }
    for (const Activity& activity : result.activities) CHECK(activity.time >= scenario.start);
  });
}

/// The most that a function may ever have provisioned: what it is given, or what its policies and
/// the clock may go to.
std::int64_t most_provisioned(const Scenario& scenario, std::size_t service) {
  const Service& of = scenario.services[service];
  std::int64_t most = of.function.provisioned.value_or(0);
  const bool is_scaled = !of.fleet.policies.empty() || !of.fleet.scheduled.empty();
  if (is_scaled) most = std::max<std::int64_t>(most, of.fleet.max_size);
  for (const ScheduledAction& action : of.fleet.scheduled) {
    most = std::max<std::int64_t>({most, action.min.value_or(0), action.max.value_or(0)});
  }
  for (const Change& change : scenario.changes) {
    const bool raises =
        change.field == Change::Field::kProvisioned || change.field == Change::Field::kMaxSize;
    if (raises && change.service == service) most = std::max(most, change.value.value_or(0));
  }
  return most;
}

/// The most that may be alive of a function: what it has reserved, or the account's limit; and what
/// it ever has provisioned, which may become ready while others are idle.
std::int64_t most_environments(const Scenario& scenario, std::size_t service) {
  const std::optional<std::uint32_t> reserved = scenario.services[service].function.reserved;
  std::int64_t account = scenario.account.concurrency;
  bool may_be_unreserved = !reserved;
  for (const Change& change : scenario.changes) {
    if (change.field == Change::Field::kAccountConcurrency) {
      account = std::max(account, change.value.value_or(0));
    }
    const bool here = change.field == Change::Field::kReserved && change.service == service;
    may_be_unreserved |= here && !change.value;
  }
  // Changes never reserve more than at first.
  return most_provisioned(scenario, service) + (may_be_unreserved ? account : *reserved);
}

TEST_CASE(
    "I5: capacity in use is within its limits: environments, CPU, backlogs, desired numbers") {
  for_each_scenario([](const Scenario& scenario) {
    for (const WindowRow& row : replay_it(scenario).result.rows) {
      const Service& service = scenario.services[row.service];
      if (service.platform == Service::Platform::kFunction) {
        CHECK(row.running_max <= most_environments(scenario, row.service));
      } else if (service.platform == Service::Platform::kFleet) {
        CHECK(static_cast<std::int64_t>(row.cpu_busy) <=
              static_cast<std::int64_t>(row.cpu_available));
        if (service.fleet.backlog) {
          std::uint32_t backlog = *service.fleet.backlog;
          for (const Deployment& deployment : service.fleet.deployments) {
            backlog = std::max(backlog, deployment.backlog.value_or(0));
          }
          CHECK(row.queue_max <= row.running_max * backlog);
        }
      } else if (service.platform == Service::Platform::kExternal &&
                 service.external.refuses_when_full) {
        CHECK(row.queue_max == 0);
      }
      CHECK(row.queue_max <= static_cast<std::int64_t>(scenario.rows.size()) * 1'000);
    }
  });
}

TEST_CASE("I6: meters never fall: no window costs less than nothing") {
  for_each_scenario([](const Scenario& scenario) {
    for (const WindowRow& row : replay_it(scenario).result.rows) CHECK(row.cost >= 0);
  });
}

TEST_CASE("I7: the bill equals the timeline, service by service and to the last digit") {
  for_each_scenario([](const Scenario& scenario) {
    const Result result = replay_it(scenario).result;
    for (std::size_t i = 0; i < scenario.services.size(); ++i) {
      std::int64_t timeline = 0;
      for (const WindowRow& row : result.rows) timeline += row.service == i ? row.cost : 0;
      std::int64_t bill = 0;
      for (const BillRow& row : result.bill) {
        bill += row.service == scenario.services[i].name ? row.amount : 0;
      }
      CHECK(timeline == bill);
    }
  });
}

TEST_CASE("I8: the same scenario and seed have the same digest, and another seed has another") {
  for_each_scenario([](const Scenario& scenario) {
    const std::string digest = replay_it(scenario).digest;
    CHECK(replay_it(scenario).digest == digest);
    Scenario other = scenario;
    ++other.seed;
    CHECK(replay_it(other).digest != digest);
  });
}

TEST_CASE("I9: how many threads replay scenarios side by side does not matter") {
  const auto digests = [](std::uint32_t threads) {
    std::vector<std::string> found(200);
    sweep::parallel_for(found.size(), threads,
                        [&](std::size_t i) { found[i] = replay_it(random_scenario(i)).digest; });
    return found;
  };
  const std::vector<std::string> alone = digests(1);
  CHECK(digests(2) == alone);
  CHECK(digests(8) == alone);
}

}  // namespace
}  // namespace skyreplay::reference
