#pragma once

// Groups of instances and services of tasks (docs/models.md, E20 to E142, C9 to C120).

#include <array>
#include <functional>
#include <map>
#include <set>

#include "reference/model/clock.h"
#include "reference/model/money.h"
#include "reference/model/scaling.h"
#include "reference/model/server.h"
#include "reference/model/target_group.h"
#include "reference/model/tenant.h"

namespace skyreplay::reference {

enum class Health { kInitial, kHealthy, kUnhealthy };

struct Member {
  enum class State { kPending, kStarting, kInService, kDraining, kWaiting, kAside, kGone };
  enum class Aside { kNo, kStandby, kDetached };
  State state = State::kPending;
  std::uint32_t zone = 0;
  std::size_t provider = 0;
  std::size_t revision = 0;
  Time ready{};  ///< when it can answer
  Time launched{};
  std::optional<Time> billed_from{}, gone{}, served_from{}, taken_out{}, drained{};
  std::optional<Time> serves_since{};  ///< long ago where the run began with it
  Aside aside = Aside::kNo;            ///< it is, or drains for that
  std::uint64_t stint = 0;             ///< how often it came into service
  bool is_protected = false;
  bool interrupted = false;  ///< it went because EC2 took it
  std::unique_ptr<Server> server{};
  Health health = Health::kInitial;
  std::uint32_t passes = 0, fails = 0;  ///< checks, in a row
  std::uint64_t check = 0;              ///< the number of the one that is out
  bool has_passed = false;              ///< a check, ever
  bool to_be_replaced = false;
  bool rebalances = false;   ///< launched for that, and not in service yet
  bool is_doomed = false;    ///< a container instance that takes its tasks along
  bool is_active = false;    ///< of a container instance: it gets tasks
  std::size_t instance = 0;  ///< of a task: where it is; of an instance: its number in the cluster
  bool leaves = false;       ///< an instance that drains
  bool stays = false;        ///< on one, to its end
  Health container = Health::kHealthy;
  bool was_healthy = false;        ///< both, once
  std::optional<Time> signaled{};  ///< SIGTERM, before it has drained
  struct Run {
    bool runs = true;
    std::uint64_t starts = 0, plan = 0;  ///< before this one; the number of what is planned of it
    Time since{};
  };
  std::vector<Run> containers{};  ///< of a task where they may change
  bool is_never_ready = false;

