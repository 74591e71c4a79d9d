#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/member_mix.h"
#include "core/random.h"
#include "ecs/cluster_jobs.h"
#include "ecs/fargate_launches.h"
#include "ecs/launch_rate.h"
#include "ecs/task_revision.h"
#include "kernel/loop.h"
#include "metrics/level.h"
#include "metrics/recorder.h"
#include "pricing/fargate_meter.h"
#include "workload/calls.h"
#include "workload/clients.h"
#include "workload/platform.h"

namespace skyreplay::ecs {

/// One kind of job.
struct StandaloneTaskConfig {
  std::string name;           ///< entity of its draws
  std::uint32_t service = 0;  ///< in the recorder
  pricing::FargateTask task;
  TaskStart start;
  double rate = 1;  ///< work done in a unit of time, of what a reference core does
  std::optional<std::uint32_t> max_concurrent_tasks = std::nullopt;
  std::uint32_t launch_burst = 100;
  std::uint32_t launch_rate = 20;       ///< a second
  FargateLaunches* launches = nullptr;  ///< the account's (C49); outlives the tasks. None: no limit
  std::optional<std::uint32_t> calls = std::nullopt;
  balancing::MemberMix mix{};           ///< of capacity providers (C71)
  std::vector<bool> is_spot = {false};  ///< by kind in the mix
  pricing::FargatePurchase purchase{};
  Distribution time_to_interruption{};  ///< of a task on FARGATE_SPOT that runs
  Duration stop_timeout{};
};

/// Where it is billed.
struct StandaloneTaskBilling {
  const pricing::Catalogue& catalogue;
  std::string region;
  TimePoint start;  ///< of the trace
  pricing::Meters& meters;
};

/// Jobs: each request is a task of its own, on Fargate or on a cluster, launched by RunTask, that
/// runs once and stops (C113).
///
///     queued -> provisioning -> pulling, starting -> working -> waiting -> stopped
///               not billed      billed ...   |          |          |         ^
///                     |                      +----------+----------+---------+ interrupted, lost
///                     +------------------------------------------------------+ given up
///
/// A job waits, first come, first served, where as many tasks are there as may be, or where no more
/// are launched at that instant (C49, C114). On Fargate it is billed from the start of its image's
/// pull to its end, as usage is: also beyond the trace's span.
///
/// **On a cluster** a task is placed on an instance with room, or waits in PROVISIONING; where it
/// can do neither its job is refused, or waits in line (C70, C89, C117). Then it holds its place,
/// and pays for it, until it has stopped (C121). One whose instance is gone has failed.
///
/// **Interruption** A task on FARGATE_SPOT that is interrupted works on for its stop timeout; if it
/// is not done by then, it is stopped and its job has failed (C74).
///
/// **Randomness** A job's draws have the counters of its request, so that its start takes as long
/// whenever it is launched. **Cost** O(1) a job, four events.
///
/// Not modeled here: retries by whoever started it, but for its client's.
class StandaloneTasks final : public workload::Platform, public kernel::Process {
 public:
  StandaloneTasks(kernel::Loop& loop, metrics::Recorder& recorder, std::uint64_t seed)
      : loop_(loop), recorder_(recorder), seed_(seed), process_(loop.add(*this)) {}

  /// Adds a kind of job; returns its unit. Throws InputError where a price is not known.
  std::uint32_t add(const StandaloneTaskConfig& config, const StandaloneTaskBilling& billing);
  /// Puts its tasks on a cluster, whose group has begun and which outlives this, and what they pay
  /// for to `meters`. REQUIRES called at once, of tasks that nobody buys (`purchase`).
  void put_on(std::uint32_t unit, Cluster& cluster, const ClusterJobsConfig& config,
              pricing::Meters& meters);
  /// Another limit from now on; a lower one lets those that are there finish.
  void set_max_concurrent_tasks(std::uint32_t unit, std::optional<std::uint32_t> limit);

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void resume(std::uint32_t unit, std::uint32_t index, workload::Called called) override;
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  void complete(std::uint32_t unit, const metrics::Window& window,
                metrics::WindowRow& row) override;
  void read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) override;
  void take_activities(std::vector<workload::Activity>& activities) override;
  void finish(TimePoint) override {}
  void fire(const kernel::Event& event) override;

