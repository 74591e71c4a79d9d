// Containers of tasks that exit, and are restarted or not (docs/models.md, C6, C7).
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

void FleetService::start_containers(std::size_t index) {
  if (!fleet().fargate || !may_change(fleet())) return;
  members_[index].containers.assign(fleet().containers.size(), {});
  members_[index].is_never_ready = members_[index].ready == Time::max();
  for (std::size_t i = 0; i < fleet().containers.size(); ++i) start_container(index, i);
}

void FleetService::start_container(std::size_t index, std::size_t container) {
  Member::Run& run = members_[index].containers[container];
  run.runs = true;
  run.since = world_.now();
  const std::uint64_t plan = ++run.plan;
  const Container& is = fleet().containers[container];
  if (!is.exits) return;
  const std::string entity =
      world_.entity(service_) + ".container_definitions.c" + std::to_string(container);
  const Time time = sample(*is.exits, world_.bits(entity, "time_to_exit", index, run.starts));
  if (time >= Time::max() - world_.now()) return;
  world_.calendar.plan(world_.now() + time, [this, index, container, plan] {
    const Member& task = members_[index];
    const bool is_there =
        task.state == Member::State::kInService || task.state == Member::State::kDraining;
    if (!is_there || task.containers[container].plan != plan) return;
    container_exits(index, container, fleet().containers[container].exit_code);
  });
}

void FleetService::container_exits(std::size_t index, std::size_t container, std::uint32_t code) {
  const Container& is = fleet().containers[container];
  Member::Run& run = members_[index].containers[container];
  const std::uint64_t plan = ++run.plan;
  bool restarts = is.restart.has_value();
  if (restarts) {
    const Time since =
        world_.broken(Mutation::kPeriodIsOfTheTask) ? *members_[index].served_from : run.since;
    const bool too_early = world_.now() - since < std::chrono::seconds{is.restart->period};
    const auto& ignored = is.restart->ignored;
    const bool ignores = std::find(ignored.begin(), ignored.end(), code) != ignored.end();
    restarts = (!too_early || world_.broken(Mutation::kRestartsAtAnyTime)) &&
               (!ignores || world_.broken(Mutation::kEveryCodeIsRestarted));
  }
  bool essential = is.essential || world_.broken(Mutation::kEveryContainerIsEssential);
  if (world_.broken(Mutation::kNoContainerIsEssential)) essential = false;
  if (!restarts && essential) return lose({index});
  run.runs = false;
  if (restarts) {
    const std::string entity =
        world_.entity(service_) + ".container_definitions.c" + std::to_string(container);
    const Time takes =
        sample(is.restart_time, world_.bits(entity, "restart_time", index, run.starts));
    world_.calendar.plan(world_.now() + takes, [this, index, container, plan] {
      const Member& task = members_[index];
      const bool is_there =
          task.state == Member::State::kInService || task.state == Member::State::kDraining;
      if (is_there && task.containers[container].plan == plan) container_restarts(index, container);
    });
  }
  note("container");
  adapt_to_containers(index);
  if (container == fleet().serving) pause(index);
}

void FleetService::container_restarts(std::size_t index, std::size_t container) {
  Member& task = members_[index];
  ++task.containers[container].starts;
  start_container(index, container);
  note("container");
  adapt_to_containers(index);
  if (container != fleet().serving) return;
  task.server->start_again();
  task.ready = task.is_never_ready ? Time::max() : world_.now();
  update_rotation();
}

void FleetService::adapt_to_containers(std::size_t index) {
  std::vector<bool> runs;
  for (const Member::Run& run : members_[index].containers) runs.push_back(run.runs);
  members_[index].server->run_containers(revision(members_[index].revision), runs);
  watch_memory(index);
}

/// What the serving container had fails, as what a killed task had, but the task stays.
void FleetService::pause(std::size_t index) {
  if (!world_.broken(Mutation::kServesWhileItRestarts)) members_[index].ready = Time::max();
  update_rotation();
  if (world_.broken(Mutation::kRequestsOutliveContainers)) return;
  std::size_t inside = members_[index].server->inside();
  for (const JobPtr& job : members_[index].server->halt()) {
    const bool was_inside = inside > 0;
    inside -= was_inside ? 1 : 0;
    if (job->attempt->check != 0) continue;
    group_of(index).finished(index);
    outstanding_.change(world_.now(), -1);
    if (!was_inside) world_.journal.queue[service_].change(world_.now(), -1);
    world_.answer(*job->attempt, Outcome::kError);
  }
  Member& task = members_[index];
  if (task.state == Member::State::kInService && task.check != 0) {
    task.check = 0;
    count(index, false);
  }
  if (task.state != Member::State::kDraining) return;
  if (group_of(index).outstanding(index) == 0) remove(index);
}

void FleetService::out_of_memory(std::size_t index) {
  killed_.push_back(world_.now());
  // Where requests outlive their container it would be killed again at once, and again.
  const bool stops = world_.broken(Mutation::kRequestsOutliveContainers);
  if (!fleet().fargate || !may_change(fleet()) || stops) return lose({index});
  container_exits(index, fleet().serving, 137);
}

}  // namespace skyreplay::reference
