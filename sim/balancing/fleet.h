#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancing/health_checks.h"
#include "balancing/idle_timeouts.h"
#include "balancing/member_mix.h"
#include "balancing/memory_use.h"
#include "balancing/queue_workers.h"
#include "balancing/target_group.h"
#include "balancing/termination.h"
#include "balancing/traffic.h"
#include "balancing/zone_balance.h"
#include "compute/servers.h"
#include "core/random.h"
#include "kernel/loop.h"
#include "kernel/slab.h"
#include "metrics/level.h"
#include "metrics/recorder.h"
#include "pricing/load_balancer_meter.h"
#include "pricing/steady_meter.h"
#include "workload/calls.h"
#include "workload/clients.h"
#include "workload/platform.h"

namespace skyreplay::balancing {

/// What every fleet of servers behind a load balancer has, whatever the servers are.
struct FleetConfig {
  std::string name;                 ///< entity of its draws
  std::uint32_t service = 0;        ///< in the recorder
  std::string member = "instance";  ///< what a member is called
  std::string loss = "is gone";     ///< what activities say of one that went by itself
  compute::ServerConfig server{};
  Algorithm algorithm = Algorithm::kRoundRobin;
  Duration slow_start{};                                      ///< E104
  bool cross_zone = true;                                     ///< E106
  Duration deregistration_delay = std::chrono::seconds{300};  ///< E111
  HealthCheckConfig health_checks{};
  std::vector<std::string> zones = {"a"};  ///< REQUIRES not empty
  /// A launch that its zone has no capacity for fails, and is made in no other (E20).
  bool balanced_only = false;
  std::optional<std::uint32_t> calls{};  ///< the list of calls its requests make (workload::Calls)
  /// Two target groups, between which traffic is shifted: each has members of its own.
  bool has_two_sides = false;
  Duration idle_timeout = std::chrono::seconds{60};  ///< E112; none: nobody waits for answers
  pricing::LoadBalancer load_balancer{};
  bool internet_facing = false;   ///< the balancer has a public address in each zone (E141)
  bool member_addresses = false;  ///< so has each member
  /// Else no request comes but from a queue, nothing is checked, and no balancer is billed.
  bool has_load_balancer = true;
  /// Its workers take messages from it. REQUIRES no load balancer, workers given, one side and
  /// zones not apart, no idle timeout.
  std::optional<QueueWorkersConfig> queue{};
  Duration warmup{};              ///< in which a member is left out of instance metrics (E50)
  bool protects_members = false;  ///< from scale-in, once in service (E17)
  TerminationRule termination{};  ///< who goes first (E33)
  MemberMix mix{};                ///< of kinds of members
  /// Zones are even where all members are, whatever their kind; else those of each kind.
  bool evens_out_all_kinds = false;
  std::vector<std::string> kinds{};  ///< what they are called; none where there is but one
};

/// Who pays for a fleet: where it is, until when, and the meters its items are added to.
struct FleetBilling {
  const pricing::Catalogue& catalogue;
  std::string region;
  pricing::BilledSpan span;
  bool has_bytes = false;   ///< the trace says how many bytes each request has
  pricing::Meters& meters;  ///< outlives the fleet
};

/// Servers behind a load balancer's target group: a number of like members, spread over zones, that
/// are launched and taken out as the desired number changes.
///
///     pending -> starting -> in service -> draining -> terminating:wait -> gone
///       |  not billed   billed ...    ^         |  \_ standby, detached (E6)
///       +----------------+------------|-> gone  |        |
///                                     +---------|--------+ of standby
///     in flight when the deregistration delay ends: failed
///
/// Where a member has nothing to wait for (E8), it is gone once it has drained.
///
/// A request goes to a target at once: the balancer has no queue (E121). Where no member is in
/// rotation (503) or the member's backlog is full (502), it is refused (E114, E148).
///
/// **Health** A member in service gets requests once it has passed a health check, and none while
/// it is unhealthy, unless no target is healthy: then every unhealthy one does that can answer
/// (E107, E108, E110). Before it can answer, every check fails.
/// A check goes through the member's own workers (E154): it waits there like a request, and needs
/// no time of its own.
///
/// **Idle timeout** What is not answered in that time, waiting at the member included, the balancer
/// answers by an error (504); the member works on (E112). An answer at the very instant is in time.
///
/// **Queue** Without a load balancer its workers may take messages from a queue (QueueWorkers):
/// those of a member in service that can answer. A member that goes gets none any more, and has the
/// deregistration delay to finish what it has.
///
/// **Memory** A member that lets in more requests than its memory has room for is gone at once with
/// all it has (C4), and replaced.
///
/// **Pauses** A member may lose all it has and stay, refusing requests until it goes on (C7).
///
/// **Order** A launch goes to the zone with the fewest members, the first of equals, that has
/// capacity (ZoneBalance, E20). Taken out is a member of the zone with the most: one not yet in
/// service, the latest first, else whom the policies choose (TerminationOrder, E33); none that is
/// protected (E17). **Cost** O(1) a request; changing the number, O(members).
///
/// Not modeled here: what the load balancer itself adds to a request's time.
class Fleet : public workload::Platform, public kernel::Process {
 public:
  Fleet(kernel::Loop& loop, metrics::Recorder& recorder, const FleetConfig& config,
        std::uint64_t seed, const FleetBilling& billing);

