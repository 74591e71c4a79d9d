#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "compute/backlog.h"
#include "compute/job.h"
#include "compute/processor_sharing.h"
#include "compute/server_config.h"
#include "kernel/loop.h"
#include "kernel/slab.h"

namespace skyreplay::compute {

/// What became of a request at the door.
enum class Entry : std::uint8_t { kInService, kQueued, kRefused };

struct Admitted {
  Entry entry = Entry::kRefused;
  /// When the request will leave, where that is known now; kEndOfTime where it is not.
  TimePoint finish = kEndOfTime;
};

/// Whoever owns servers and is told what happens at them. `tag` is the owner's own name for a job.
/// It may admit, add and remove from within; a server that it removes tells it of each job dropped.
template <typename T>
concept ServerOwner = requires(T& owner, std::uint32_t server, std::uint32_t tag, Duration waited,
                               kernel::SlabId job) {
  /// A job that was queued for `waited` enters service now.
  owner.job_started(server, tag, waited);
  /// Only where jobs make calls: its work is done, and it holds its worker until the owner calls
  /// resume(job) or abandon(job).
  owner.job_worked(server, tag, job);
  /// The job has left the server.
  owner.job_done(server, tag);
  /// The same, asked first where nothing is shared. False, with nothing done, where it has to come
  /// after job_started() of the next one, or where anything may follow from it, such as another
  /// job: job_done() is called then.
  { owner.job_done_at_once(server, tag) } -> std::same_as<bool>;
  /// The server was removed under the job, inside or queued.
  owner.job_dropped(server, tag);
};

/// All servers of one fleet. Each is one station (E148): at most `workers` requests are inside,
/// the others wait first come, first served in a backlog of at most `backlog`, beyond which they
/// are refused. Inside, a request does its work, sharing the vCPUs with the others that are working
/// (E149), then makes its calls, then waits its I/O time, and holds its worker throughout.
///
/// **Exactly** Where nothing is shared (is_exclusive), work lasts work x stretch to the nearest
/// nanosecond, halves up, and stretch is 1 / (min(1, vcpus) x speed); elsewhere ProcessorSharing
/// says when it is done. A request alone takes the same time either way.
///
/// **Order** At one instant, jobs that are done working come first, one after the other by (key,
/// order of entering); then the ends of waits and of calls, in the order those were scheduled. Only
/// an owner that admits a job from within another event of that instant may come in between. When a
/// job leaves, its place goes to the head of the backlog before anyone else can take it: the owner
/// hears job_started() of that one, then job_done() of the one that left, unless it has taken that
/// by job_done_at_once().
///
/// **Cost** A request is O(1) with exactly one event where nothing is shared; else O(log n) with
/// one event a server for the job done next, which is moved when it fires early; one more where a
/// request will be done before that, and one more for a wait. No allocation once as many jobs have
/// been there at a time before.
///
/// **Method** The classical stations, and held to their closed forms (E155).
///
/// Not modeled here: CPU credits, time limits on requests, the operating system's own CPU use.
class Servers {
 public:
  /// How many kinds of event there are, from first_kind on.
  static constexpr std::uint16_t kKinds = 4;

  /// Events are scheduled in the owner's name; it hands them to fire().
  Servers(kernel::Loop& loop, kernel::ProcessId owner, std::uint16_t first_kind)
      : loop_(loop), owner_(owner), first_kind_(first_kind) {}

  /// A server, empty, from now on. Indices of removed ones are used again, the latest first.
  std::uint32_t add(const ServerConfig& config);
  /// Drops every job, those inside by order of entering and then those queued. O(jobs of all
  /// servers) where some are inside.
  template <ServerOwner Owner>
  void remove(std::uint32_t server, Owner& owner);

  // Of servers that may change (ServerConfig), and are there.

  /// Its requests have so many CPU units from now on, and so many are used beside them.
  void set_cpu(std::uint32_t server, std::uint32_t cpu_units, std::uint32_t beside);
  /// Drops every job as remove() does, and refuses whatever comes until start_again(). REQUIRES not
  /// halted.
  template <ServerOwner Owner>
  void halt(std::uint32_t server, Owner& owner);
  /// REQUIRES halted.
  void start_again(std::uint32_t server);
  bool is_halted(std::uint32_t server) const { return stations_[server].is_halted; }

  /// A request arrives now. Never calls the owner. REQUIRES work >= 0, wait >= 0.
  Admitted admit(std::uint32_t server, std::uint32_t tag, Duration work, Duration wait);
  /// A job's calls are answered: its wait begins, and it leaves at once if it has none. REQUIRES
  /// job_worked() was called for it and neither this nor abandon() since.
  template <ServerOwner Owner>
  void resume(kernel::SlabId job, Owner& owner);
  /// It leaves at once, as after a failed call; job_done() is not called for it, though it may be
  /// for others first, which must not remove the server. Returns the server it has left. REQUIRES
  /// as resume().
  template <ServerOwner Owner>
  std::uint32_t abandon(kernel::SlabId job, Owner& owner);

  /// REQUIRES the event is one of the kinds from first_kind on.
  template <ServerOwner Owner>
  void fire(const kernel::Event& event, Owner& owner);

