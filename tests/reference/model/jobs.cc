// Jobs: each request is a task of its own (docs/models.md, C113, C114).
#include <algorithm>

#include "reference/model/job_service.h"
#include "reference/model/money.h"

namespace skyreplay::reference {

JobService::JobService(World& world, std::size_t service) : Station(world, service) {
  if (on_cluster()) host().let_in(*this);
}

Admission JobService::admit(Attempt& attempt) {
  if (queue_.empty() && may_launch()) {
    const Launch launched = launch(attempt);
    if (launched == Launch::kRefused) return Admission::kRefused;
    if (launched == Launch::kLaunched) return Admission::kAccepted;
  }
  queue_.push_back(&attempt);
  world_.journal.queue[service_].change(world_.now(), +1);
  return Admission::kAccepted;
}

void JobService::resume(Attempt& attempt, bool failed) {
  const std::size_t index = task_of(attempt);
  if (failed) return stop(index, Outcome::kDependency);
  world_.calendar.plan(world_.now() + attempt.wait, [this, index] {
    if (!tasks_[index].gone) stop(index, Outcome::kCompleted);
  });
}

Meters JobService::meters(const std::vector<Time>& ends) const {
  if (on_cluster()) return host().part_of(*this, ends);
  // As usage, it is billed beyond the trace's span.
  const Span span{world_.scenario.start, Time::max()};
  const bool minimum = !world_.broken(Mutation::kNoMinimumOf60Seconds);
  std::uint64_t on_demand = 0, spot = 0;  // s
  for (const Task& task : tasks_) {
    if (task.billed_from >= ends.back()) continue;
    const Time until = std::min(task.gone.value_or(Time::max()), ends.back());
    const bool as_spot = task.spot && !world_.broken(Mutation::kSpotIsOnDemand);
    (as_spot ? spot : on_demand) += billed_seconds(span, task.billed_from, until, minimum);
  }
  const std::string kind = job().arm ? "linux_arm_" : "linux_x86_";
  Meters meters;
  const auto add = [&](const std::string& how, std::uint64_t seconds) {
    meters.push_back({how + kind + "vcpu", seconds * job().cpu});
    meters.push_back({how + kind + "memory", seconds * job().memory});
  };
  const auto any = [this](bool is_spot) {
    return std::any_of(job().providers.begin(), job().providers.end(),
                       [is_spot](const Provider& each) { return each.spot == is_spot; });
  };
  if (any(false) || job().providers.empty()) add("fargate.", on_demand);
  if (any(true)) add("fargate.spot_", spot);
  if (job().storage_gib <= 20) return meters;
  meters.push_back({"fargate.ephemeral_storage_over_20gb",
                    (on_demand + spot) * (job().storage_gib - 20) * 1024});
  return meters;
}

/// C71, C72: of the tasks there are, with one more.
std::size_t JobService::provider_of_launch() const {
  std::int64_t weights = 0, bases = 0;
  for (const Provider& each : job().providers) {
    weights += each.weight;
    bases += each.base;
  }
  const auto total = static_cast<std::int64_t>(there() + 1);
  std::size_t least = 0;
  std::optional<std::int64_t> least_above;
  for (std::size_t i = 0; i < job().providers.size(); ++i) {
    const Provider& each = job().providers[i];
    const std::int64_t own = std::count_if(tasks_.begin(), tasks_.end(), [i](const Task& task) {
      return !task.gone && task.provider == i;
    });
    const std::int64_t above = (own - std::min<std::int64_t>(each.base, total)) * weights -
                               std::max<std::int64_t>(0, total - bases) * each.weight;
    if (least_above && above >= *least_above) continue;
    least_above = above;
    least = i;
  }
  return least;
}

void JobService::note(const std::string& kind, std::int64_t from) {
  world_.journal.activities.push_back({world_.now(), service_, kind, from, -1});
}

void JobService::interrupt(std::size_t index) {
  if (tasks_[index].gone) return;
  note("spot");
  const bool at_once = world_.broken(Mutation::kInterruptedJobsStopAtOnce);
  const Time timeout = at_once ? Time{} : Time{std::chrono::seconds{job().stop_timeout}};
  world_.calendar.plan(world_.now() + timeout, [this, index] {
    if (!tasks_[index].gone) stop(index, Outcome::kError);
  });
}

std::size_t JobService::there() const {
  return static_cast<std::size_t>(
      std::count_if(tasks_.begin(), tasks_.end(), [](const Task& task) { return !task.gone; }));
}

/// C49: of the next task.
FargateLaunches& JobService::account() const {
  const bool spot = !job().providers.empty() && job().providers[provider_of_launch()].spot;
  return spot ? world_.fargate_spot : world_.fargate;
}

/// C114: of tokens, in 10^-9 of one, there are so many at most.
bool JobService::may_launch() {
  const bool no_limit = world_.broken(Mutation::kJobsNeverWait);
  if (job().most && there() >= *job().most && !no_limit) return false;
  const Wide since = (world_.now() - filled_).count();
  tokens_ = std::min(Wide{job().burst} * kToken, tokens_ + since * job().rate);
  filled_ = world_.now();
  if (tokens_ >= kToken || world_.broken(Mutation::kLaunchesAtAnyRate)) {
    return on_cluster() || account().may(launcher_);
  }
  const auto missing = static_cast<std::int64_t>(kToken - tokens_);
  if (!waits_) {
    world_.calendar.plan(world_.now() + Time{(missing + job().rate - 1) / job().rate}, [this] {
      waits_ = false;
      launch_waiting();
    });
  }
  waits_ = true;
  return false;
}

void JobService::launch_waiting() {
  while (!queue_.empty() && may_launch()) {
    const bool last_first = on_cluster() && world_.broken(Mutation::kLastJobFirst);
    Attempt& next = last_first ? *queue_.back() : *queue_.front();
    world_.journal.queue[service_].change(world_.now(), -1);
    const Launch launched = launch(next);
    if (launched == Launch::kFull) return world_.journal.queue[service_].change(world_.now(), +1);
    last_first ? queue_.pop_back() : queue_.pop_front();
    if (launched == Launch::kRefused) world_.answer(next, Outcome::kRefused);
  }
}

JobService::Launch JobService::launch(Attempt& attempt) {
  if (on_cluster()) return launch_on_cluster(attempt);
  account().take();
  begin(add_task(attempt));
  return Launch::kLaunched;
}

std::size_t JobService::add_task(Attempt& attempt) {
  tokens_ -= kToken;
  const std::size_t provider = provider_of_launch();
  const bool spot = !job().providers.empty() && job().providers[provider].spot;
  tasks_.push_back({.attempt = &attempt, .provider = provider, .spot = spot});
  pending_.change(world_.now(), +1);
  return tasks_.size() - 1;
}

Time JobService::drawn(const Law& law, const char* purpose, const Attempt& attempt) const {
  return sample(law, world_.bits(world_.entity(service_), purpose, attempt.row, attempt.number,
                                 attempt.path));
}

void JobService::begin(std::size_t index) {
  Task& task = tasks_[index];
  Attempt& attempt = *task.attempt;
  attempt.queue += world_.now() - attempt.start;
  task.placed = world_.now();
  const Time pull = drawn(job().infrastructure_time, "infrastructure_time", attempt);
  Time pulled = pull + job().pull_time;
  if (on_cluster() && !world_.broken(Mutation::kEveryJobPulls)) {  // C28
    const Time there = images_.emplace(*task.instance, world_.now() + pulled).first->second;
    pulled = std::max(pull, there - world_.now());
  }
  const Time runs = pulled + drawn(job().container_start, "container_start", attempt);
  attempt.init = runs + drawn(job().application_start, "application_start", attempt);
  const double vcpus = std::min(job().cpu / 1024.0, job().parallelism);
  const auto work = static_cast<std::int64_t>(
      static_cast<double>(attempt.work.count()) * (1 / (vcpus * job().speed)) + 0.5);
  const bool free_start = world_.broken(Mutation::kStartOfJobsIsFree);
  task.billed_from = world_.now() + (free_start ? attempt.init : pull);
  world_.calendar.plan(world_.now() + runs, [this, index] { run(index); });
  world_.calendar.plan(world_.now() + attempt.init + Time{work}, [this, index, &attempt] {
    if (tasks_[index].gone) return;
    world_.makes_calls(service_) ? world_.begin_calls(attempt) : resume(attempt, false);
  });
}

void JobService::run(std::size_t index) {
  Task& task = tasks_[index];
  if (task.gone) return;
  task.runs = true;
  pending_.change(world_.now(), -1);
  world_.journal.running[service_].change(world_.now(), +1);
  const Time lasts = drawn(job().time_to_interruption, "time_to_interruption", *task.attempt);
  if (!task.spot || lasts >= Time::max() - world_.now()) return;
  world_.calendar.plan(world_.now() + lasts, [this, index] { interrupt(index); });
}

/// The one it has now.
std::size_t JobService::task_of(const Attempt& attempt) const {
  std::size_t index = tasks_.size() - 1;
  while (tasks_[index].attempt != &attempt || tasks_[index].gone) --index;
  return index;
}

void JobService::stop(std::size_t index, Outcome outcome) {
  end(index);
  if (!on_cluster()) launch_waiting();
  world_.answer(*tasks_[index].attempt, outcome);
}

void JobService::end(std::size_t index) {
  Task& task = tasks_[index];
  task.gone = world_.now();
  if (task.runs) {
    world_.journal.running[service_].change(world_.now(), -1);
  } else {
    pending_.change(world_.now(), -1);
  }
  if (task.instance) host().task_gone(*this, *task.instance);
}

std::unique_ptr<Station> make_job(World& world, std::size_t service) {
  return std::make_unique<JobService>(world, service);
}

}  // namespace skyreplay::reference
