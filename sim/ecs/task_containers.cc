#include "ecs/task_containers.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "ecs/fargate_service.h"

namespace skyreplay::ecs {
namespace {

constexpr std::uint16_t kMostContainers = 10;  // C8
constexpr std::uint32_t kKilled = 137;         // 128 and SIGKILL's number

}  // namespace

bool TaskContainersConfig::may_change() const {
  return containers[serving].restart.has_value() ||
         std::any_of(containers.begin(), containers.end(), [](const TaskContainer& container) {
           return container.time_to_exit.has_value();
         });
}

/// C3.
CpuDivision TaskContainersConfig::cpu(const std::vector<bool>& runs) const {
  std::vector<CpuClaim> others;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (i == serving || !runs[i]) continue;
    others.push_back({.shares = containers[i].shares, .cpu_units = containers[i].cpu_use});
  }
  return divide_cpu(cpu_units, runs[serving] ? containers[serving].shares : 0, others);
}

compute::MemoryConfig TaskContainersConfig::memory(compute::MemoryConfig of_serving,
                                                   const std::vector<bool>& runs) const {
  of_serving.beside = 0;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (i != serving && runs[i]) of_serving.beside += containers[i].memory_use;
  }
  of_serving.limit = std::min(serving_memory_limit, task_memory_limit - of_serving.beside);
  if (!runs[serving]) of_serving.base = 0;
  return of_serving;
}

TaskContainers::TaskContainers(kernel::Loop& loop, FargateService& service,
                               const TaskContainersConfig& config, std::uint64_t seed,
                               const std::string& entity)
    : loop_(loop), service_(service), config_(config), process_(loop.add(*this)) {
  SKY_CHECK(!config_.containers.empty() && config_.containers.size() <= kMostContainers);
  for (const TaskContainer& container : config_.containers) {
    const std::string name = entity + ".container_definitions." + container.name;
    exit_draws_.emplace_back(seed, name, "time_to_exit");
    restart_draws_.emplace_back(seed, name, "restart_time");
  }
}

void TaskContainers::in_service(std::uint32_t member) {
  if (!config_.may_change()) return;
  if (tasks_.size() <= member) tasks_.resize(member + std::size_t{1});
  const balancing::Fleet::MemberState task = *service_.member(member);
  tasks_[member] = {.ordinal = task.ordinal,
                    .is_never_ready = task.ready == kEndOfTime,
                    .containers = std::vector<Container>(config_.containers.size())};
  for (std::size_t i = 0; i < config_.containers.size(); ++i) start(member, i);
}

/// A task that drains still runs.
bool TaskContainers::is_there(std::uint32_t member) const {
  const auto task = service_.member(member);
  return task && task->ordinal == tasks_[member].ordinal && task->has_server;
}

void TaskContainers::start(std::uint32_t member, std::size_t number) {
  Container& container = tasks_[member].containers[number];
  container.runs = true;
  container.since = loop_.now();
  container.event = ++events_;
  const std::optional<Distribution>& law = config_.containers[number].time_to_exit;
  if (!law) return;
  RandomEngine draw = exit_draws_[number].at(tasks_[member].ordinal, container.starts);
  const Duration time = law->sample(draw);
  if (time >= kEndOfTime - loop_.now()) return;
  loop_.schedule(loop_.now() + time, process_, static_cast<std::uint16_t>(number), member,
                 container.event);
}

void TaskContainers::fire(const kernel::Event& event) {
  const std::uint32_t member = event.payload;
  const std::size_t number = event.kind % kMostContainers;
  // The container may have been killed before, or the place be another task's by now.
  if (tasks_[member].containers[number].event != event.tag || !is_there(member)) return;
  if (event.kind >= kMostContainers) return restart(member, number);
  const std::uint32_t code = config_.containers[number].exit_code;
  exits(member, number, code, fmt::format("exited with code {}", code));
}

void TaskContainers::killed(std::uint32_t member, const std::string& why) {
  if (!config_.may_change()) return service_.lose_task(member, why);
  exits(member, config_.serving, kKilled, "was killed, " + why);
}

/// C7.
bool TaskContainers::may_restart(const TaskContainer& container, Duration ran,
                                 std::uint32_t code) const {
  if (!container.restart || ran < container.restart->attempt_period) return false;
  const auto& ignored = container.restart->ignored_exit_codes;
  return std::find(ignored.begin(), ignored.end(), code) == ignored.end();
}

/// C6.
void TaskContainers::exits(std::uint32_t member, std::size_t number, std::uint32_t code,
                           const std::string& how) {
  const TaskContainer& is = config_.containers[number];
  const Task& task = tasks_[member];
  Container& container = tasks_[member].containers[number];
  const Duration ran = loop_.now() - container.since;
  const std::string what =
      fmt::format("container {} {} after {}", is.name, how, format_duration(ran));
  ++exits_;
  container.event = ++events_;
  const bool is_restarted = may_restart(is, ran, code);
  if (!is_restarted && is.is_essential) {
    return service_.lose_task(member, what + ": Essential container in task exited");
  }
  container.runs = false;
  std::string then = "it is not restarted, and the task goes on without it";
  if (is_restarted) {
    RandomEngine draw = restart_draws_[number].at(task.ordinal, container.starts);
    const Duration takes = is.restart_time.sample(draw);
    loop_.schedule(loop_.now() + takes, process_,
                   static_cast<std::uint16_t>(kMostContainers + number), member, container.event);
    then = "it is restarted within " + format_duration(takes);
  }
  service_.note("container", fmt::format("task {}: {}: {}", task.ordinal, what, then));
  adapt(member);
  if (number == config_.serving) service_.pause(member);
}

void TaskContainers::restart(std::uint32_t member, std::size_t number) {
  ++restarts_;
  const bool is_never_ready = tasks_[member].is_never_ready;
  ++tasks_[member].containers[number].starts;
  start(member, number);
  service_.note("container", fmt::format("task {}: container {} runs again", tasks_[member].ordinal,
                                         config_.containers[number].name));
  adapt(member);
  if (number != config_.serving) return;
  service_.go_on(member, is_never_ready ? kEndOfTime : loop_.now());
}

void TaskContainers::adapt(std::uint32_t member) {
  std::vector<bool> runs;
  for (const Container& container : tasks_[member].containers) runs.push_back(container.runs);
  const CpuDivision cpu = config_.cpu(runs);
  service_.set_cpu(member, std::max(cpu.left, 1U),
                   cpu.beside);  // nobody has what is left while it is down
  const auto& memory = service_.memory_of(member);
  if (memory) service_.set_memory(member, config_.memory(*memory, runs));
}

}  // namespace skyreplay::ecs
