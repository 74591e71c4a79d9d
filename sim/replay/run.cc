#include "replay/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/check.h"
#include "core/stop.h"
#include "kernel/loop.h"
#include "metrics/recorder.h"
#include "replay/faults.h"
#include "replay/models.h"
#include "replay/operations.h"
#include "replay/result_writer.h"
#include "replay/summarize.h"
#include "replay/timed_steps.h"
#include "replay/window_costs.h"
#include "scaling/recurrence.h"
#include "scenario/hosts.h"
#include "scenario/wiring.h"
#include "workload/clients.h"

namespace skyreplay::replay {
namespace {

constexpr std::uint64_t kRowsPerProgress = 65'536;
constexpr std::uint64_t kWindowsPerProgress = 1'024;
/// How many arrivals ahead a function's records are fetched into cache.
constexpr std::size_t kLookAhead = 8;

Duration to_duration(const proto::Duration& duration) { return Duration{duration.ns()}; }

std::vector<std::string> names_of(const scenario::Wiring& wiring) {
  std::vector<std::string> names;
  for (const scenario::ConcreteService& service : wiring.services) names.push_back(service.name);
  return names;
}

bool has_time_zones(const proto::Scenario& scenario) {
  const auto has_one = [](const proto::AutoScalingGroup& group) {
    const auto& actions = group.scheduled_actions();
    return std::any_of(actions.begin(), actions.end(),
                       [](const auto& action) { return action.has_time_zone(); });
  };
  return std::any_of(scenario.services().begin(), scenario.services().end(),
                     [&](const auto& service) { return has_one(service.second.ec2()); }) ||
         std::ranges::any_of(scenario::all_hosts(scenario),
                             [&](const auto& hosts) { return has_one(*hosts.second.group); });
}

ResultHeader header_of(const scenario::Scenario& scenario, const scenario::Wiring& wiring,
                       const trace::TraceInfo& trace, const Provenance& provenance) {
  const proto::Scenario& message = scenario.message();
  ResultHeader header;
  header.scenario_name = message.name();
  header.scenario_text = scenario.replayed_yaml();
  header.scenario_digest = scenario.digest();
  header.trace_digest = trace.digest;
  header.seed = message.seed();
  header.start = trace.start;
  header.end = trace.end;
  header.window = to_duration(message.recorder().window());
  header.warm_up = to_duration(message.recorder().warm_up());
  header.drain = to_duration(message.drain());
  header.provenance = provenance;
  if (has_time_zones(message)) header.provenance.tzdata = scaling::time_zone_version();
  header.services = service_headers({message, wiring, trace});
  for (std::size_t i = 0; i < trace.routes.size(); ++i) {
    header.routes.push_back({trace.routes[i].name, wiring.route_to_service[i]});
  }
  return header;
}

workload::ClientPolicy client_policy(const proto::Client& client) {
  workload::ClientPolicy policy;
  if (client.has_timeout()) policy.timeout = to_duration(client.timeout());
  policy.max_attempts = client.max_attempts();
  policy.backoff_base = to_duration(client.backoff().base());
  policy.backoff_cap = to_duration(client.backoff().cap());
  policy.jitter = client.backoff().jitter() == proto::Backoff::NONE
                      ? workload::ClientPolicy::Jitter::kNone
                      : workload::ClientPolicy::Jitter::kFull;
  return policy;
}

/// Everything of one run, wired; play() runs it.
class Run {
 public:
  Run(const scenario::Scenario& scenario, trace::Source& source, const RunSettings& settings)
      : scenario_(scenario),
        message_(scenario.message()),
        source_(source),
        settings_(settings),
        trace_(source.info()),
        wiring_(scenario::expand(scenario, trace_)),
        names_(names_of(wiring_)),
        writer_(settings.result, header_of(scenario, wiring_, trace_, settings.provenance)),
        costs_(names_, writer_, trace_.start, trace_.end),
        loop_(trace_.start),
        recorder_(services_of_flows(inputs()), static_cast<std::uint32_t>(names_.size()),
                  trace_.start, costs_, static_cast<std::uint32_t>(trace_.routes.size())),
        models_(inputs(), loop_, recorder_),
        faults_(message_, wiring_, models_),
        clients_(loop_, recorder_, models_.flows(), client_policy(message_.workload().client()),
                 message_.seed(), trace_.start + to_duration(message_.recorder().warm_up())),
        calls_(loop_, recorder_, clients_, message_.seed()),
        window_(to_duration(message_.recorder().window())),
        steps_(timed_steps(scenario, trace_.start)) {
    models_.connect(clients_, calls_);
    if (settings.watcher != nullptr) clients_.watch(*settings.watcher);
    costs_.bill(models_);
    check_context().seed = message_.seed();
    const Duration since_epoch = trace_.start.time_since_epoch();
    boundary_ = TimePoint{since_epoch - since_epoch % window_ + window_};
    next_stop_ = std::min(boundary_, next_step());
  }

