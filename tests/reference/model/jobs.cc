// Jobs: each request is a task of its own (docs/models.md, C113, C114).
#include <algorithm>
#include <deque>

#include "reference/model/money.h"
#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

class JobService final : public Station {
 public:
  using Station::Station;

  Admission admit(Attempt& attempt) override {
    if (queue_.empty() && may_launch()) {
      launch(attempt);
    } else {
      queue_.push_back(&attempt);
      world_.journal.queue[service_].change(world_.now(), +1);
    }
    return Admission::kAccepted;
  }

  void resume(Attempt& attempt, bool failed) override {
    if (failed) return stop(attempt, Outcome::kDependency);
    world_.calendar.plan(world_.now() + attempt.wait,
                         [this, &attempt] { stop(attempt, Outcome::kCompleted); });
  }

  bool always_has_a_row() const override { return true; }

  void fill(WindowRow& row, Time end) override { row.pending = pending_.integral(row.start, end); }

  Meters meters(const std::vector<Time>& ends) const override {
    // As usage, it is billed beyond the trace's span.
    const Span span{world_.scenario.start, Time::max()};
    const bool minimum = !world_.broken(Mutation::kNoMinimumOf60Seconds);
    std::uint64_t seconds = 0;
    for (const Task& task : tasks_) {
      if (task.billed_from >= ends.back()) continue;
      const Time until = std::min(task.gone.value_or(Time::max()), ends.back());
      seconds += billed_seconds(span, task.billed_from, until, minimum);
    }
    const std::string kind = job().arm ? "fargate.linux_arm_" : "fargate.linux_x86_";
    Meters meters = {{kind + "vcpu", seconds * job().cpu},
                     {kind + "memory", seconds * job().memory}};
    if (job().storage_gib <= 20) return meters;
    meters.push_back(
        {"fargate.ephemeral_storage_over_20gb", seconds * (job().storage_gib - 20) * 1024});
    return meters;
  }

 private:
  struct Task {
    Attempt* attempt;
    Time billed_from{};
    std::optional<Time> gone{};
  };

  const JobKind& job() const { return config().job; }

  std::size_t there() const {
    return static_cast<std::size_t>(
        std::count_if(tasks_.begin(), tasks_.end(), [](const Task& task) { return !task.gone; }));
  }

  /// C114: of tokens, in 10^-9 of one, there are so many at most.
  bool may_launch() {
    const bool no_limit = world_.broken(Mutation::kJobsNeverWait);
    if (job().most && there() >= *job().most && !no_limit) return false;
    const Wide since = (world_.now() - filled_).count();
    tokens_ = std::min(Wide{job().burst} * kToken, tokens_ + since * job().rate);
    filled_ = world_.now();
    if (tokens_ >= kToken || world_.broken(Mutation::kLaunchesAtAnyRate)) return true;
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

  void launch_waiting() {
    while (!queue_.empty() && may_launch()) {
      Attempt& next = *queue_.front();
      queue_.pop_front();
      world_.journal.queue[service_].change(world_.now(), -1);
      next.queue += world_.now() - next.start;
      launch(next);
    }
  }

  void launch(Attempt& attempt) {
    tokens_ -= kToken;
    const auto drawn = [&](const Law& law, const char* purpose) {
      return sample(law, world_.bits(world_.entity(service_), purpose, attempt.row, attempt.number,
                                     attempt.path));
    };
    const Time pull = drawn(job().infrastructure_time, "infrastructure_time");
    const Time runs = pull + job().pull_time + drawn(job().container_start, "container_start");
    attempt.init = runs + drawn(job().application_start, "application_start");
    const double vcpus = std::min(job().cpu / 1024.0, job().parallelism);
    const auto work = static_cast<std::int64_t>(
        static_cast<double>(attempt.work.count()) * (1 / (vcpus * job().speed)) + 0.5);
    const bool free_start = world_.broken(Mutation::kStartOfJobsIsFree);
    tasks_.push_back({&attempt, world_.now() + (free_start ? attempt.init : pull)});
    pending_.change(world_.now(), +1);
    world_.calendar.plan(world_.now() + runs, [this] {
      pending_.change(world_.now(), -1);
      world_.journal.running[service_].change(world_.now(), +1);
    });
    world_.calendar.plan(world_.now() + attempt.init + Time{work}, [this, &attempt] {
      world_.makes_calls(service_) ? world_.begin_calls(attempt) : resume(attempt, false);
    });
  }

  void stop(Attempt& attempt, Outcome outcome) {
    for (Task& task : tasks_) {
      if (task.attempt == &attempt) task.gone = world_.now();
    }
    world_.journal.running[service_].change(world_.now(), -1);
    launch_waiting();
    world_.answer(attempt, outcome);
  }

  static constexpr Wide kToken = 1'000'000'000;

  std::deque<Attempt*> queue_;
  std::vector<Task> tasks_;
  Level pending_;
  Wide tokens_ = Wide{job().burst} * kToken;
  Time filled_ = world_.now();
  bool waits_ = false;
};

}  // namespace

std::unique_ptr<Station> make_job(World& world, std::size_t service) {
  return std::make_unique<JobService>(world, service);
}

}  // namespace skyreplay::reference