  /// The run begins with so many members: in service already, or launched now.
  void begin(std::uint32_t desired, bool in_service);
  /// Another number from now on; `cause` says why.
  void set_desired(std::uint32_t desired, const std::string& cause);
  std::uint32_t desired() const { return desired_; }
  /// What a reader of the run's result has to know of it, each a sentence. Asked once, at the end.
  virtual std::vector<std::string> notes() const { return {}; }
  /// So many of the members in service, the oldest first, are gone at once with all they have; the
  /// desired number stays, and they are replaced (E3, E12).
  void kill(std::uint32_t count);
  /// The number of a zone in FleetConfig::zones; none where it has no such zone.
  std::optional<std::uint32_t> zone(const std::string& name) const {
    return zones_.front().find(name);
  }
  /// All that is in the zone is gone at once, and nothing is launched there until it is back (E20).
  /// REQUIRES that it is not lost already; that it is lost.
  void lose_zone(std::uint32_t zone);
  void restore_zone(std::uint32_t zone);
  /// The zone has no capacity for launches until it has again (E20); then members are spread evenly
  /// once more (E21). REQUIRES that it has some, lost or not; that it has none.
  void refuse_capacity(std::uint32_t zone);
  void restore_capacity(std::uint32_t zone);
  /// What is suspended does not happen, and is made up for when it is no more (E22).
  struct Suspension {
    bool launches = false;
    bool terminations = false;
    bool rebalancing = false;    ///< of zones
    bool noticing_loss = false;  ///< who is gone unasked is not replaced
  };
  void suspend(const Suspension& suspension);
  /// The member in service at that place is taken out though desired capacity stays: it drains
  /// (E15), and another is launched. `why` goes into its activity. REQUIRES in service.
  void terminate(std::uint32_t member, const std::string& why);

  // --- What scaling and metrics look at

  /// What a member leaves service for, though it goes on running (E6).
  enum class Aside : std::uint8_t { kNo, kStandby, kDetached };

