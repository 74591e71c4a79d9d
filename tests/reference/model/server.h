#pragma once

#include <list>
#include <memory>

#include "reference/model/world.h"

namespace skyreplay::reference {

/// One request at a server.
struct Job {
  Attempt* attempt = nullptr;
  Time queued{};
  bool gone = false;
  bool working = false;
  double key = 0;  ///< of those working: the virtual time at which it is done
};
using JobPtr = std::shared_ptr<Job>;

/// Who is told what happens at a server.
class ServerOwner {
 public:
  virtual ~ServerOwner() = default;
  virtual void job_started(std::size_t member, Job& job, Time waited) = 0;
  virtual void job_worked(std::size_t member, const JobPtr& job) = 0;
  virtual void job_done(std::size_t member, Job& job, Outcome outcome) = 0;
};

/// A server (E148, E149): workers, a backlog, vCPUs shared by those working.
///
/// Of one server only the next job's end is planned. An end that is planned too late is planned
/// anew; one too early is moved when its time has come. At one instant, those who are done working
/// come before other ends at that server.
class Server {
 public:
  Server(World& world, ServerOwner& owner, std::size_t member, const Fleet& fleet,
         bool makes_calls);

  /// False where the backlog is full.
  bool admit(Attempt& attempt);
  void resume(const JobPtr& job);
  /// It leaves at once, unfinished: its calls failed.
  void abandon(const JobPtr& job);
  /// The server is no more; returns the jobs that were there, those inside first.
  std::list<JobPtr> close();

  /// Everybody there is dropped, and nobody let in until it starts again: its container is down
  /// (C7). Returns the jobs as close() does.
  std::list<JobPtr> halt();
  void start_again() { halted_ = false; }
  /// Of a task's containers, these run now (C3, C4).
  void run_containers(const Fleet& fleet, const std::vector<bool>& runs);

  std::size_t inside() const { return inside_.size(); }
  /// More memory is wanted than the task has (C4).
  bool wants_too_much() const;
  /// In bytes x ns (C93).
  Wide memory_used(Time from, Time to) const;
  std::uint32_t cpu_units() const { return whole_; }  ///< 1,024 to a vCPU
  /// CPU time used before `until`, in CPU units x ns.
  Wide busy(Time until) const {
    return cpu_in_use_.integral(added_, until) + beside_.integral(added_, until);
  }

 private:
  void enter(const JobPtr& job);
  void share(const JobPtr& job);
  void leave(const JobPtr& job);
  void vacate(const JobPtr& job);
  void settle();
  void plan_next();
  void planned_end(std::uint64_t number);
  void move_virtual_time();
  void set_working(const JobPtr& job, bool working);
  std::size_t working() const;
  int in_use() const;
  double stretch() const;
  JobPtr next() const;
  std::optional<Time> due() const;

  World& world_;
  ServerOwner& owner_;
  std::size_t member_;
  std::uint32_t units_, whole_;
  double speed_;
  std::uint64_t workers_, backlog_;
  bool exclusive_, makes_calls_;
  Time added_;
  std::list<JobPtr> inside_, queue_;  // each in the order of entering
  Level cpu_in_use_;                  // in CPU units
  std::optional<std::uint64_t> memory_base_;
  std::uint64_t memory_per_request_, memory_limit_;  // in bytes
  Level requests_inside_;                            // those with memory: no checks
  double virtual_time_ = 0;
  Time moved_{};  ///< when virtual time last moved
  std::optional<Time> planned_;
  std::uint64_t plans_ = 0;
  bool settling_ = false;
  bool halted_ = false;
  // Of a task with sidecars: the CPU units that these use, and the bytes of it all but of requests
  // from then on.
  Level beside_;
  std::uint32_t beside_now_ = 0;
  std::vector<std::pair<Time, std::uint64_t>> held_;
};

/// CPU units left to the container that serves, of those of the task, beside those of its sidecars
/// that run.
std::uint32_t left_by_sidecars(const World& world, const Fleet& fleet,
                               const std::vector<bool>& runs);
/// Whether any container of the task may exit, or be restarted after it was killed.
bool may_change(const Fleet& fleet);

}  // namespace skyreplay::reference
