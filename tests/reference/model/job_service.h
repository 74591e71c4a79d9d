#pragma once

// Jobs: each request is a task of its own (docs/models.md, C113 to C117).

#include <deque>
#include <map>
#include <vector>

#include "reference/model/tenant.h"

namespace skyreplay::reference {

class JobService final : public Station, public Tenant {
 public:
  JobService(World& world, std::size_t service);

  Admission admit(Attempt& attempt) override;
  void resume(Attempt& attempt, bool failed) override;
  bool always_has_a_row() const override { return true; }
  void fill(WindowRow& row, Time end) override { row.pending = pending_.integral(row.start, end); }
  Meters meters(const std::vector<Time>& ends) const override;

  // On a cluster, in jobs_on_cluster.cc.
  Placing placing() const override;
  Held held_on(std::size_t instance) const override;
  bool is_on(std::size_t instance) const override { return tasks_on(instance, {}) > 0; }
  std::uint32_t tasks_on(std::optional<std::size_t> instance,
                         std::optional<std::uint32_t> zone) const override;
  std::uint32_t provisioning(std::size_t pool) const override;
  bool waits_for_room() const override;
  void try_again() override;
  void leave(std::size_t instance) override;
  void lose_on(const std::vector<std::size_t>& instances) override;
  Wide reserved(Time from, Time to, std::size_t pool) const override;
  Wide held(Time from, Time to, bool memory, std::size_t pool) const override;

 private:
  enum class Launch { kLaunched, kRefused, kFull };
  struct Task {
    Attempt* attempt;
    Time billed_from{};
    std::optional<Time> gone{};
    std::size_t provider = 0;
    bool spot = false;
    bool runs = false;
    std::optional<std::size_t> instance{};
    Time placed{};
  };

  const JobKind& job() const { return config().job; }
  bool on_cluster() const { return job().cluster.has_value(); }
  Host& host() const { return host_of(world_, *job().cluster); }
  bool is_provisioning(const Task& task) const {
    return on_cluster() && !task.gone && !task.instance;
  }

  std::size_t there() const;
  std::size_t provider_of_launch() const;
  FargateLaunches& account() const;
  bool may_launch();
  void launch_waiting();
  Launch launch(Attempt& attempt);
  Launch launch_on_cluster(Attempt& attempt);
  std::optional<std::size_t> place(const Attempt& attempt, std::size_t provider);
  /// On a cluster: where a task of that provider must be placed.
  std::optional<std::size_t> pool_for(std::size_t provider) const;
  std::size_t add_task(Attempt& attempt);
  void begin(std::size_t index);
  void provision(std::size_t index);
  void give_up(std::size_t index);
  void run(std::size_t index);
  void interrupt(std::size_t index);
  std::size_t task_of(const Attempt& attempt) const;
  void stop(std::size_t index, Outcome outcome);
  void end(std::size_t index);
  void note(const std::string& kind, std::int64_t from = -1);
  Time drawn(const Law& law, const char* purpose, const Attempt& attempt) const;

  static constexpr Wide kToken = 1'000'000'000;

  std::deque<Attempt*> queue_;
  std::vector<Task> tasks_;  // by ordinal
  Level pending_;
  Wide tokens_ = Wide{job().burst} * kToken;
  Time filled_ = world_.now();
  bool waits_ = false;
  FargateLaunches::Launcher launcher_{[this] { launch_waiting(); }};
  bool told_full_ = false;
  std::map<std::size_t, Time> images_;  ///< by instance
};

}  // namespace skyreplay::reference