  std::string play() {
    if (settings_.watcher != nullptr) {
      replay_arrivals<true, true>();
    } else if (trace_.has_bytes) {
      replay_arrivals<false, true>();
    } else {
      replay_arrivals<false, false>();
    }
    if (!is_wanted()) return {};
    drain();
    return finish();
  }

 private:
  ModelInputs inputs() const { return {message_, wiring_, trace_}; }

  /// Closes the windows that end at or before `time` and takes the steps due by then, in order.
  void reach(TimePoint time) {
    while (time >= next_stop_) [[unlikely]] {
      boundary_ <= next_step() ? close_window() : take_step();
      next_stop_ = std::min(boundary_, next_step());
    }
  }
  /// Everything before `boundary_` happens, then its window closes.
  void close_window() {
    advance(boundary_ - Duration{1});
    recorder_.close_window(boundary_);
    boundary_ += window_;
    if (++windows_closed_ % kWindowsPerProgress == 0) tell_progress();
  }
  TimePoint next_step() const {
    return steps_taken_ == steps_.size() ? kEndOfTime : steps_[steps_taken_].at;
  }
  /// Events at the instant of a step come before it, arrivals after it.
  void take_step() {
    const TimedStep& step = steps_[steps_taken_++];
    advance(step.at);
    switch (step.kind) {
      case TimedStep::Kind::kChange:
        return make_change(scenario_.changes()[step.index]);
      case TimedStep::Kind::kOperation:
        return operate(message_.operations(static_cast<int>(step.index)), wiring_, models_);
      case TimedStep::Kind::kFaultEnds:
        return faults_.end(step.index);
      case TimedStep::Kind::kFaultBegins:
        return faults_.begin(step.index);
    }
  }
  void make_change(const scenario::TimedChange& change) {
    models_.change(*change.after, scenario::expand(*change.after, scenario_.filename(), trace_),
                   change.field,
                   fmt::format("changes: {} is {} from now on", change.field, change.value));
    clients_.change(client_policy(change.after->workload().client()));
  }
  void advance(TimePoint time) {
    loop_.advance(time);
    check_context().simulated_time_ns = time.time_since_epoch().count();
  }
  void tell_progress() {
    throw_if_stopped();
    if (settings_.progress) {
      settings_.progress({loop_.now(), trace_.start, trace_.end, clients_.arrivals()});
    }
  }

  bool is_wanted() const { return settings_.watcher == nullptr || settings_.watcher->wants_more(); }

