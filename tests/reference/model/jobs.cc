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
    const std::size_t index = task_of(attempt);
    world_.calendar.plan(world_.now() + attempt.wait, [this, index] {
      if (!tasks_[index].gone) stop(*tasks_[index].attempt, Outcome::kCompleted);
    });
  }

  bool always_has_a_row() const override { return true; }

  void fill(WindowRow& row, Time end) override { row.pending = pending_.integral(row.start, end); }

  Meters meters(const std::vector<Time>& ends) const override {
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

 private:
  struct Task {
    Attempt* attempt;
    Time billed_from{};
    std::optional<Time> gone{};
    std::size_t provider = 0;
    bool spot = false;
  };

  /// C71, C72: of the tasks there are, with one more.
  std::size_t provider_of_launch() const {
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

  void interrupt(std::size_t index) {
    if (tasks_[index].gone) return;
    world_.journal.activities.push_back({world_.now(), service_, "spot", -1, -1});
    const bool at_once = world_.broken(Mutation::kInterruptedJobsStopAtOnce);
    const Time timeout = at_once ? Time{} : Time{std::chrono::seconds{job().stop_timeout}};
    world_.calendar.plan(world_.now() + timeout, [this, index] {
      if (!tasks_[index].gone) stop(*tasks_[index].attempt, Outcome::kError);
    });
  }

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
    const std::size_t provider = provider_of_launch();
    const bool spot = !job().providers.empty() && job().providers[provider].spot;
    const std::size_t index = tasks_.size();
    tasks_.push_back({.attempt = &attempt,
                      .billed_from = world_.now() + (free_start ? attempt.init : pull),
                      .provider = provider,
                      .spot = spot});
    pending_.change(world_.now(), +1);
    const Time lasts = drawn(job().time_to_interruption, "time_to_interruption");
    world_.calendar.plan(world_.now() + runs, [this, index, spot, lasts] {
      pending_.change(world_.now(), -1);
      world_.journal.running[service_].change(world_.now(), +1);
      if (!spot || lasts >= Time::max() - world_.now()) return;
      world_.calendar.plan(world_.now() + lasts, [this, index] { interrupt(index); });
    });
    world_.calendar.plan(world_.now() + attempt.init + Time{work}, [this, index, &attempt] {
      if (tasks_[index].gone) return;
      world_.makes_calls(service_) ? world_.begin_calls(attempt) : resume(attempt, false);
    });
  }

  /// The one it has now.
  std::size_t task_of(const Attempt& attempt) const {
    std::size_t index = tasks_.size() - 1;
    while (tasks_[index].attempt != &attempt || tasks_[index].gone) --index;
    return index;
  }

  void stop(Attempt& attempt, Outcome outcome) {
    tasks_[task_of(attempt)].gone = world_.now();
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
