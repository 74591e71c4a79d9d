#include "ecs/standalone_tasks.h"

#include <fmt/format.h>

#include <utility>

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
                              billing.meters,
                              config.purchase},
                    .infrastructure = draws("infrastructure_time"),
                    .container = draws("container_start"),
                    .application = draws("application_start"),
                    .interruption = draws("time_to_interruption"),
                    .placement = draws("placement"),
                    .provisioning = draws("provisioning_timeout"),
                    .rate = {config.launch_burst, config.launch_rate, loop_.now()},
                    .of_kind = std::vector<std::uint32_t>(config.mix.kinds(), 0),
                    .pending = {},
                    .queue = {}});
  recorder_.always(config.service);
  const auto unit = static_cast<std::uint32_t>(units_.size() - 1);
  if (config.launches != nullptr) {
    units_.back().launcher = config.launches->join([this, unit] { launch_waiting(unit); });
  }
  return unit;
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
    const Start start = launch(unit_index, index);
    if (start == Start::kRefused) return {Admission::kRefused, {}};
    if (start == Start::kLaunched) return {Admission::kAccepted, kEndOfTime};
  }
  request.second_line();
  unit.queue.push_back(index);
  recorder_.queue_enter(unit.config.service, loop_.now());
  return {Admission::kAccepted, kEndOfTime};
}

/// C49, C113, C114. Where only a token is missing, comes back when there is one.
bool StandaloneTasks::may_launch(std::uint32_t unit_index) {
  Unit& unit = units_[unit_index];
  if (!has_place(unit)) return false;
  if (unit.rate.may_launch(loop_.now())) {
    return unit.config.launches == nullptr ||
           unit.config.launches->may_launch(unit.launcher, next_is_spot(unit));
  }
  if (!unit.waits_for_token) loop_.schedule(unit.rate.next(), process_, kMayLaunch, unit_index);
  unit.waits_for_token = true;
  return false;
}

std::uint32_t StandaloneTasks::make_task(std::uint32_t unit_index, std::uint32_t index) {
  Unit& unit = units_[unit_index];
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(tasks_.size()));
    tasks_.emplace_back();
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  tasks_[place] = {.ordinal = unit.created++,
                   .unit = unit_index,
                   .request = index,
                   .kind = unit.config.mix.next(unit.of_kind),
                   .serial = created_++,
                   .lives = true};
  ++unit.of_kind[tasks_[place].kind];
  ++unit.there;
  ++unit.starting;
  unit.pending.enter(since_window());
  clients_->request(index).place = place;
  return place;
}

StandaloneTasks::Start StandaloneTasks::launch(std::uint32_t unit_index, std::uint32_t index) {
  Unit& unit = units_[unit_index];
  if (unit.host) return launch_on_cluster(unit_index, index);
  unit.rate.launch();
  if (unit.config.launches != nullptr) unit.config.launches->launch(next_is_spot(unit));
  begin(make_task(unit_index, index));
  return Start::kLaunched;
}

/// From the launch on.
Duration StandaloneTasks::pulled(const Task& task, Duration infrastructure) const {
  const Unit& unit = units_[task.unit];
  const Duration pull = unit.config.start.pull_time;
  if (!unit.host) return infrastructure + pull;
  return unit.host->pulled(task.instance, loop_.now() + infrastructure, pull) - loop_.now();
}

/// C35.
void StandaloneTasks::begin(std::uint32_t place) {
  const Task& task = tasks_[place];
  const Unit& unit = units_[task.unit];
  workload::Request& request = clients_->request(task.request);
  if (loop_.now() > request.attempt) request.spent_queueing(loop_.now() - request.attempt);
  const auto drawn = [&](const Distribution& law, const RandomStream& stream) {
    RandomEngine draw = stream.at(request.row, request.attempts, request.call_path());
    return law.sample(draw);
  };
  const TaskStart& start = unit.config.start;
  const Duration infrastructure = drawn(start.infrastructure_time, unit.infrastructure);
  const Duration runs = pulled(task, infrastructure) + drawn(start.container_start, unit.container);
  request.init = runs + drawn(start.application_start, unit.application);
  if (!unit.host) schedule(loop_.now() + infrastructure, kPulls, place);
  schedule(loop_.now() + runs, kRuns, place);
  const double rate = unit.config.rate * (unit.host ? unit.host->speed(task.instance) : 1);
  const Duration work{
      static_cast<std::int64_t>(static_cast<double>(request.work.count()) * (1 / rate) + 0.5)};
  schedule(loop_.now() + request.init + work, kWorked, place);
}