  /// Bytes of requests are looked for where `MayHaveBytes`.
  template <bool Watching, bool MayHaveBytes>
  [[gnu::noinline]] void replay_arrivals() {
    const bool has_bytes = MayHaveBytes && trace_.has_bytes;
    const bool looks_ahead = clients_.profits_from_expecting();
    std::uint64_t untold = kRowsPerProgress;  // also once at the start
    for (trace::Batch batch = source_.next(); batch.size > 0; batch = source_.next()) {
      for (std::size_t i = 0; i < batch.size; ++i) {
        const TimePoint arrival{Duration{batch.arrival_ns[i]}};
        reach(arrival);
        if (looks_ahead && i + 2 * kLookAhead < batch.size) {
          clients_.expect_flow(batch.route[i + 2 * kLookAhead]);
          clients_.expect_arrival(batch.route[i + kLookAhead]);
        }
        loop_.advance(arrival);
        const workload::Bytes bytes =
            has_bytes ? workload::Bytes{batch.bytes_in[i], batch.bytes_out[i]} : workload::Bytes{};
        clients_.arrive<Watching>(batch.first_row + i, batch.route[i], Duration{batch.work_ns[i]},
                                  Duration{batch.wait_ns[i]}, bytes);
      }
      if constexpr (Watching) {
        if (!is_wanted()) return;
      }
      untold += batch.size;
      if (untold >= kRowsPerProgress) {
        untold = 0;
        tell_progress();
      }
    }
  }

  /// The rest of the span, then whole windows until nothing is in flight, at most `drain` long.
  void drain() {
    const TimePoint limit = trace_.end + to_duration(message_.drain());
    const auto busy = [this] { return clients_.requests().live() > 0; };
    // The last window stays open: what runs when the books close is billed in it.
    while (boundary_ < trace_.end || (busy() && boundary_ < limit)) reach(boundary_);
    end_ = busy() ? limit : std::max(trace_.end, recorder_.window_start());
    if (end_ > recorder_.window_start()) {
      reach(end_ - Duration{1});
      advance(end_ - Duration{1});
    }
    models_.finish(end_);
    if (end_ > recorder_.window_start()) recorder_.close_window(end_);
  }

  std::string finish() {
    writer_.bill(costs_.ledger().rows());
    write_summary({.names = names_,
                   .trace = trace_,
                   .wiring = wiring_,
                   .scenario = message_,
                   .clients = clients_,
                   .recorder = recorder_,
                   .costs = costs_,
                   .notes = notes()},
                  writer_);
    return writer_.commit();
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes = models_.notes();
    note_left(TimedStep::Kind::kChange, scenario_.changes().size(), "timed changes", notes);
    note_left(TimedStep::Kind::kOperation, static_cast<std::size_t>(message_.operations_size()),
              "operations", notes);
    note_left(TimedStep::Kind::kFaultBegins, static_cast<std::size_t>(message_.faults_size()),
              "faults", notes);
    return notes;
  }

  void note_left(TimedStep::Kind kind, std::size_t all, const char* what,
                 std::vector<std::string>& notes) const {
    const auto left =
        std::count_if(steps_.begin() + static_cast<std::ptrdiff_t>(steps_taken_), steps_.end(),
                      [kind](const TimedStep& step) { return step.kind == kind; });
    if (left == 0) return;
    notes.push_back(fmt::format("{} of the {} {} lie after the end of the run", left, all, what));
  }

  const scenario::Scenario& scenario_;
  const proto::Scenario& message_;
  trace::Source& source_;
  const RunSettings& settings_;
  const trace::TraceInfo& trace_;
  scenario::Wiring wiring_;
  std::vector<std::string> names_;
  ResultWriter writer_;
  WindowCosts costs_;
  kernel::Loop loop_;
  metrics::Recorder recorder_;
  Models models_;
  Faults faults_;
  workload::Clients clients_;
  workload::Calls calls_;
  Duration window_;
  TimePoint boundary_;   ///< end of the window in hand
  TimePoint next_stop_;  ///< that, or the next step if it comes before
  std::vector<TimedStep> steps_;
  std::size_t steps_taken_ = 0;
  TimePoint end_;
  std::uint64_t windows_closed_ = 0;
};

}  // namespace

std::string run(const scenario::Scenario& scenario, trace::Source& source,
                const RunSettings& settings) {
  Run run(scenario, source, settings);
  return run.play();
}

}  // namespace skyreplay::replay
