#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ecs/standalone_tasks.h"

// Jobs whose tasks are on the container instances of a cluster.

namespace skyreplay::ecs {

void StandaloneTasks::put_on(std::uint32_t unit, Cluster& cluster, const ClusterJobsConfig& config,
                             pricing::Meters& meters) {
  units_[unit].host = std::make_unique<ClusterJobs>(cluster, *this, unit, config, meters);
}

// --- Room

/// Whatever a job is tried again for, its draw is the same.
std::optional<std::uint32_t> StandaloneTasks::place_on_cluster(Unit& unit, std::uint32_t kind,
                                                               const workload::Request& request) {
  RandomEngine draw = unit.placement.at(request.row, request.attempts, request.call_path());
  return unit.host->place(kind, draw());
}

/// What RunTask does (C70, C89), and whoever called it (C117). One that fails takes no token.
StandaloneTasks::Start StandaloneTasks::launch_on_cluster(std::uint32_t unit_index,
                                                          std::uint32_t index) {
  Unit& unit = units_[unit_index];
  const std::uint32_t kind = unit.config.mix.next(unit.of_kind);  // C71: whose room there must be
  const auto instance = place_on_cluster(unit, kind, clients_->request(index));
  const bool waits = !instance && unit.host->may_provision(kind);
  if (unit.host->has_become_full()) {
    note(unit, "placement",
         fmt::format("(family {}) RunTask found no container instance that met all of its "
                     "requirements: {}",
                     unit.config.name.substr(std::string_view("services.").size()),
                     waits                        ? "tasks wait in PROVISIONING"
                     : unit.host->config().queues ? "jobs wait in line"
                                                  : "jobs are refused"));
  }
  if (!instance && !waits) return unit.host->config().queues ? Start::kFull : Start::kRefused;
  unit.rate.launch();
  const std::uint32_t place = make_task(unit_index, index);
  if (!instance) {
    provision(place);
    return Start::kLaunched;
  }
  tasks_[place].instance = *instance;
  begin(place);
  return Start::kLaunched;
}

/// C89.
void StandaloneTasks::provision(std::uint32_t place) {
  Unit& unit = units_[tasks_[place].unit];
  workload::Request& request = clients_->request(tasks_[place].request).second_line();
  unit.host->provisioning().push_back(place);
  recorder_.queue_enter(unit.config.service, loop_.now());
  RandomEngine draw = unit.provisioning.at(request.row, request.attempts, request.call_path());
  const Duration timeout = unit.host->config().provisioning_timeout.sample(draw);
  if (timeout < kEndOfTime - loop_.now()) schedule(loop_.now() + timeout, kGivenUp, place);
}

void StandaloneTasks::leave_provisioning(std::uint32_t place) {
  Unit& unit = units_[tasks_[place].unit];
  std::erase(unit.host->provisioning(), place);
  recorder_.queue_leave(unit.config.service, loop_.now());
}

void StandaloneTasks::give_up(std::uint32_t place) {
  Unit& unit = units_[tasks_[place].unit];
  workload::Request& request = clients_->request(tasks_[place].request);
  request.spent_queueing(loop_.now() - request.attempt);
  leave_provisioning(place);
  note(unit, "terminate",
       fmt::format("task {}: STOPPED in PROVISIONING, as there was no room for it",
                   tasks_[place].ordinal));
  unit.host->line_moves();
  stop(place, metrics::Outcome::kError);
}

/// First come, first served of those on one provider.
void StandaloneTasks::room_appears(std::uint32_t unit_index) {
  Unit& unit = units_[unit_index];
  std::vector<bool> is_full(unit.of_kind.size(), false);
  for (std::size_t i = 0; i < unit.host->provisioning().size();) {
    const std::uint32_t place = unit.host->provisioning()[i];
    const std::uint32_t kind = tasks_[place].kind;
    const auto instance =
        is_full[kind] ? std::nullopt
                      : place_on_cluster(unit, kind, clients_->request(tasks_[place].request));
    if (!instance) {
      is_full[kind] = true;
      ++i;
      continue;
    }
    leave_provisioning(place);
    tasks_[place].instance = *instance;
    begin(place);
  }
  launch_waiting(unit_index);
}

// --- Instances that are gone

/// All tasks are before anybody is told: whoever hears may start another job.
void StandaloneTasks::lose_tasks_on(std::uint32_t unit_index,
                                    const std::vector<std::uint32_t>& instances) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> lost;  // by ordinal
  for (std::uint32_t place = 0; place < tasks_.size(); ++place) {
    const Task& task = tasks_[place];
    const bool is_there = std::ranges::find(instances, task.instance) != instances.end();
    if (task.lives && task.unit == unit_index && is_there) lost.emplace_back(task.ordinal, place);
  }
  std::sort(lost.begin(), lost.end());
  for (const auto& [ordinal, place] : lost) {
    note(units_[unit_index], "terminate",
         fmt::format("task {}: its container instance is gone", ordinal));
    end(place);
  }
  for (const auto& [ordinal, place] : lost) {
    clients_->answer(tasks_[place].request, metrics::Outcome::kError);
    free_.push_back(place);
  }
}

}  // namespace skyreplay::ecs