  /// How many may be inside at a time; as many as there can be where nothing was said.
  std::uint32_t workers(std::uint32_t server) const { return stations_[server].workers; }
  std::uint32_t in_service(std::uint32_t server) const { return stations_[server].in_service; }
  std::uint32_t queued(std::uint32_t server) const { return stations_[server].line.size; }
  std::uint32_t outstanding(std::uint32_t server) const {
    return in_service(server) + queued(server);
  }
  /// Calls `visit(tag)` for each job at any server, inside or queued, in no certain order.
  template <typename Visit>
  void for_each_job(Visit&& visit) const;
  /// CPU time used since add() (E150), beside its requests too (C93), never above cpu_available():
  /// what of it fell before `now`, exactly. REQUIRES now >= the loop's, and no event pending before
  /// it. O(workers) where nothing is shared, else O(1).
  CpuTime cpu_busy(std::uint32_t server, TimePoint now) const;
  /// CPU time there was since add().
  CpuTime cpu_available(std::uint32_t server, TimePoint now) const {
    const Rest& rest = rest_[server];
    return CpuTime{rest.whole_units} * static_cast<std::uint64_t>((now - rest.added).count());
  }

 private:
  enum Kind : std::uint16_t { kFinish, kLeave, kWorked, kShare };
  static constexpr std::uint32_t kUnlimited = std::numeric_limits<std::uint32_t>::max();

  /// What every request touches: one cache line a server.
  struct alignas(64) Station {
    double stretch = 1;         ///< of a request that shares with nobody
    Duration work_time{};       ///< where nothing is shared, of all that have entered service
    std::uint32_t workers = 0;  ///< 0: there is no such server, or it is halted
    std::uint32_t in_service = 0;
    std::uint32_t idle = 0;     ///< where nothing is shared and not all are busy: a worker
    std::uint32_t entered = 0;  ///< service, so far
    Backlog::Line line;
    std::uint32_t backlog = 0;  ///< most in that line
    bool exclusive = false;
    bool makes_calls = false;
    bool is_halted = false;  ///< with no backlog: it refuses
  };
  static_assert(sizeof(Station) == 64);

  /// Of a server whose vCPUs are shared.
  struct alignas(64) Sharing {
    ProcessorSharing cpu;
    TimePoint armed = kEndOfTime;  ///< of the event that is pending for it, if any
    /// Numbers those events: the one that a later took the place of comes up in vain. It is not
    /// used again, which would change the order of events of one instant.
    std::uint32_t arming = 0;
    bool settling = false;
  };
  static_assert(sizeof(Sharing) == 128);

  /// The rest, which no request touches.
  struct Rest {
    TimePoint added;
    std::uint32_t cpu_units = 0;
    std::uint32_t whole_units = 0;   ///< with those beside
    std::uint32_t first_worker = 0;  ///< of those set aside for this index
    std::uint32_t workers = 0;       ///< how many those are
    std::uint32_t beside = 0;        ///< CPU units used since then, by neighbors
    TimePoint beside_since;
    CpuTime beside_used = 0;  ///< until then
    double speed = 1;
    std::uint32_t most_inside = 0;   ///< while it is halted: its workers
    std::uint32_t most_waiting = 0;  ///< and its backlog
  };

  TimePoint start(Station& station, std::uint32_t server, std::uint32_t tag, Duration work,
                  Duration wait);
  TimePoint start_worker(Station& station, std::uint32_t server, std::uint32_t worker,
                         std::uint32_t tag, Duration work, Duration wait);
  TimePoint start_sharing(Station& station, std::uint32_t server, std::uint32_t tag, Duration work,
                          Duration wait);
  kernel::SlabId add_job(std::uint32_t server, const PresentJob& from);
  void release(std::uint32_t job) {
    jobs_[job].inside = false;
    jobs_.release(job);
  }
  void leave_after(Duration wait, kernel::SlabId job) {
    schedule(loop_.now() + wait, kLeave, job.index, job.generation);
  }
  void arm(std::uint32_t server);
  void schedule(TimePoint at, Kind kind, std::uint32_t payload, std::uint32_t tag) {
    loop_.schedule(at, owner_, static_cast<std::uint16_t>(first_kind_ + kind), payload, tag);
  }
  std::span<Worker> workers_of(std::uint32_t server) {
    return std::span(workers_).subspan(rest_[server].first_worker, rest_[server].workers);
  }
  void open_workers(std::uint32_t server, std::uint32_t count);
  CpuTime busy_beside(const Rest& rest, TimePoint now) const {
    return rest.beside_used +
           CpuTime{rest.beside} * static_cast<std::uint64_t>((now - rest.beside_since).count());
  }
  /// Ends a server: who was there, as remove() drops them.
  std::vector<std::uint32_t> close(std::uint32_t server);

  /// Where nothing is shared, a request leaves.
  template <ServerOwner Owner>
  void finish(const kernel::Event& event, Owner& owner);
  /// Where vCPUs are shared, one leaves that has its job in the slab.
  template <ServerOwner Owner>
  void leave(std::uint32_t index, Owner& owner);
  /// A place is the next one's.
  template <ServerOwner Owner>
  void vacate(std::uint32_t server, Owner& owner);
  template <ServerOwner Owner>
  void worked(std::uint32_t server, const PresentJob& job, Owner& owner);
  /// Whoever is due to be done working is.
  template <ServerOwner Owner>
  void settle(std::uint32_t server, Owner& owner);
  /// The same before something happens to a job; false if its server was removed meanwhile.
  template <ServerOwner Owner>
  bool settle_before(kernel::SlabId job, Owner& owner);
  template <ServerOwner Owner>
  void share(const kernel::Event& event, Owner& owner);

  kernel::Loop& loop_;
  kernel::ProcessId owner_;
  std::uint16_t first_kind_;
  std::vector<Station> stations_;
  std::vector<Worker> workers_;
  std::vector<Sharing> sharing_;
  Backlog backlog_;
  kernel::Slab<Job> jobs_;
  std::vector<Rest> rest_;
  std::vector<std::uint32_t> free_;  ///< indices of removed servers
};

}  // namespace skyreplay::compute

#include "compute/servers_inl.h"
