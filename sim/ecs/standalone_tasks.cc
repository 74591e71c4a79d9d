#include "ecs/standalone_tasks.h"

namespace skyreplay::ecs {

using workload::Admission;

std::uint32_t StandaloneTasks::add(const StandaloneTaskConfig& config,
                                   const StandaloneTaskBilling& billing) {
  const auto draws = [&](const char* purpose) { return RandomStream(seed_, config.name, purpose); };
  units_.push_back({.config = config,
                    .meter = {billing.catalogue,
                              config.task,
                              billing.region,
                              {billing.start, kEndOfTime},
                              billing.meters},
                    .infrastructure = draws("infrastructure_time"),
                    .container = draws("container_start"),
                    .application = draws("application_start"),
                    .rate = {config.launch_burst, config.launch_rate, loop_.now()},
                    .pending = {},
                    .queue = {}});
  recorder_.always(config.service);
  return static_cast<std::uint32_t>(units_.size() - 1);
}

void StandaloneTasks::set_max_concurrent_tasks(std::uint32_t unit,
                                               std::optional<std::uint32_t> limit) {
  units_[unit].config.max_concurrent_tasks = limit;
  launch_waiting(unit);
}

// --- Coming

workload::Admitted StandaloneTasks::admit(std::uint32_t unit_index, std::uint32_t index,
                                          workload::Request& request) {
  Unit& unit = units_[unit_index];
  request.place = workload::Place::kNone;
  if (unit.head == unit.queue.size() && may_launch(unit_index)) {
    launch(unit_index, index);
  } else {
    request.second_line();
    unit.queue.push_back(index);
    recorder_.queue_enter(unit.config.service, loop_.now());
  }
  return {Admission::kAccepted, kEndOfTime};
}

/// C49, C113, C114. Where only a token is missing, comes back when there is one.
bool StandaloneTasks::may_launch(std::uint32_t unit_index) {
  Unit& unit = units_[unit_index];
  if (!has_place(unit)) return false;
  if (unit.rate.may_launch(loop_.now())) return true;
  if (!unit.waits_for_token) schedule(unit.rate.next(), kMayLaunch, unit_index, 0);
  unit.waits_for_token = true;
  return false;
}

void StandaloneTasks::launch(std::uint32_t unit_index, std::uint32_t index) {
  Unit& unit = units_[unit_index];
  unit.rate.launch();
  workload::Request& request = clients_->request(index);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(tasks_.size()));
    tasks_.emplace_back();
  }
  request.place = free_.back();
  free_.pop_back();
  tasks_[request.place] = {.ordinal = unit.created++};
  ++unit.there;
  ++unit.starting;
  unit.pending.enter(since_window());
  const auto drawn = [&](const Distribution& law, const RandomStream& stream) {
    RandomEngine draw = stream.at(request.row, request.attempts, request.call_path());
    return law.sample(draw);
  };
  const TaskStart& start = unit.config.start;
  const Duration infrastructure = drawn(start.infrastructure_time, unit.infrastructure);
  const Duration runs =
      infrastructure + start.pull_time + drawn(start.container_start, unit.container);
  request.init = runs + drawn(start.application_start, unit.application);
  schedule(loop_.now() + infrastructure, kPulls, unit_index, index);
  schedule(loop_.now() + runs, kRuns, unit_index, index);
  const Duration work{static_cast<std::int64_t>(
      static_cast<double>(request.work.count()) * (1 / unit.config.rate) + 0.5)};
  schedule(loop_.now() + request.init + work, kWorked, unit_index, index);
}

void StandaloneTasks::launch_waiting(std::uint32_t unit_index) {
  Unit& unit = units_[unit_index];
  while (unit.head < unit.queue.size() && may_launch(unit_index)) {
    const std::uint32_t next = unit.queue[unit.head++];
    recorder_.queue_leave(unit.config.service, loop_.now());
    workload::Request& request = clients_->request(next);
    request.spent_queueing(loop_.now() - request.attempt);
    launch(unit_index, next);
  }
  if (unit.head * 2 > unit.queue.size()) {
    unit.queue.erase(unit.queue.begin(),
                     unit.queue.begin() + static_cast<std::ptrdiff_t>(unit.head));
    unit.head = 0;
  }
}

// --- Running

void StandaloneTasks::runs(std::uint32_t unit_index, std::uint32_t index) {
  Unit& unit = units_[unit_index];
  tasks_[clients_->request(index).place].runs = true;
  --unit.starting;
  unit.pending.leave(since_window());
  recorder_.capacity_up(unit.config.service, loop_.now());
}

void StandaloneTasks::fire(const kernel::Event& event) {
  const std::uint32_t index = event.payload;
  Unit& unit = units_[event.tag];
  switch (event.kind) {
    case kPulls:
      tasks_[clients_->request(index).place].billed = unit.meter.start(loop_.now());
      break;
    case kRuns:
      runs(event.tag, index);
      break;
    case kWorked:
      if (unit.config.calls) return calls_->begin(*unit.config.calls, index);
      resume(event.tag, index, workload::Called::kWell);
      break;
    case kDone:
      stop(event.tag, index, metrics::Outcome::kCompleted);
      break;
    default:
      unit.waits_for_token = false;
      launch_waiting(event.tag);
  }
}

void StandaloneTasks::resume(std::uint32_t unit, std::uint32_t index, workload::Called called) {
  if (called == workload::Called::kFailed) {
    return stop(unit, index, metrics::Outcome::kDependency);
  }
  schedule(loop_.now() + clients_->request(index).wait, kDone, unit, index);
}

void StandaloneTasks::stop(std::uint32_t unit_index, std::uint32_t index,
                           metrics::Outcome outcome) {
  Unit& unit = units_[unit_index];
  const std::uint32_t place = clients_->request(index).place;
  unit.meter.end(tasks_[place].billed, loop_.now());
  recorder_.capacity_down(unit.config.service, loop_.now());
  --unit.there;
  launch_waiting(unit_index);
  clients_->answer(index, outcome);
  free_.push_back(place);  // whoever is told of the answer asks for its task
}

// --- What others ask

workload::Place StandaloneTasks::place_of(std::uint32_t, const workload::Request& request) const {
  if (request.place == workload::Place::kNone) return {};
  return {.ordinal = tasks_[request.place].ordinal, .init = request.init, .before_billing = {}};
}

workload::Standing StandaloneTasks::standing(std::uint32_t unit_index) const {
  const Unit& unit = units_[unit_index];
  const auto queued = static_cast<std::uint32_t>(unit.queue.size() - unit.head);
  return {.in_flight = unit.there + queued,
          .queued = queued,
          .capacity = unit.there - unit.starting,
          .pending = unit.starting};
}

void StandaloneTasks::complete(std::uint32_t unit, const metrics::Window& window,
                               metrics::WindowRow& row) {
  row.capacity_pending_ns = units_[unit].pending.close((window.end - window.start).count());
}

void StandaloneTasks::read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) {
  units_[unit].meter.read(until, meters);
}

}  // namespace skyreplay::ecs