  /// A member that is not gone. `serves_since` is kEndOfTime while it is pending; far in the past
  /// where the run began with it.
  struct MemberState {
    std::uint32_t ordinal = 0;
    std::uint32_t server = 0;  ///< of meaning once it serves
    TimePoint serves_since = kEndOfTime;
    TimePoint ready = kEndOfTime;      ///< when it can answer: of meaning once it serves
    bool is_draining = false;          ///< or has, and waits for its end or stands aside
    Aside aside = Aside::kNo;          ///< it is, or drains for that
    bool has_server = false;           ///< its server is of meaning
    Health health = Health::kInitial;  ///< of meaning while it is in service
    std::uint32_t zone = 0;            ///< its number in FleetConfig::zones
    std::uint32_t kind = 0;            ///< its number in FleetConfig::mix
  };
  /// Calls `visit(member, state)` for each, in no certain order. `member` is the number of its
  /// place, which another has after it.
  template <typename Visit>
  void for_each_member(Visit&& visit) const {
    for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
      if (members_[i].lives) visit(i, state_of(members_[i]));
    }
  }
  /// The member at that place; nothing where there is none.
  std::optional<MemberState> member(std::uint32_t place) const {
    if (place >= members_.capacity() || !members_[place].lives) return std::nullopt;
    return state_of(members_[place]);
  }
  std::uint32_t pending() const { return pending_level_.value; }
  /// Targets that get requests.
  std::uint32_t targets() const { return group_.in_rotation(); }
  const compute::Servers& servers() const { return servers_; }
  const MemoryUse& memory() const { return memory_; }
  /// Members that were killed because their memory was used up.
  std::uint64_t out_of_memory_kills() const { return out_of_memory_kills_; }
  /// Counts what it is told to from then on.
  Traffic& traffic() {
    ends_plainly_ = false;
    return traffic_;
  }
  /// Where requests of its routes go in its place; null where it has no queue.
  QueueWorkers* queue() const { return queue_.get(); }
  /// For activities.csv.
  void note(std::string kind, std::string cause, std::optional<std::int64_t> from = std::nullopt,
            std::optional<std::int64_t> to = std::nullopt);

