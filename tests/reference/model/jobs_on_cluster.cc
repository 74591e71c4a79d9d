// Jobs on the container instances of a cluster (docs/models.md, C60 to C70, C89, C116, C117, C121).
#include <algorithm>

#include "reference/model/job_service.h"

namespace skyreplay::reference {

// --- What the cluster asks

Placing JobService::placing() const {
  std::vector<std::string> strategies = job().strategies;
  const bool spreads = world_.broken(Mutation::kJobsSpread);
  if (strategies.empty() && !spreads) strategies = {"random"};  // C61
  return {.needs = {job().cpu, job().memory, job().awsvpc ? 1U : 0U},
          .distinct_instance = job().distinct_instance,
          .not_in_zone = job().not_in_zone,
          .strategies = strategies};
}

std::uint32_t JobService::tasks_on(std::optional<std::size_t> instance,
                                   std::optional<std::uint32_t> zone) const {
  return static_cast<std::uint32_t>(
      std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& task) {
        if (task.gone || !task.instance) return false;
        return (!instance || task.instance == instance) &&
               (!zone || host().zone_of(*task.instance) == *zone);
      }));
}

Held JobService::held_on(std::size_t instance) const {
  const std::uint32_t tasks = tasks_on(instance, {});
  Held held = placing().needs;
  for (std::uint32_t& each : held) each *= tasks;
  return held;
}

std::uint32_t JobService::provisioning(std::size_t pool) const {
  if (job().launch_type_ec2 || world_.broken(Mutation::kJobsAskForNothing)) return 0;
  return static_cast<std::uint32_t>(
      std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& task) {
        const bool is_its =
            job().providers.empty() ? pool == 0 : job().providers[task.provider].pool == pool;
        return is_provisioning(task) && is_its;
      }));
}

std::optional<std::size_t> JobService::pool_for(std::size_t provider) const {
  if (job().providers.empty() || world_.broken(Mutation::kAnyProviderWillDo)) return std::nullopt;
  return job().providers[provider].pool;
}

bool JobService::waits_for_room() const {
  return !queue_.empty() || std::any_of(tasks_.begin(), tasks_.end(),
                                        [this](const Task& task) { return is_provisioning(task); });
}

Wide JobService::reserved(Time from, Time to, std::size_t pool) const {
  const Wide weight =
      (world_.broken(Mutation::kCpuIsLikeMemory) ? 1 : 9) * Wide{job().cpu} + job().memory;
  Wide sum = 0;
  for (const Task& task : tasks_) {
    if (!task.instance) continue;
    const bool is_its = host().pool_of(*task.instance) == pool;
    if (!is_its && !world_.broken(Mutation::kFirstProviderPays)) continue;
    const Time begin = std::max(from, task.placed);
    const Time end = std::min(to, task.gone.value_or(Time::max()));
    if (end > begin) sum += weight * (end - begin).count();
  }
  return sum;
}

Wide JobService::held(Time from, Time to, bool memory, std::size_t pool) const {
  Wide sum = 0;
  for (const Task& task : tasks_) {
    if (!task.instance || host().pool_of(*task.instance) != pool) continue;
    const Time begin = std::max(from, task.placed);
    const Time end = std::min(to, task.gone.value_or(Time::max()));
    if (end > begin) sum += Wide{memory ? job().memory : job().cpu} * (end - begin).count();
  }
  return sum;
}

// --- RunTask (C70, C89), and whoever calls it (C117)

std::optional<std::size_t> JobService::place(const Attempt& attempt, std::size_t provider) {
  const auto found = host().place(
      *this,
      world_.bits(world_.entity(service_), "placement", attempt.row, attempt.number, attempt.path),
      pool_for(provider));
  if (found && !waits_for_room()) told_full_ = false;
  return found;
}

JobService::Launch JobService::launch_on_cluster(Attempt& attempt) {
  const std::size_t provider = provider_of_launch();
  const auto instance = place(attempt, provider);
  if (!instance && !told_full_) {
    note("placement");
    told_full_ = true;
  }
  const bool any = world_.broken(Mutation::kProvisionsOnAnyProvider);
  const std::size_t pool = job().providers.empty() || any ? 0 : job().providers[provider].pool;
  const bool may_wait = host().is_managed(pool) && !job().launch_type_ec2 &&
                        !world_.broken(Mutation::kJobsDoNotProvision);
  if (!instance && !(may_wait && host().all_provisioning() < 500)) {
    const bool queues = job().queues || world_.broken(Mutation::kRefusedJobsWait);
    return queues ? Launch::kFull : Launch::kRefused;
  }
  const std::size_t index = add_task(attempt);
  tasks_[index].instance = instance;
  instance ? begin(index) : provision(index);
  return Launch::kLaunched;
}

void JobService::provision(std::size_t index) {
  world_.journal.queue[service_].change(world_.now(), +1);
  const Time timeout =
      drawn(job().provisioning_timeout, "provisioning_timeout", *tasks_[index].attempt);
  if (timeout >= Time::max() - world_.now()) return;
  if (world_.broken(Mutation::kJobsProvisionForEver)) return;
  world_.calendar.plan(world_.now() + timeout, [this, index] {
    if (is_provisioning(tasks_[index])) give_up(index);
  });
}

void JobService::give_up(std::size_t index) {
  world_.journal.queue[service_].change(world_.now(), -1);
  note("terminate", static_cast<std::int64_t>(index));
  end(index);
  host().room_appears();  // for whoever is next in line
  world_.answer(*tasks_[index].attempt, Outcome::kError);
}

void JobService::try_again() {
  std::vector<std::size_t> full;  // providers
  for (std::size_t index = 0; index < tasks_.size(); ++index) {
    const std::size_t provider = tasks_[index].provider;
    const bool is_full = std::find(full.begin(), full.end(), provider) != full.end();
    if (!is_provisioning(tasks_[index]) || is_full) continue;
    const auto instance = place(*tasks_[index].attempt, provider);
    if (!instance) {
      full.push_back(provider);
      continue;
    }
    world_.journal.queue[service_].change(world_.now(), -1);
    tasks_[index].instance = instance;
    begin(index);
  }
  launch_waiting();
}

// --- Instances that go

/// C116.
void JobService::leave(std::size_t instance) {
  if (world_.broken(Mutation::kJobsLeaveDraining)) lose_on({instance});
}

void JobService::lose_on(const std::vector<std::size_t>& instances) {
  std::vector<std::size_t> lost;
  for (std::size_t index = 0; index < tasks_.size(); ++index) {
    const Task& task = tasks_[index];
    const bool is_there =
        task.instance && std::count(instances.begin(), instances.end(), *task.instance) > 0;
    if (!task.gone && is_there) lost.push_back(index);
  }
  for (const std::size_t index : lost) {
    note("terminate", static_cast<std::int64_t>(index));
    end(index);
  }
  const bool well = world_.broken(Mutation::kLostJobsEndWell);
  for (const std::size_t index : lost) {
    world_.answer(*tasks_[index].attempt, well ? Outcome::kCompleted : Outcome::kError);
  }
}

}  // namespace skyreplay::reference