void StandaloneTasks::launch_waiting(std::uint32_t unit_index) {
  Unit& unit = units_[unit_index];
  while (unit.head < unit.queue.size() && may_launch(unit_index)) {
    const std::uint32_t next = unit.queue[unit.head];
    recorder_.queue_leave(unit.config.service, loop_.now());
    const Start start = launch(unit_index, next);
    if (start == Start::kFull) {
      recorder_.queue_enter(unit.config.service, loop_.now());
      break;
    }
    ++unit.head;
    if (start == Start::kRefused) clients_->answer(next, metrics::Outcome::kRefused);
  }
  if (unit.head * 2 > unit.queue.size()) {
    unit.queue.erase(unit.queue.begin(),
                     unit.queue.begin() + static_cast<std::ptrdiff_t>(unit.head));
    unit.head = 0;
  }
}

// --- Running

void StandaloneTasks::runs(std::uint32_t place) {
  Task& task = tasks_[place];
  Unit& unit = units_[task.unit];
  task.runs = true;
  --unit.starting;
  unit.pending.leave(since_window());
  recorder_.capacity_up(unit.config.service, loop_.now());
  if (!is_spot(task)) return;
  const workload::Request& request = clients_->request(task.request);
  RandomEngine draw = unit.interruption.at(request.row, request.attempts, request.call_path());
  const Duration time = unit.config.time_to_interruption.sample(draw);
  if (time < kEndOfTime - loop_.now()) schedule(loop_.now() + time, kInterrupted, place);
}

void StandaloneTasks::fire(const kernel::Event& event) {
  if (event.kind == kMayLaunch) {
    units_[event.payload].waits_for_token = false;
    return launch_waiting(event.payload);
  }
  const std::uint32_t place = event.payload;
  Task& task = tasks_[place];
  if (!task.lives || task.serial != event.tag) return;  // it has been stopped
  Unit& unit = units_[task.unit];
  switch (event.kind) {
    case kPulls:
      task.billed = unit.meter.start(loop_.now(), is_spot(task));
      break;
    case kRuns:
      runs(place);
      break;
    case kWorked:
      if (unit.config.calls) return calls_->begin(*unit.config.calls, task.request);
      resume(task.unit, task.request, workload::Called::kWell);
      break;
    case kDone:
      stop(place, metrics::Outcome::kCompleted);
      break;
    case kInterrupted:
      interrupt(place);
      break;
    case kGivenUp:
      if (task.instance == ClusterJobs::kNowhere) give_up(place);
      break;
    default:  // kKilled
      stop(place, metrics::Outcome::kError);
  }
}

void StandaloneTasks::note(const Unit& unit, const char* kind, std::string cause) {
  activities_.push_back({.time = loop_.now(),
                         .service = unit.config.service,
                         .kind = kind,
                         .cause = std::move(cause),
                         .from = std::nullopt,
                         .to = std::nullopt});
}

/// C74, in AWS's words.
void StandaloneTasks::interrupt(std::uint32_t place) {
  const Unit& unit = units_[tasks_[place].unit];
  note(unit, "spot", fmt::format("task {}: SpotInterruption, SIGTERM", tasks_[place].ordinal));
  schedule(loop_.now() + unit.config.stop_timeout, kKilled, place);
}

void StandaloneTasks::resume(std::uint32_t, std::uint32_t index, workload::Called called) {
  const workload::Request& request = clients_->request(index);
  if (called == workload::Called::kFailed) {
    return stop(request.place, metrics::Outcome::kDependency);
  }
  schedule(loop_.now() + request.wait, kDone, request.place);
}

void StandaloneTasks::stop(std::uint32_t place, metrics::Outcome outcome) {
  const std::uint32_t unit = tasks_[place].unit;
  const std::uint32_t index = tasks_[place].request;
  end(place);
  if (!units_[unit].host) launch_waiting(unit);  // on a cluster when it says that there is room
  clients_->answer(index, outcome);
  free_.push_back(place);  // whoever is told of the answer asks for its task
}

void StandaloneTasks::end(std::uint32_t place) {
  Task& task = tasks_[place];
  Unit& unit = units_[task.unit];
  if (task.runs) {
    recorder_.capacity_down(unit.config.service, loop_.now());
  } else {
    --unit.starting;
    unit.pending.leave(since_window());
  }
  --unit.of_kind[task.kind];
  --unit.there;
  task.lives = false;
  if (!unit.host) return unit.meter.end(task.billed, loop_.now(), is_spot(task));
  // It is nowhere from here on: its instance may end with it, and has no task to take along.
  const std::uint32_t instance = std::exchange(task.instance, ClusterJobs::kNowhere);
  if (instance != ClusterJobs::kNowhere) unit.host->free(instance);
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
  if (units_[unit].host) return units_[unit].host->read_meters(until, meters);
  units_[unit].meter.read(until, meters);
}

void StandaloneTasks::take_activities(std::vector<workload::Activity>& activities) {
  activities.insert(activities.end(), activities_.begin(), activities_.end());
  activities_.clear();
}

}  // namespace skyreplay::ecs