  workload::Admitted admit(std::uint32_t unit, std::uint32_t index,
                           workload::Request& request) override;
  void resume(std::uint32_t unit, std::uint32_t index, workload::Called called) override;
  workload::Place place_of(std::uint32_t unit, const workload::Request& request) const override;
  workload::Standing standing(std::uint32_t unit) const override;
  std::string refusal(std::uint32_t unit, const workload::Request& request) const override;
  void complete(std::uint32_t unit, const metrics::Window& window,
                metrics::WindowRow& row) override;
  void read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) override;
  void take_activities(std::vector<workload::Activity>& activities) override;
  void finish(TimePoint) override {}
  void fire(const kernel::Event& event) override;

  // What QueueWorkers asks and tells.

  /// One of the server's workers has received a message. REQUIRES in rotation, a worker free.
  void reserve(std::uint32_t server) { group_.fetched(server); }
  /// It begins with it. REQUIRES reserve() was called for it, the server there.
  workload::Admitted work_on(std::uint32_t server, std::uint32_t index,
                             const workload::Request& request);
  std::uint32_t ordinal_of(std::uint32_t server) const {
    return members_[member_of_server_[server]].ordinal;
  }

  // What Servers tell their owner.
  bool job_done_at_once(std::uint32_t server, std::uint32_t tag);
  void job_started(std::uint32_t server, std::uint32_t tag, Duration waited);
  void job_worked(std::uint32_t server, std::uint32_t tag, kernel::SlabId job);
  void job_done(std::uint32_t server, std::uint32_t tag);
  void job_dropped(std::uint32_t server, std::uint32_t tag);

  // What HealthChecks asks and tells of a target, which is a server.
  bool send_check(std::uint32_t server);
  void health_changed(std::uint32_t server, Health from, Health to);

 protected:
  /// From a member's launch until it is billed, and until it is in service. REQUIRES billed <=
  /// in_service.
  struct Launch {
    Duration billed{};
    Duration in_service{};
    bool is_abandoned = false;  ///< it is gone then, in place of in service
    Duration ready{};           ///< from then until it can answer; Duration::max(): it never can
  };
  /// How long the member of that ordinal takes.
  virtual Launch launch(std::uint32_t ordinal) = 0;
  /// Why a launch is abandoned. REQUIRES it is.
  virtual std::string abandonment(std::uint32_t) const { return ""; }
  /// How long the member of that ordinal waits, billed, once it has drained (E8).
  virtual Duration termination_wait(std::uint32_t) const { return Duration{}; }
  /// The most members that may be there while zones are rebalanced (E18).
  virtual std::uint32_t most_while_rebalancing() const { return 0; }
  /// The member is billed from `at` on, and until `at`. `member` is below the most that ever lived
  /// at a time.
  virtual void bill_from(std::uint32_t member, TimePoint at) = 0;
  virtual void bill_until(std::uint32_t member, TimePoint at) = 0;
  /// Brings the meters of the members up to `until`.
  virtual void read_members(TimePoint until, pricing::Meters& meters) = 0;
  /// For how many seconds, together, members have run until then: public addresses are billed by
  /// it.
  virtual std::uint64_t member_seconds(TimePoint) const { return 0; }
  /// Members that are gone at once, with all they have; they are replaced. In the order of their
  /// launches. `why` is for activities.csv: FleetConfig::loss unless given.
  void lose(const std::vector<std::uint32_t>& members) { lose(members, config_.loss); }
  void lose(const std::vector<std::uint32_t>& members, const std::string& why);
  /// No zone has capacity for launches; each has what it had before. REQUIRES closed before.
  void close_zones();
  void open_zones();
  /// Launches what is missing, once more.
  void launch_again() { reconcile(); }
  /// Members in service stop being the fleet's: they drain and then run on, billed (E6). The
  /// desired number is `desired` from then on. From then on zones may be evened out (E21).
  void set_aside(const std::vector<std::uint32_t>& members, Aside why, std::uint32_t desired);
  /// Members in standby are in service again, and `desired` is the desired number.
  void take_back(const std::vector<std::uint32_t>& members, std::uint32_t desired);
  /// "instance 3 in us-east-1a".
  std::string spelled(std::uint32_t member) const { return spelled(members_[member]); }
  /// A member that has drained waits no longer, and is gone. REQUIRES that it waits.
  void end_wait(std::uint32_t member);
  /// From scale-in (E17).
  void protect(std::uint32_t member, bool is_protected) {
    members_[member].is_protected = is_protected;
  }

  // --- Members whose servers change, or halt (compute::Servers); in fleet_pauses.cc

  /// What the member has fails, and it refuses what comes until it goes on. It is registered all
  /// the same, and fails health checks. A member that drains is gone with what it had. REQUIRES a
  /// server that may change, and does not pause.
  void pause(std::uint32_t member);
  /// It can answer from `ready` on: now, or never.
  void go_on(std::uint32_t member, TimePoint ready);
  /// What its requests have of the CPU, and what is used beside them. REQUIRES as pause().
  void set_cpu(std::uint32_t member, std::uint32_t cpu_units, std::uint32_t beside);
  /// Where memory is tracked; the member is killed where it has too little now.
  void set_memory(std::uint32_t member, const compute::MemoryConfig& memory);
  /// The member wants more memory than it has; `why` is for activities.csv.
  virtual void member_out_of_memory(std::uint32_t member, const std::string& why) {
    lose({member}, why);
  }

  // --- Where members are, for fleets on capacity of their own

  /// Where the next launch of that kind goes.
  virtual ZoneBalance::Choice choose_place(std::uint32_t kind) { return zones_[kind].choose(); }
  /// Where one goes that evens members of the kind out over the zones; none where it need not, or
  /// cannot.
  virtual std::optional<std::uint32_t> choose_lagging_place(std::uint32_t kind) {
    return zones_[kind].lagging(0, zones_that_may_give(kind));
  }
  /// Whether a zone of which a member may go has two or more above the zone.
  bool lags(std::uint32_t kind, std::uint32_t zone) const;
  /// Members by kind, of which a launch is of the kind farthest below its share, and of which one
  /// goes that is farthest above.
  virtual std::vector<std::uint32_t> kinds_that_stay() const { return of_kind_; }
  /// Of which kinds the next so many launches are.
  std::vector<std::uint32_t> kinds_of_next(std::uint32_t launches) const;
  /// Of which kind one goes first; none where there are none that stay.
  std::optional<std::uint32_t> kind_to_go() const;
  /// Who goes next when there are too many; kNoTarget where none may.
  std::uint32_t next_to_go();
  /// There is a member more, pending, before its launch; it is gone for good.
  virtual void member_added(std::uint32_t) {}
  virtual void member_gone(std::uint32_t) {}
  /// Whether one of that kind may be launched now; it has been.
  virtual bool may_launch(std::uint32_t) { return true; }
  virtual void is_launched(std::uint32_t) {}
  /// These are about to be lost.
  virtual void members_lost(const std::vector<std::uint32_t>&) {}
  /// Of the launches just made so many have failed, perhaps none, as the zones of these names have
  /// no capacity.
  virtual void launches_failed(std::size_t failed, const std::vector<std::string>& zones);
  /// Members that are wanted but cannot be launched: pending too.
  void set_waiting(std::uint32_t waiting);
  std::uint32_t waiting() const { return waiting_; }
  /// Launches another member beside one in service, which is taken out once the other is healthy;
  /// `why` is for activities.csv. Not where it is being replaced already, nothing can be launched,
  /// or as many as `most` are there.
  void replace(std::uint32_t member, std::uint32_t most, const std::string& why);
  /// The member in service is taken out at once, and another is launched: what it still has is
  /// given so long. `why` is for activities.csv.
  void stop(std::uint32_t member, Duration within, const std::string& why);
  /// A member serves from now on; one that served is taken out.
  virtual void member_in_service(std::uint32_t) {}
  virtual void member_taken_out(std::uint32_t) {}
  /// The target group thinks otherwise of a member's health. It must not be taken out in here.
  virtual void member_health_changed(std::uint32_t) {}
  /// Members may have been launched or taken out, or desired capacity be another.
  virtual void members_changed() {}

  // --- Who schedules members by other rules than desired capacity alone

  /// Launches and takes out what it wants, by the functions below; false where the desired number
  /// says it all.
  virtual bool schedule_members() { return false; }
  /// It counts as a member no more, though it may drain; its launch has come to nothing, and it is
  /// about to go.
  virtual void member_forgotten(std::uint32_t) {}
  virtual void member_abandoned(std::uint32_t) {}
  /// Of two target groups, whether it is of the second. Asked when it is registered.
  virtual bool is_of_second_side(std::uint32_t) const { return false; }
  /// From now on the second gets so many of TargetGroup::kAll parts of the requests.
  void shift_traffic(std::uint32_t to_second) { group_.share(to_second); }
  /// What the server of a member is like, where it is not that of all.
  virtual void configure_server(std::uint32_t, compute::ServerConfig&) const {}
  /// Members, those that drain not among them.
  std::uint32_t members_alive() const { return members_alive_; }
  /// Launches so many. Returns how many, fewer where no zone has capacity, or none of the next kind
  /// may be launched now.
  std::size_t launch_members(std::size_t count);
  /// Whether no open zone has two members less than another, of a kind or of all.
  bool zones_are_even() const;
  /// Launches a member where its zone is behind another, of which one may go, by two or more (E21);
  /// of the first kind that has such a zone. None where there is none, or it may not be now.
  std::optional<std::uint32_t> launch_where_lagging();
  /// Takes a member out, in service or not; `why` goes into its activity.
  void take_out(std::uint32_t member, const std::string& why);
  /// Of those that `which(member)` is true of, who goes first; kNoTarget where there is none. The
  /// capacity provider that gives has the first say (C73).
  template <typename Which>
  std::uint32_t next_to_go(Which&& which) const {
    if (members_alive_ == 0) return kNoTarget;
    const TerminationOrder order(config_.termination, loop_.now());
    const std::uint32_t kind = config_.mix.first_to_go(of_kind_);
    std::uint32_t best = kNoTarget;
    const auto goes_before = [&](const Member& a, const Member& b) {
      if ((a.kind == kind) != (b.kind == kind)) return a.kind == kind;
      return order.goes_before(candidate(a), candidate(b));
    };
    for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
      const Member& member = members_[i];
      if (!member.lives || member.state >= State::kDraining || !which(i)) continue;
      if (best == kNoTarget || goes_before(member, members_[best])) best = i;
    }
    return best;
  }
  /// Schedules members anew.
  void reconcile();
  /// Another desired number from now on, of which nothing follows before reconcile().
  void change_desired(std::uint32_t desired);
  kernel::Loop& loop() const { return loop_; }

 private:
  enum Kind : std::uint16_t {
    kBilled,
    kInService,
    kAbandoned,
    kReady,
    kOutOfMemory,
    kDelayOver,
    kWaited,
    kIdleTimeouts,
    kChecks = kIdleTimeouts + IdleTimeouts::kKinds,
    kServers = kChecks + HealthChecks::kKinds
  };
  /// In the tag of a job: it is a health check.
  static constexpr std::uint32_t kCheck = std::uint32_t{1} << 31;
  enum class State : std::uint8_t { kPending, kStarting, kInService, kDraining, kWaiting, kAside };

  struct Member {
    State state = State::kPending;
    std::uint32_t ordinal = 0;
    std::uint32_t zone = 0;
    std::uint32_t kind = 0;
    std::uint32_t server = 0;  ///< of meaning from kInService on
    std::uint32_t generation = 0;
    bool lives = false;
    bool is_protected = false;
    bool rebalances = false;         ///< launched for that, and not in service yet
    bool is_of_second_side = false;  ///< of meaning from kInService on
    Aside aside = Aside::kNo;
    TimePoint launched;
    TimePoint serves_since = kEndOfTime;
    TimePoint ready;         ///< when it can answer: of meaning from kInService on
    TimePoint drains_until;  ///< of meaning while it drains
  };

  std::uint32_t add_member(std::uint32_t zone, std::uint32_t kind);
  void launch_missing();
  std::uint32_t start_launch(std::uint32_t zone, std::uint32_t kind = 0);
  /// "task 3 in us-east-1a", of several kinds also which.
  std::string spelled(const Member& member) const;
  void put_in_service(std::uint32_t member, Health health, TimePoint serves_since);
  bool take_out_one();
  void drain(std::uint32_t member, Duration delay);
  void drained(std::uint32_t member);
  /// In the order of their launches.
  template <typename Which>
  std::vector<std::uint32_t> members_that(Which&& which) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < members_.capacity(); ++i) {
      if (members_[i].lives && which(members_[i])) found.push_back(i);
    }
    std::sort(found.begin(), found.end(), [this](std::uint32_t a, std::uint32_t b) {
      return members_[a].ordinal < members_[b].ordinal;
    });
    return found;
  }
  void count_in(std::uint32_t member);
  void forget(std::uint32_t member);
  void replaced_by(std::uint32_t member);
  /// How many there ought to be: those that are to go once another is healthy are one too many.
  std::size_t wanted() const { return desired_ + replacements_.size(); }
  void call_off(std::uint32_t member);
  void deregister(std::uint32_t member);
  void end_server(std::uint32_t member, Duration wait);
  void end_billing(std::uint32_t member);
  void release(std::uint32_t member);
  void launched(std::uint32_t member);
  void abandon(std::uint32_t member);
  void rebalance_zones();
  std::vector<bool> zones_that_may_give(std::uint32_t kind) const;
  std::uint32_t members_to_even_out(std::uint32_t kind, std::uint32_t zone) const;
  TerminationCandidate candidate(const Member& member) const;
  static bool has_server(const Member& member) {
    return member.state == State::kInService || member.state == State::kDraining;
  }
  MemberState state_of(const Member& member) const {
    const bool is_checked = member.state == State::kInService;
    return {.ordinal = member.ordinal,
            .server = member.server,
            .serves_since = member.serves_since,
            .ready = member.ready,
            .is_draining = member.state >= State::kDraining,
            .aside = member.aside,
            .has_server = has_server(member),
            .health = is_checked ? checks_.health(member.server) : Health::kInitial,
            .zone = member.zone,
            .kind = member.kind};
  }
  void fire_member(const kernel::Event& event);
  void take_memory(std::uint32_t server);
  void count_admission(std::uint32_t server, compute::Entry entry);
  void count_end(std::uint32_t server, std::uint32_t tag, metrics::Outcome outcome);
  void out_of_memory(std::uint32_t member);
  std::uint32_t& count_of(const Member& member, Health health) {
    return by_health_[member.is_of_second_side ? 1 : 0][static_cast<std::size_t>(health)];
  }
  bool belongs_in_rotation(const Member& member) const;
  void enter_rotation(std::uint32_t server);
  void leave_rotation(std::uint32_t server);
  void update_rotation();
  std::uint64_t draw(const workload::Request& request, std::uint32_t& drawn) const;
  /// The request is gone from its server, and answered.
  void end(std::uint32_t server, std::uint32_t tag, metrics::Outcome outcome);
  std::int64_t since_window() const { return (loop_.now() - window_start_).count(); }
  std::uint64_t address_seconds(TimePoint until) const;
  compute::CpuTime cpu_busy(TimePoint now) const;
  compute::CpuTime cpu_available(TimePoint now) const;
  MemoryUse::Integrals memory_until(TimePoint now) const;
  metrics::MemoryCounts take_memory_counts(TimePoint window_end);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  FleetConfig config_;
  RandomStream picks_;
  kernel::ProcessId process_;
  compute::Servers servers_;
  MemoryUse memory_;
  std::uint64_t out_of_memory_kills_ = 0;
  TargetGroup group_;
  std::unique_ptr<QueueWorkers> queue_;
  IdleTimeouts idle_timeouts_;
  HealthChecks checks_;
  /// Members that are checked, by side.
  std::array<std::array<std::uint32_t, 3>, 2> by_health_{};
  kernel::Slab<Member> members_;
  std::vector<std::uint32_t> member_of_server_;
  std::vector<kernel::SlabId> calling_;  ///< by request: its job, while its calls are made
  std::uint32_t dropped_inside_ = 0;     ///< of the jobs about to be dropped, those not queued
  bool is_pausing_ = false;              ///< they are dropped by a server that stays
  std::uint32_t desired_ = 0;
  std::uint32_t members_alive_ = 0;  ///< draining ones not among them
  std::uint32_t created_ = 0;
  std::uint32_t rebalancing_ = 0;  ///< members that are launched above what is wanted (E21)
  bool one_was_set_aside_ = false;
  std::uint32_t unnoticed_ = 0;         ///< members that are gone and were to be replaced
  std::uint32_t waiting_ = 0;           ///< for capacity, not members yet
  std::vector<ZoneBalance> zones_;      ///< by kind (C12); draining members not among theirs
  std::vector<std::uint32_t> of_kind_;  ///< members, draining ones not among them
  struct Replacement {
    std::uint32_t old_member;
    std::uint32_t new_member;
    std::string why;
  };
  std::vector<Replacement> replacements_;  ///< of whose members neither is gone or draining
  Suspension suspended_;
  Traffic traffic_;
  /// Requests make no calls, and no traffic, memory or bytes are counted: for certain.
  bool ends_plainly_ = !config_.calls.has_value();

  // Billing of the load balancer, and of what goes through it.
  std::optional<pricing::LoadBalancerMeter> balancer_meter_;
  pricing::LoadBalancerUse use_;
  compute::CpuTime outstanding_ns_ = 0;  ///< requests x ns: a backlog of millions needs 128 bits
  pricing::SteadyMeter steady_;
  std::optional<std::uint32_t> address_item_;
  std::optional<std::uint32_t> transfer_item_;
  std::optional<std::uint32_t> queue_item_;
  std::uint64_t bytes_out_ = 0;

  // Of the window in hand.
  TimePoint window_start_;
  metrics::Integral outstanding_level_;
  metrics::Level desired_level_;
  metrics::Level pending_level_;
  compute::CpuTime gone_busy_ = 0;  ///< of servers that are gone
  compute::CpuTime gone_available_ = 0;
  std::uint64_t busy_told_ = 0;  ///< vCPU x ns in the rows so far
  std::uint64_t available_told_ = 0;
  MemoryUse::Integrals gone_memory_;  ///< of servers that are gone
  MemoryUse::Integrals memory_told_;  ///< MiB x ns in the rows so far
  std::uint64_t kills_told_ = 0;
  std::vector<workload::Activity> activities_;
};

}  // namespace skyreplay::balancing