  // What ClusterJobs asks and tells.
  /// Of a task, by its place: which of the mix.
  std::uint32_t kind_of(std::uint32_t place) const { return tasks_[place].kind; }
  /// Tasks in PROVISIONING, then jobs in line, are placed as far as there is room.
  void room_appears(std::uint32_t unit);
  /// The jobs of the tasks there have failed.
  void lose_tasks_on(std::uint32_t unit, const std::vector<std::uint32_t>& instances);

 private:
  enum Kind : std::uint16_t {
    kPulls,
    kRuns,
    kWorked,
    kDone,
    kInterrupted,
    kKilled,
    kGivenUp,
    kMayLaunch
  };
  enum class Start : std::uint8_t { kLaunched, kRefused, kFull };

  struct Task {
    std::uint32_t ordinal = 0;
    std::uint32_t unit = 0;
    std::uint32_t request = 0;
    std::uint32_t kind = 0;
    std::uint32_t serial = 0;  ///< of all tasks ever: events of another are void
    bool lives = false;
    pricing::RunningId billed{};
    bool runs = false;
    std::uint32_t instance = ClusterJobs::kNowhere;  ///< of a cluster
  };
  struct Unit {
    StandaloneTaskConfig config;
    pricing::FargateMeter meter;
    RandomStream infrastructure;
    RandomStream container;
    RandomStream application;
    RandomStream interruption;
    RandomStream placement;
    RandomStream provisioning;
    LaunchRate rate;
    FargateLaunches::Id launcher = 0;  ///< of meaning where it shares the account's launches
    std::vector<std::uint32_t> of_kind;
    std::uint32_t created = 0;
    std::uint32_t there = 0;
    std::uint32_t starting = 0;
    metrics::Level pending;
    bool waits_for_token = false;
    std::vector<std::uint32_t> queue;  ///< from `head`, in order of arrival
    std::size_t head = 0;
    std::unique_ptr<ClusterJobs> host{};  ///< none: Fargate
  };

  bool has_place(const Unit& unit) const {
    return !unit.config.max_concurrent_tasks || unit.there < *unit.config.max_concurrent_tasks;
  }
  /// Where it is launched on Fargate.
  bool next_is_spot(const Unit& unit) const {
    return unit.config.is_spot[unit.config.mix.next(unit.of_kind)];
  }
  bool may_launch(std::uint32_t unit);
  Start launch(std::uint32_t unit, std::uint32_t index);
  Start launch_on_cluster(std::uint32_t unit, std::uint32_t index);
  void launch_waiting(std::uint32_t unit);
  std::uint32_t make_task(std::uint32_t unit, std::uint32_t index);
  void begin(std::uint32_t place);
  Duration pulled(const Task& task, Duration infrastructure) const;
  std::optional<std::uint32_t> place_on_cluster(Unit& unit, std::uint32_t kind,
                                                const workload::Request& request);
  void provision(std::uint32_t place);
  void leave_provisioning(std::uint32_t place);
  void give_up(std::uint32_t place);
  void note(const Unit& unit, const char* kind, std::string cause);
  void runs(std::uint32_t place);
  void interrupt(std::uint32_t place);
  void end(std::uint32_t place);
  void stop(std::uint32_t place, metrics::Outcome outcome);
  std::int64_t since_window() const { return (loop_.now() - recorder_.window_start()).count(); }
  bool is_spot(const Task& task) const { return units_[task.unit].config.is_spot[task.kind]; }
  void schedule(TimePoint at, Kind kind, std::uint32_t place) {
    loop_.schedule(at, process_, kind, place, tasks_[place].serial);
  }

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  std::uint64_t seed_;
  kernel::ProcessId process_;
  std::vector<Unit> units_;
  std::vector<Task> tasks_;  ///< by Request::place
  std::vector<std::uint32_t> free_;
  std::uint32_t created_ = 0;  ///< tasks
  std::vector<workload::Activity> activities_;
};

}  // namespace skyreplay::ecs
