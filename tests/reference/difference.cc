#include <fmt/format.h>

#include <array>

#include "core/time.h"
#include "reference/both.h"
#include "reference/model/simulate.h"

namespace skyreplay::reference {
namespace {

/// In the order of Outcome, as timeline.csv and summary.json call them.
constexpr std::array<const char*, kOutcomes> kOutcomeNames = {
    "completions",     "errors",  "throttles",        "client timeouts",
    "server timeouts", "refused", "dependency errors"};

/// A result as lines of (what, value), in one order.
class Lines {
 public:
  Lines(const Scenario& scenario, const Result& result) : scenario_(scenario) {
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      add(fmt::format("in all, {}", kOutcomeNames[i]), result.ended[i]);
    }
    add("in flight at the end", result.in_flight_at_end);
    for (const WindowRow& row : result.rows) add(row);
    for (const Activity& a : result.activities) {
      add(fmt::format("activity at {} of {}: {}", at(a.time), name(a.service), a.kind),
          fmt::format("{} to {}", a.from, a.to));
    }
    for (const Meter& m : result.meters) add(m.service + " meter " + m.item, m.units);
    for (const BillRow& b : result.bill) {
      add(b.service + " bill " + b.item, fmt::format("{}: {} nano-USD", b.quantity, b.amount));
    }
    for (std::size_t i = 0; i < result.routes.size(); ++i) {
      add(fmt::format("route r{}", i), result.routes[i]);
    }
    for (std::size_t i = 0; i < result.services.size(); ++i) {
      add("span " + name(i), result.services[i]);
    }
    add("overall", result.overall);
    add("verdict", result.verdict);
  }

  std::vector<std::pair<std::string, std::string>> lines;

 private:
  template <typename T>
  void add(const std::string& what, const T& value) {
    lines.emplace_back(what, fmt::format("{}", value));
  }
  std::string name(std::size_t service) const { return scenario_.services[service].name; }
  static std::string at(Time time) { return fmt::format("{} ns", time.count()); }

  void add(const WindowRow& row) {
    const std::string of = fmt::format("window at {} of {}:", at(row.start), name(row.service));
    add(of, row.counts);
    const std::pair<const char*, Wide> integrals[] = {
        {"in_flight, requests x ns", row.in_flight},
        {"queue_depth, requests x ns", row.queue},
        {"capacity_running, units x ns", row.running},
        {"capacity_desired, units x ns", row.desired},
        {"capacity_pending, units x ns", row.pending},
        {"in_flight_max", row.in_flight_max},
        {"queue_depth_max", row.queue_max},
        {"capacity_running_max", row.running_max},
        {"CPU used, vCPU x ns", row.cpu_busy},
        {"CPU there was, vCPU x ns", row.cpu_available},
        {"cost, nano-USD", row.cost}};
    for (const auto& [what, value] : integrals) {
      add(of + " " + what, static_cast<std::int64_t>(value));
    }
    constexpr const char* kEvents[] = {"received",     "invoked",     "dropped",
                                       "dead letters", "age sum, us", "age max, us"};
    for (std::size_t i = 0; i < row.events.size(); ++i) {
      add(of + " events " + kEvents[i], row.events[i]);
    }
    constexpr const char* kProvisioned[] = {"invocations", "spill-overs",         "busy x ns",
                                            "ready x ns",  "most that were busy", "peak, 10^-6"};
    for (std::size_t i = 0; i < row.provisioned.size(); ++i) {
      add(of + " provisioned, " + kProvisioned[i], row.provisioned[i]);
    }
    constexpr const char* kMemory[] = {"used, MiB x ns", "there, MiB x ns", "tasks killed"};
    for (std::size_t i = 0; i < row.memory.size(); ++i) {
      add(of + " memory, " + kMemory[i], row.memory[i]);
    }
    constexpr const char* kReservation[] = {"CPU units x ms", "CPU units x ms there", "MiB x ms",
                                            "MiB x ms there"};
    for (std::size_t i = 0; i < row.reservation.size(); ++i) {
      add(of + " reserved, " + kReservation[i], row.reservation[i]);
    }
    constexpr const char* kFunction[] = {"invocations",
                                         "ended",
                                         "duration sum, us",
                                         "duration max, us",
                                         "errors",
                                         "throttles",
                                         "ConcurrentExecutions",
                                         "ConcurrentExecutions of the account",
                                         "UnreservedConcurrentExecutions",
                                         "ClaimedAccountConcurrency",
                                         "loops stopped"};
    for (std::size_t i = 0; i < row.function.size(); ++i) {
      add(of + " function, " + kFunction[i], row.function[i]);
    }
  }

  void add(const std::string& of, const Counts& counts) {
    add(of + " arrivals", counts.arrivals);
    add(of + " calls", counts.calls);
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      add(fmt::format("{} {}", of, kOutcomeNames[i]), counts.outcomes[i]);
    }
    add(of + " attempts", counts.attempts);
    add(of + " cold starts", counts.cold_starts);
    add(of, counts.parts);
    add(of + " latency_max, ns", counts.latency_max.count());
    for (const auto& [bucket, n] : counts.latency) add(fmt::format("{} latency {}", of, bucket), n);
    for (const auto& [bucket, n] : counts.overhead) {
      add(fmt::format("{} overhead {}", of, bucket), n);
    }
    for (const auto& [octave, sums] : counts.octaves) {
      add(fmt::format("{} octave {}", of, octave), sums.first);
      add(fmt::format("{} octave {}", of, octave), sums.second);
    }
  }

  void add(const std::string& of, const Parts& p) {
    const std::pair<const char*, Time> parts[] = {
        {"queue", p.queue}, {"init", p.init},
        {"work", p.work},   {"cpu_stretch", p.cpu_stretch},
        {"wait", p.wait},   {"downstream", p.downstream},
        {"retry", p.retry}};
    for (const auto& [part, time] : parts) add(fmt::format("{} {}, ns", of, part), time.count());
  }

  const Scenario& scenario_;
};

}  // namespace

std::string difference(const Scenario& scenario, const Result& replayed, const Result& reference) {
  const Lines a(scenario, replayed);
  const Lines b(scenario, reference);
  for (std::size_t i = 0; i < std::max(a.lines.size(), b.lines.size()); ++i) {
    const std::pair<std::string, std::string> none{"nothing", ""};
    const auto& left = i < a.lines.size() ? a.lines[i] : none;
    const auto& right = i < b.lines.size() ? b.lines[i] : none;
    if (left == right) continue;
    return fmt::format("skyreplay has {} = {}\nreference has {} = {}\n", left.first, left.second,
                       right.first, right.second);
  }
  return "";
}

std::string report(std::uint64_t number, const Scenario& scenario, Mutation mutation) {
  const Scenario small = shrunk(scenario, mutation);
  std::string text = fmt::format(
      "random scenario {0} (SKYREPLAY_SCENARIO={0} reference_tests runs it alone)\n{1}"
      "made smaller:\n{2}{3}",
      number, difference(scenario, replay_it(scenario).result, simulate(scenario, mutation)),
      difference(small, replay_it(small).result, simulate(small, mutation)), to_yaml(small));
  text += fmt::format("trace from {} to {} ns{}\n", small.start.count(), small.end.count(),
                      small.one_duration ? ", one duration" : "");
  for (const Row& row : small.rows) {
    text += fmt::format("  {} ns: r{}, work {} ns, wait {} ns, {} B in, {} B out\n",
                        row.arrival.count(), row.route, row.work.count(), row.wait.count(),
                        row.bytes_in, row.bytes_out);
  }
  return text;
}

}  // namespace skyreplay::reference