  bool counts() const { return state < State::kDraining; }
  bool waits() const { return state < State::kInService; }
};

class FleetService final : public Station,
                           public ServerOwner,
                           public Group,
                           public Tenant,
                           public Host {
 public:
  FleetService(World& world, std::size_t service);

  // --- Requests

  Admission admit(Attempt& attempt) override;
  void resume(Attempt& attempt, bool failed) override;
  void job_started(std::size_t, Job& job, Time waited) override;
  void job_worked(std::size_t member, const JobPtr& job) override;
  void job_done(std::size_t member, Job& job, Outcome outcome) override;

  // --- Capacity

  void change(const Change& change) override;

  /// What is set stays set (E2); of the bounds the one that is not gives way.
  void set_capacity(std::optional<std::uint32_t> min, std::optional<std::uint32_t> max,
                    std::optional<std::uint32_t> desired);

  // --- Scheduled actions (E77)

  Scheduler scheduler() const;
  void plan_scheduled(bool first = true);

  void act_by_the_clock();

  /// Of those in service the oldest (E3, E12).
  void kill(std::uint32_t count) override;
  void interrupt_spot(double share) override;
  void operate(const Operation& operation) override;
  /// A zone that is lost has nothing in it until it is back (E20).
  void zones_change() override;

  // --- What scales it

  void scale(std::uint32_t desired) override;
  void alarm_changed() override { note("alarm"); }
  void forecast_made() override { note("forecast"); }
  void raise_max(std::uint32_t max) override;
  std::uint32_t desired() const override { return desired_; }
  bool is_deploying() const override { return deploying_ == Deploying::kInProgress; }
  std::uint32_t targets() const override;
  std::vector<Instance> instances() const override;
  std::vector<Time> taken_out(Time since) const override;
  Wide busy(std::size_t member, Time from, Time to) const override;
  Wide available(std::size_t member, Time from, Time to) const override;
  double memory(std::size_t member, Time from, Time to) const override;
  std::uint64_t bytes(std::size_t member, bool in, Time from, Time to) const override;
  std::uint64_t sent(Time from, Time to) const override;
  std::uint64_t failed(Time from, Time to) const override;
  std::vector<Time> response_times(Time from, Time to) const override;

  bool always_has_a_row() const override { return true; }

  // --- Messages, in fleet_queue.cc

  bool has_queue() const override { return fleet().has_queue; }
  void take_message(Request& request) override;
  void worked(Attempt& attempt, Outcome outcome) override;
  std::vector<double> queue_samples(const std::string& metric) const override;

  void fill(WindowRow& row, Time end) override;
  Wide outstanding(Time from, Time to) const override {
    const Wide waiting = has_queue() ? world_.journal.queue[service_].integral(from, to) : 0;
    return outstanding_.integral(from, to) + waiting;
  }

  Meters meters(const std::vector<Time>& ends) const override;

  // --- Clusters (C13 to C22, C60 to C70, C121), in cluster.cc

  Placing placing() const override;
  Held held_on(std::size_t instance) const override;
  bool is_on(std::size_t instance) const override { return !on_instances({instance}).empty(); }
  std::uint32_t tasks_on(std::optional<std::size_t> instance,
                         std::optional<std::uint32_t> zone) const override;
  std::uint32_t provisioning(std::size_t pool) const override;
  bool waits_for_room() const override;
  void try_again() override { reconcile(); }
  bool follow_instances() override;
  void leave(std::size_t instance) override;
  void end_on(std::size_t instance) override;
  void lose_on(const std::vector<std::size_t>& instances) override;
  Wide reserved(Time from, Time to, std::size_t pool) const override;
  Wide held(Time from, Time to, bool memory, std::size_t pool) const override;

  void let_in(Tenant& tenant) override { tenants_.push_back(&tenant); }
  std::optional<std::size_t> place(const Tenant& tenant, Bits draw,
                                   std::optional<std::size_t> pool) override;
  std::uint32_t zone_of(std::size_t instance) const override { return its(instance).zone; }
  std::size_t pool_of(std::size_t instance) const override { return group_at(instance).pool(); }
  void task_gone(const Tenant& tenant, std::size_t instance) override;
  void room_appears() override;
  bool is_managed(std::size_t pool) const override;
  std::uint32_t all_provisioning() const override;
  Meters part_of(const Tenant& tenant, const std::vector<Time>& ends) const override;

 private:
  struct Answered {
    Time at;
    std::uint64_t in, out;
    std::size_t member;
    Time took;
    bool failed;
  };

  const Fleet& fleet() const { return config().fleet; }

  // --- Spot Instances

  void plan_shock(std::uint32_t zone);
  /// E36: whether the price after so many changes is above the most that is paid.
  bool is_dear(std::size_t changes) const;
  void plan_price(std::size_t changes);
  void price_changes(std::size_t changes);
  /// Of the pool's instances each is taken with the same probability, at a random moment (E43).
  void shock(std::uint32_t zone);
  void warn(std::size_t member);
  /// E39, E41.
  void give_notice(std::size_t member);
  /// Another is launched in its place, which it leaves when that one is healthy (E40).
  void rebalance(std::size_t member);
  void replaced_by(std::size_t by);
  void forget(std::size_t member);
  /// E41: in its first hour it may still be free, and is where EC2 took it.
  bool is_free(const Member& member, const Span& span, Time at) const;
  void divide_by_price(Meters& meters, const Span& span, Time now) const;
  void add_addresses(Meters& meters, std::uint64_t ran, Time length) const;

  /// In the order of their launches.
  std::vector<std::size_t> in_service() const;

  /// Standby and detaching (E6), in fleet_operations.cc.
  void set_aside(const Operation& operation);
  void exit_standby(const Operation& operation);
  void set_desired(std::uint32_t desired);
  void note(const std::string& kind, std::int64_t from = -1, std::int64_t to = -1);
  std::uint32_t alive() const;
  /// Members by zone, those that drain not among them.
  std::vector<std::uint32_t> by_zone(std::optional<std::size_t> provider) const;

  bool on_cluster() const { return fleet().cluster.has_value(); }
  bool has_scheduler() const { return fleet().fargate; }
  FleetService& cluster() const;
  // The groups of a cluster: what the first knows of all of them.
  FleetService& hall() const;
  FleetService& group_at(std::size_t instance) const { return *all_[instance].first; }
  Member& its(std::size_t instance) const {
    return all_[instance].first->members_[all_[instance].second];
  }
  /// The so manieth of its groups.
  std::size_t pool() const { return fleet().beside ? service_ - *fleet().beside : 0; }
  std::vector<FleetService*> groups() const;
  /// Of a task of a service by its provider: where it must be placed.
  std::optional<std::size_t> pool_for(std::size_t provider) const;
  /// CPU units and MiB of a task of a deployment; what an instance registers.
  std::uint32_t reserved(const Fleet& task) const;
  std::uint32_t measured(const Fleet& task) const;
  std::pair<std::uint32_t, std::uint32_t> size(std::size_t revision) const;
  std::uint64_t weight(std::size_t revision) const;
  /// Where the next task goes.
  std::optional<std::uint32_t> place_task(std::size_t provider);
  Bits placement_draw() const;
  std::optional<std::size_t> choose(const Tenant& tenant, Bits draw,
                                    std::optional<std::size_t> pool) const;
  bool takes(std::size_t instance, const Tenant& tenant) const;
  Held left_on(std::size_t instance) const;
  std::vector<std::string> strategies(const Tenant& tenant) const;
  std::uint64_t rank(const Tenant& tenant, const std::string& strategy, std::size_t instance) const;
  std::optional<std::size_t> task_to_go(const std::function<bool(const Member&)>& which);
  std::optional<std::size_t> placed_task_to_go(const std::function<bool(const Member&)>& which);
  std::vector<std::size_t> on_instances(const std::vector<std::size_t>& instances) const;
  void fail_to_place(std::size_t failures);
  Time image_ready(Time begins, std::size_t revision);
  void retry();
  void instances_gone(const std::vector<std::size_t>& instances);
  bool must_drain(std::size_t instance) const;
  // Daemons and zones, in cluster_daemons.cc.
  bool meets(std::size_t instance, const Placing& task) const;
  std::uint32_t instances_for(const Tenant& tenant) const;
  bool is_missing_on(std::size_t instance, const Tenant& daemon) const;
  Held daemons(std::optional<std::size_t> instance) const;
  bool has_only_daemons(std::size_t instance) const;
  void end_daemons(std::size_t instance);
  bool may_rebalance() const;
  bool even_out_on_cluster();
  // What scales it (C75 to C90): instances that are needed and those there are.
  void plan_measure();
  std::pair<std::uint32_t, std::uint32_t> reservation() const;
  void evaluate(std::uint32_t needed, std::uint32_t running);
  bool is_warming() const;
  std::vector<std::uint64_t> parts_of_whole(const Tenant* tenant,
                                            const std::vector<Time>& ends) const;
  Meters own_meters(const std::vector<Time>& ends) const;
  Meters own_part_of(const Tenant* tenant, const std::vector<Time>& ends) const;
  Meters with_cluster(Meters meters, const std::vector<Time>& ends) const;

  // --- Capacity providers (C71 to C74)

  using Planned = std::map<std::size_t, std::uint32_t>;  ///< launches that failed, by provider
  /// How many more a provider has, with those, than its share of so many; in parts of the sum of
  /// the weights.
  std::int64_t above_share(std::size_t provider, std::int64_t total, const Planned& failed) const;
  /// Of which a launch or a termination is: of tasks that stay (C56).
  std::size_t provider_of_launch(const Planned& failed) const;
  std::optional<std::size_t> provider_that_gives() const;
  std::uint32_t staying() const;
  bool keeps_leaving() const;
  void interrupt_task(std::size_t member);

  // --- Deployments (C37 to C46)

  /// The service as a deployment has it; 0 is what the run begins with.
  Fleet revision(std::size_t number) const;
  bool is_old(const Member& member) const { return member.revision != current_; }
  bool is_healthy(const Member& member) const;
  bool is_unhealthy(const Member& member) const;
  /// Once enough others are healthy.
  bool is_to_go(const Member& member) const;
  /// Of those that count.
  template <typename Which>
  std::vector<std::size_t> tasks_that(Which&& which) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const bool is_its = members_[i].counts() && !members_[i].stays;
      if (is_its && which(members_[i])) found.push_back(i);
    }
    return found;
  }
  std::uint32_t least_healthy() const;
  std::uint32_t most() const;
  bool launch_tasks(std::size_t count, std::size_t revision);
  /// How many may be launched now (C48).
  std::size_t tokens();
  void take_tokens(std::size_t launched);
  /// Of a service on Fargate: its account's (C49).
  FargateLaunches& account(std::size_t provider) const;
  void schedule_tasks();
  // Those that shift traffic (C58).
  bool is_shifting() const;
  bool keep_old_tasks();
  void shift();
  void give_all_to(std::size_t revision);
  bool replace_lost_tasks();
  bool replace_leaving_tasks();
  bool launch_missing_tasks();
  bool take_out_surplus_tasks();
  bool stop_unhealthy_task();
  bool stop_tasks_to_go();
  void end_deployment();
  void even_tasks_out();
  bool end_evening_tasks_out();
  void stop_quietly(std::size_t index);
  void deploy(std::size_t revision, bool back);
  void task_failed(std::size_t index);
  void task_never_ran(std::size_t index);
  void task_runs(std::size_t index);
  void container_changed(std::size_t index, Health to);
  /// How long it stops once it has drained.
  Time stopping(std::size_t index) const;
  void task_health_changed(std::size_t index, bool first);
  void look_later(Time at);

  // Containers of tasks (C3 to C8), in fleet_containers.cc
  void start_containers(std::size_t index);
  void start_container(std::size_t index, std::size_t container);
  void container_exits(std::size_t index, std::size_t container, std::uint32_t code);
  void container_restarts(std::size_t index, std::size_t container);
  void adapt_to_containers(std::size_t index);
  void pause(std::size_t index);
  void out_of_memory(std::size_t index);

  /// Kills a task whose requests want more memory than it has, once they are all in (C4).
  void watch_memory(std::size_t member);
  /// First none gets anything any more, then what they have fails, then they are replaced.
  void lose(const std::vector<std::size_t>& lost);
  void call_off(std::size_t index);
  std::size_t add_member(std::uint32_t zone, std::size_t provider);
  /// Where the next launch goes: none where it fails. `failed` have failed in each zone just now.
  std::optional<std::uint32_t> zone_of_launch(std::vector<std::uint32_t>& failed,
                                              std::size_t provider) const;
  void launch(std::uint32_t zone, std::size_t provider = 0);
  void launch_missing();
  struct Start {
    Time billed, in_service;
    bool abandoned = false;  ///< then, in place of in service
    Time ready{};            ///< from in service on; the longest there is: never
  };
  /// From a launch until billing and until service (E24; C30, C35).
  Start start_times(std::size_t ordinal);
  /// How long an instance waits for hooks, and whether that ends by ABANDON (E9).
  std::pair<Time, bool> hooks(std::size_t ordinal, bool launching) const;
  void put_in_service(std::size_t member, Health health);

  /// Of the fullest zones: the latest that is not in service yet, else whom the policies choose, of
  /// equals the oldest of the last zone. None where all are protected.
  std::optional<std::size_t> next_to_go();
  std::optional<std::size_t> next_to_go(const std::function<bool(const Member&)>& which);
  /// Of those, the ones that a termination policy would take first.
  std::vector<std::size_t> chosen_by(const std::string& policy,
                                     const std::vector<std::size_t>& members) const;

  void reconcile();
  bool take_out_one();
  void drain(std::size_t index);
  void drain(std::size_t index, Time delay);
  void take_out(std::size_t index);
  void give_up_launch(std::size_t index);
  /// Launches and terminations that even zones out (E21).
  void rebalance_zones();
  bool has_capacity(std::uint32_t zone) const;
  /// What is desired, and one more for each that is replaced before it goes.
  std::size_t wanted() const { return desired_ + replaced_.size(); }
  /// What it still has fails (E111), and it waits for its hooks.
  void remove(std::size_t index, bool waits = true);
  void end(std::size_t index);
  /// Every attempt that has waited so long by now is answered in the target's stead (E112: 504):
  /// of one instant by row, attempt and path.
  void give_up_idle();

  // --- Health

  Time interval() const { return std::chrono::seconds{fleet().check_interval}; }
  TargetGroup& group_of(std::size_t member);
  /// Zones that are apart each have an even share (E106).
  TargetGroup& group_of_request(Bits& draw);

  /// A target is sent a request of no work again and again (E107, E154).
  void check(std::size_t index, std::uint64_t stint);
  void answered(std::size_t index, std::uint64_t number);
  void count(std::size_t index, bool passed);
  void set_health(Member& member, Health health);
  /// E14: at this instant, when all that was planned for it before has happened.
  void replace_unhealthy_later(Time at);
  void replace_unhealthy();
  std::size_t ready() const;
  /// Healthy targets get requests; where there are none, unhealthy ones do (E110).
  void update_rotation();

  // --- What was used

  /// Of all tasks, in bytes x ns: in use, or there.
  Wide memory_time(Time until, bool used) const;
  Wide cpu(Time until, bool busy) const;
  BalancerUse use_until(Time at) const;

  // --- Messages

  /// A worker that waits for a message.
  struct Poller {
    std::size_t member = 0;
    Time since{};
  };
  void begin_polling(std::size_t member);
  void stop_polling(std::size_t member);
  void stop_waiting(const Poller& poller);
  bool is_too_old(const Request& message) const;
  bool is_dead(const Request& message) const;
  void show(Request& message);
  void hand_out();
  void receive(std::size_t member, Request& message);
  void begin_work(std::size_t member, Request& message);
  void fail(Request& message, Outcome outcome);
  void show_again();
  void drop_message(Request& message, bool kept);
  std::uint64_t sqs_requests(Time until) const;

  static constexpr Wide kToken = 60'000'000'000;

  std::optional<Scaling> scaling_;
  std::vector<TargetGroup> groups_;                            // by zone, where those are apart
  std::vector<bool> lost_, refused_;                           // by zone
  std::vector<std::uint64_t> shocks_;                          // by zone
  std::vector<std::pair<std::size_t, std::size_t>> replaced_;  // members, and those that are to be
  enum class Deploying { kCompleted, kInProgress, kFailed } deploying_ = Deploying::kCompleted;
  std::size_t current_ = 0, last_completed_ = 0, launching_ = 0;
  bool watched_ = false, told_stuck_ = false, stopping_ = false;
  std::uint32_t failures_ = 0;
  std::uint64_t stopped_first_ = 0;
  Wide tokens_ = Wide{fleet().launch_burst} * kToken;  ///< in 60 x 10^9 parts
  Time filled_ = world_.now();
  FargateLaunches::Launcher launcher_{[this] { reconcile(); }};
  Time restart_delay_{}, no_launch_until_{};
  std::optional<std::size_t> evens_out_;
  std::vector<std::size_t> lost_tasks_;  ///< their revisions
  std::set<Time> looks_;
  std::deque<Attempt> checks_;
  std::vector<Attempt*> accepted_;
  std::vector<Member> members_;  // by ordinal
  std::uint32_t desired_ = 0;
  std::uint32_t min_ = fleet().min_size, max_ = fleet().max_size;
  bool back_ = false, baked_ = false;
  std::uint32_t shifted_ = 0, of_second_ = 0;
  std::uint32_t begun_ = 0;               ///< deployments
  std::map<std::size_t, bool> second_{};  ///< by revision: of the second target group
  std::size_t begun_with_ = 0;            ///< members
  bool ever_closed_ = false;              ///< a zone
  bool ever_aside_ = false;               ///< an instance
  bool too_dear_ = false;
  struct Stint {
    Time from, to;
    std::unique_ptr<Server> server;
  };
  std::vector<Stint> stints_;   ///< that ended by standby
  std::vector<Time> killed_{};  ///< tasks that wanted too much memory
  std::size_t unnoticed_ = 0;   ///< who are gone, and nobody knows
  std::vector<std::pair<std::size_t, JobPtr>> calling_;
  std::vector<Tenant*> tenants_;                            ///< of this cluster
  std::vector<std::pair<FleetService*, std::size_t>> all_;  ///< of the first group: instances
  std::size_t next_instance_ = 0;                           ///< of the task about to be launched
  std::uint64_t placed_ = 0, scaled_in_ = 0;
  std::uint32_t waiting_ = 0;                                   ///< tasks that fit nowhere
  Planned waiting_on_{};                                        ///< of them
  std::size_t unplaced_ = 0;                                    ///< of the round in hand
  std::map<std::pair<std::size_t, std::size_t>, Time> images_;  ///< by instance and revision
  bool will_retry_ = false;
  std::uint32_t lows_ = 0;                        ///< of managed scaling, in a row
  mutable std::map<std::size_t, Meters> wholes_;  ///< by the number of windows
  Level desired_level_, pending_level_, outstanding_;
  Wide cpu_told_ = 0;  // in the rows so far
  std::vector<Time> requests_, sent_;
  std::vector<Answered> bytes_;
  std::vector<Poller> pollers_;                 ///< who has waited longest first
  std::vector<std::pair<Poller, Time>> waits_;  ///< that are over
  std::vector<Request*> messages_;              ///< all there ever were, as they came
  std::vector<Request*> line_;                  ///< visible ones
  std::uint32_t hidden_ = 0;                    ///< messages in flight
  std::uint64_t received_ = 0;
  Level visible_level_, hidden_level_;
  std::vector<Time> sqs_requests_;  ///< but for polls that found nothing
};

}  // namespace skyreplay::reference
