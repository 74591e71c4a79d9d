// Groups of instances and services of tasks (docs/models.md, E20 to E142, C9 to C120).
#include <algorithm>
#include <map>
#include <tuple>

#include "reference/model/money.h"
#include "reference/model/scaling.h"
#include "reference/model/server.h"
#include "reference/model/target_group.h"

namespace skyreplay::reference {
namespace {

enum class Health { kInitial, kHealthy, kUnhealthy };

struct Member {
  enum class State { kPending, kStarting, kInService, kDraining, kGone };
  State state = State::kPending;
  std::uint32_t zone = 0;
  Time launched{};
  std::optional<Time> billed_from{}, gone{}, served_from{}, taken_out{};
  std::optional<Time> serves_since{};  ///< long ago where the run began with it
  bool is_protected = false;
  bool interrupted = false;  ///< it went because EC2 took it
  std::unique_ptr<Server> server{};
  Health health = Health::kInitial;
  std::uint32_t passes = 0, fails = 0;  ///< checks, in a row
  std::uint64_t check = 0;              ///< the number of the one that is out

  bool counts() const { return state < State::kDraining; }
  bool waits() const { return state < State::kInService; }
};

class FleetService final : public Station, public ServerOwner, public Group {
 public:
  FleetService(World& world, std::size_t service)
      : Station(world, service),
        groups_(fleet().cross_zone ? 1 : fleet().zones,
                TargetGroup(world, fleet().algorithm, fleet().slow_start)),
        lost_(fleet().zones),
        shocks_(fleet().zones) {
    if (!fleet().policies.empty() || !fleet().alarms.empty()) {
      scaling_.emplace(world, *this, fleet(), world.entity(service), config().name);
    }
    plan_scheduled();
    for (std::uint32_t zone = 0; zone < fleet().zones && fleet().spot; ++zone) plan_shock(zone);
    set_desired(fleet().desired);
    for (std::uint32_t i = 0; i < desired_ && world_.scenario.warm_start; ++i) {
      const std::size_t member = add_member();
      members_[member].billed_from = world_.now() - Time{1};  // it ran before: no minimum is due
      put_in_service(member, Health::kHealthy);
      members_[member].serves_since = world_.now() - std::chrono::hours{365 * 24};
    }
    reconcile();
  }

  // --- Requests

  Admission admit(Attempt& attempt) override {
    requests_.push_back(world_.now());
    Bits draw =
        world_.bits(world_.entity(service_), "target", attempt.row, attempt.number, attempt.path);
    const auto target = group_of_request(draw).pick(draw);
    if (!target) return Admission::kRefused;  // E114: 503
    sent_.push_back(world_.now());
    if (!members_[*target].server->admit(attempt)) {
      group_of(*target).finished(*target);
      return Admission::kRefused;  // E114: 502
    }
    outstanding_.change(world_.now(), +1);
    if (world_.broken(Mutation::kNoIdleTimeout)) return Admission::kAccepted;
    accepted_.push_back(&attempt);
    world_.calendar.plan(
        world_.now() + fleet().idle_timeout, [this] { give_up_idle(); }, Turn::kBalancerTimeout,
        service_);
    return Admission::kAccepted;
  }

  void resume(Attempt& attempt, bool failed) override {
    for (auto at = calling_.begin(); at != calling_.end(); ++at) {
      if (at->second->attempt != &attempt) continue;
      const auto [member, job] = *at;
      calling_.erase(at);
      if (!failed) return members_[member].server->resume(job);
      members_[member].server->abandon(job);
      return job_done(member, *job, Outcome::kDependency);
    }
  }

  void job_started(std::size_t, Job& job, Time waited) override {
    if (job.attempt->check != 0) return;
    world_.journal.queue[service_].change(world_.now(), -1);
    job.attempt->queue += waited;
  }
  void job_worked(std::size_t member, const JobPtr& job) override {
    if (job->attempt->check != 0) return members_[member].server->resume(job);
    calling_.emplace_back(member, job);
    world_.begin_calls(*job->attempt);
  }
  void job_done(std::size_t member, Job& job, Outcome outcome) override {
    if (job.attempt->check != 0) return answered(member, job.attempt->check);
    group_of(member).finished(member);
    outstanding_.change(world_.now(), -1);
    bytes_.push_back({world_.now(), job.attempt->bytes_in, job.attempt->bytes_out, member,
                      world_.now() - job.attempt->start, outcome == Outcome::kDependency});
    const bool drains = members_[member].state == Member::State::kDraining;
    if (drains && group_of(member).outstanding(member) == 0) remove(member);
    world_.answer(*job.attempt, outcome);
  }

  // --- Capacity

  void change(const Change& change) override {
    if (scaling_) scaling_->suspend((fleet().suspended & kAlarmNotification) != 0);
    reconcile();
    std::optional<std::uint32_t> max, desired;
    if (change.field == Change::Field::kMaxSize) max = fleet().max_size;
    const bool is_scaled = scaling_ || !fleet().scheduled.empty();
    if (change.field == Change::Field::kDesired || !is_scaled) desired = fleet().desired;
    set_capacity({}, max, desired);
  }

  /// What is set stays set (E2); of the bounds the one that is not gives way.
  void set_capacity(std::optional<std::uint32_t> min, std::optional<std::uint32_t> max,
                    std::optional<std::uint32_t> desired) {
    const auto before = std::pair(min_, max_);
    if (min) min_ = *min;
    if (max) max_ = *max;
    if (!max) max_ = std::max(min_, max_);
    if (!min) min_ = std::min(min_, max_);
    const std::uint32_t to = std::clamp(desired.value_or(desired_), min_, max_);
    if (min && world_.broken(Mutation::kBoundsPass)) std::tie(min_, max_) = before;
    if (scaling_) scaling_->set_bounds(min_, max_);
    scale(to);
  }

  // --- Scheduled actions (E77)

  bool is_due(const ScheduledAction& action, Time at) const {
    const Time start = world_.scenario.start;
    if (action.start && start + *action.start == at) return true;
    if (!action.recurs || at % std::chrono::minutes{1} != Time{}) return false;
    if (action.start && at <= start + *action.start) return false;
    const bool until = world_.broken(Mutation::kRecursAtItsEnd);
    if (action.end && (until ? at > start + *action.end : at >= start + *action.end)) return false;
    const auto minute = at / std::chrono::minutes{1};
    const auto holds = [](const std::vector<std::uint32_t>& list, std::int64_t value) {
      return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    return holds(action.minutes, minute % 60) && holds(action.hours, minute / 60 % 24) &&
           holds(action.weekdays, (minute / 60 / 24 + 4) % 7);  // 1970 began on a Thursday
  }

  /// Looks at every start and every minute from now on.
  void plan_scheduled(bool first = true) {
    std::vector<Time> times;
    const Time now = world_.now();
    const Time minute = std::chrono::minutes{1};
    for (const ScheduledAction& action : fleet().scheduled) {
      if (action.start) times.push_back(world_.scenario.start + *action.start);
    }
    const Time end = world_.scenario.end + world_.scenario.drain;
    for (Time at = now / minute * minute; at <= end; at += minute) times.push_back(at);
    std::sort(times.begin(), times.end());
    for (const Time at : times) {
      if (first ? at < now : at <= now) continue;
      const auto due = [&](const ScheduledAction& action) { return is_due(action, at); };
      if (std::none_of(fleet().scheduled.begin(), fleet().scheduled.end(), due)) continue;
      return world_.calendar.plan(at, [this] { act_by_the_clock(); });
    }
  }

  void act_by_the_clock() {
    const bool is_suspended = (fleet().suspended & kScheduledActions) != 0 &&
                              !world_.broken(Mutation::kSuspendedActionsHappen);
    for (const ScheduledAction& action : fleet().scheduled) {
      if (is_suspended || !is_due(action, world_.now())) continue;
      note("scheduled");
      set_capacity(action.min, action.max, action.desired);
    }
    plan_scheduled(false);
  }

  /// Of those in service the oldest (E3, E12).
  void kill(std::uint32_t count) override {
    std::vector<std::size_t> killed = in_service();
    killed.resize(std::min<std::size_t>(killed.size(), count));
    lose(killed);
  }
  void interrupt_spot(double share) override {
    std::vector<std::size_t> serving = in_service();
    serving.resize(static_cast<std::size_t>(share * static_cast<double>(serving.size()) + 0.5));
    for (const std::size_t member : serving) {
      rebalance(member);
      give_notice(member);
    }
  }
  /// A zone that is lost has nothing in it until it is back (E20).
  void zones_change() override {
    for (std::uint32_t zone = 0; zone < fleet().zones; ++zone) {
      const bool lost = world_.is_lost(service_, zone);
      if (lost == lost_[zone]) continue;
      lost_[zone] = lost;
      note("fault");
      std::vector<std::size_t> there;
      for (std::size_t i = 0; i < members_.size(); ++i) {
        const bool is_there = members_[i].zone == zone && members_[i].state != Member::State::kGone;
        if (lost && is_there) there.push_back(i);
      }
      lose(there);
    }
  }

  // --- What scales it

  void scale(std::uint32_t desired) override {
    if (desired == desired_) return;
    note(desired > desired_ ? "scale_out" : "scale_in", desired_, desired);
    set_desired(desired);
    reconcile();
  }
  void alarm_changed() override { note("alarm"); }
  void forecast_made() override { note("forecast"); }
  void raise_max(std::uint32_t max) override { set_capacity({}, max, {}); }
  std::uint32_t desired() const override { return desired_; }
  std::uint32_t targets() const override {
    std::size_t count = 0;
    for (const TargetGroup& group : groups_) count += group.size();
    return static_cast<std::uint32_t>(count);
  }
  std::vector<Instance> instances() const override {
    std::vector<Instance> there;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const Member& member = members_[i];
      if (member.state == Member::State::kGone) continue;
      there.push_back({i, member.serves_since, member.state == Member::State::kDraining});
    }
    return there;
  }
  std::vector<Time> taken_out(Time since) const override {
    std::vector<Time> served;
    for (const Member& member : members_) {
      if (member.taken_out && *member.taken_out > since) served.push_back(*member.serves_since);
    }
    return served;
  }
  Wide busy(std::size_t member, Time from, Time to) const override {
    return members_[member].server->busy(to) - members_[member].server->busy(from);
  }
  Wide available(std::size_t member, Time from, Time to) const override {
    return Wide{(to - from).count()} * members_[member].server->cpu_units();
  }
  std::uint64_t bytes(std::size_t member, bool in, Time from, Time to) const override {
    std::uint64_t sum = 0;
    for (const Answered& answered : bytes_) {
      if (answered.member != member || answered.at < from || answered.at >= to) continue;
      sum += in ? answered.in : answered.out;
    }
    return sum;
  }
  std::uint64_t sent(Time from, Time to) const override {
    std::uint64_t count = 0;
    for (const Time at : sent_) count += at >= from && at < to ? 1 : 0;
    return count;
  }
  std::uint64_t failed(Time from, Time to) const override {
    std::uint64_t count = 0;
    for (const Answered& answered : bytes_) {
      count += answered.failed && answered.at >= from && answered.at < to ? 1 : 0;
    }
    return count;
  }
  std::vector<Time> response_times(Time from, Time to) const override {
    std::vector<Time> times;
    for (const Answered& answered : bytes_) {
      if (answered.at >= from && answered.at < to) times.push_back(answered.took);
    }
    return times;
  }

  bool always_has_a_row() const override { return true; }

  void fill(WindowRow& row, Time end) override {
    row.desired = desired_level_.integral(row.start, end);
    row.pending = pending_level_.integral(row.start, end);
    // Whole vCPU x ns of the time since the start; never more than there was (E150).
    row.cpu_available = cpu(end, false) / 1024 - cpu(row.start, false) / 1024;
    row.cpu_busy = std::min(cpu(end, true) / 1024 - cpu_told_, row.cpu_available);
    cpu_told_ += row.cpu_busy;
  }
  Wide outstanding(Time from, Time to) const override { return outstanding_.integral(from, to); }

  Meters meters(const std::vector<Time>& ends) const override {
    const Span span{world_.scenario.start, world_.scenario.end};
    const bool minimum = !world_.broken(Mutation::kNoMinimumOf60Seconds);
    std::vector<std::uint64_t> seconds;
    for (const Time end : ends) {
      seconds.push_back(0);
      for (const Member& member : members_) {
        if (!member.billed_from || *member.billed_from >= end) continue;
        const Time until = std::min(member.gone.value_or(Time::max()), end);
        if (fleet().spot && is_free(member, span, end)) continue;
        seconds.back() += billed_seconds(span, *member.billed_from, until, minimum);
      }
    }
    std::vector<BalancerUse> uses;
    for (const Time end : ends) uses.push_back(use_until(end));
    std::uint64_t ran = 0;  // also where a Spot Instance is free
    for (const Member& member : members_) {
      if (!member.billed_from || *member.billed_from >= ends.back()) continue;
      const Time until = std::min(member.gone.value_or(Time::max()), ends.back());
      ran += billed_seconds(span, *member.billed_from, until, minimum);
    }
    Meters meters =
        fleet_meters(fleet(), span, seconds, ran, ends, uses, world_.has_bytes(),
                     {.full_hours = !world_.broken(Mutation::kHoursAreNotBegun),
                      .rules_count = !world_.broken(Mutation::kLargestOfThreeDimensions),
                      .hours_are_apart = !world_.broken(Mutation::kCoverageCarriesOver)});
    // E102.
    if (fleet().public_addresses) meters.push_back({"vpc.public_ipv4_in_use", ran});
    if (fleet().detailed) meters.push_back({"cloudwatch.detailed_monitoring_per_instance", ran});
    if (!scaling_) return meters;
    const Time length = std::min(ends.back(), span.end) - span.start;
    const auto passed =
        static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(length).count());
    const auto add = [&](const char* item, std::uint64_t count) {
      if (count > 0) meters.push_back({item, passed * count});
    };
    add("cloudwatch.alarm_standard", scaling_->alarms(false));
    add("cloudwatch.alarm_high_resolution", scaling_->alarms(true));
    add("cloudwatch.custom_metric", scaling_->has_custom_metric() ? 1 : 0);
    return meters;
  }

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

  void plan_shock(std::uint32_t zone) {
    const std::string pool = std::string("pools.us-east-1") + static_cast<char>('a' + zone) + "." +
                             fleet().instance_type;
    const Law gap{.kind = Law::Kind::kExponential, .a = fleet().between_shocks};
    const Time at = sample(gap, world_.bits(pool, "shock", shocks_[zone]));
    if (at >= Time::max() - world_.now()) return;
    world_.calendar.plan(world_.now() + at, [this, zone] { shock(zone); });
  }
  /// Of the pool's instances each is taken with the same probability, at a random moment (E43).
  void shock(std::uint32_t zone) {
    const std::uint64_t number = shocks_[zone]++;
    bool is_used = false;
    for (const std::size_t member : in_service()) {
      if (members_[member].zone != zone) continue;
      is_used = true;
      if (*members_[member].serves_since + fleet().reliable_time > world_.now()) continue;
      Bits draw = world_.bits(world_.entity(service_), "interruption", member, number, zone);
      const bool all = world_.broken(Mutation::kShocksTakeAll);
      if (draw.uniform() >= fleet().shock_share && !all) continue;
      const Law spread{.kind = Law::Kind::kUniform, .b = fleet().shock_spread};
      world_.calendar.plan(world_.now() + sample(spread, draw), [this, member] { warn(member); });
    }
    if (is_used) note("spot");
    plan_shock(zone);
  }
  void warn(std::size_t member) {
    if (members_[member].state == Member::State::kGone) return;
    rebalance(member);
    world_.calendar.plan(world_.now() + fleet().recommendation_lead, [this, member] {
      if (members_[member].state == Member::State::kGone) return;
      rebalance(member);
      give_notice(member);
    });
  }
  /// E39, E41.
  void give_notice(std::size_t member) {
    note("spot");
    const bool early = world_.broken(Mutation::kNoticeOfOneMinute);
    world_.calendar.plan(world_.now() + std::chrono::minutes{early ? 1 : 2}, [this, member] {
      if (members_[member].state == Member::State::kGone) return;
      members_[member].interrupted = true;
      lose({member});
    });
  }
  /// Another is launched in its place, which it leaves when that one is healthy (E40).
  void rebalance(std::size_t member) {
    if (!fleet().capacity_rebalance || world_.broken(Mutation::kReplacedWhenReclaimed)) return;
    if (members_[member].state != Member::State::kInService || !can_launch()) return;
    for (const auto& [old, by] : replaced_) {
      if (old == member) return;
    }
    if (alive() >= max_ + (desired_ + 9) / 10) return;
    note("replace");
    replaced_.emplace_back(member, members_.size());
    launch();
  }
  void replaced_by(std::size_t by) {
    for (const auto& [old, launched] : replaced_) {
      if (launched != by) continue;
      note("terminate", static_cast<std::int64_t>(old));
      return drain(old);
    }
  }
  void forget(std::size_t member) {
    std::erase_if(replaced_, [member](const auto& pair) {
      return pair.first == member || pair.second == member;
    });
  }
  /// E41: in its first hour it may still be free, and is where EC2 took it.
  bool is_free(const Member& member, const Span& span, Time at) const {
    if (*member.billed_from < span.start) return false;
    const Time hour = *member.billed_from + std::chrono::hours{1};
    if (!member.gone || *member.gone >= at) return at < hour && at < span.end;
    if (world_.broken(Mutation::kInterruptedIsBilled)) return false;
    return member.interrupted && *member.gone < hour && *member.gone < span.end;
  }

  /// In the order of their launches.
  std::vector<std::size_t> in_service() const {
    std::vector<std::size_t> serving;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].state == Member::State::kInService) serving.push_back(i);
    }
    return serving;
  }

  void set_desired(std::uint32_t desired) {
    desired_level_.change(world_.now(), static_cast<int>(desired) - static_cast<int>(desired_));
    desired_ = desired;
  }
  void note(const std::string& kind, std::int64_t from = -1, std::int64_t to = -1) {
    world_.journal.activities.push_back({world_.now(), service_, kind, from, to});
  }
  std::uint32_t alive() const {
    return static_cast<std::uint32_t>(std::count_if(
        members_.begin(), members_.end(), [](const Member& member) { return member.counts(); }));
  }
  /// Members by zone, those that drain not among them.
  std::vector<std::uint32_t> by_zone() const {
    std::vector<std::uint32_t> zones(fleet().zones);
    for (const Member& member : members_) zones[member.zone] += member.counts() ? 1 : 0;
    return zones;
  }

  /// First none gets anything any more, then what they have fails, then they are replaced.
  void lose(const std::vector<std::size_t>& lost) {
    for (const std::size_t index : lost) {
      Member& member = members_[index];
      if (member.state == Member::State::kDraining) continue;
      note("terminate", static_cast<std::int64_t>(index));
      forget(index);
      if (member.waits()) {
        call_off(member);
      } else {
        member.state = Member::State::kDraining;
      }
    }
    update_rotation();
    for (const std::size_t index : lost) {
      if (members_[index].state != Member::State::kDraining) continue;
      const bool finish = world_.broken(Mutation::kKilledFinish);
      if (!finish || group_of(index).outstanding(index) == 0) remove(index);
    }
    reconcile();
  }
  void call_off(Member& member) {
    pending_level_.change(world_.now(), -1);
    member.state = Member::State::kGone;
    member.gone = world_.now();
  }

  bool can_launch() const {
    const bool has_zone = std::find(lost_.begin(), lost_.end(), false) != lost_.end();
    return has_zone && (fleet().suspended & kLaunch) == 0;
  }

  std::size_t add_member() {
    std::vector<std::uint32_t> zones = by_zone();
    for (std::size_t i = 0; i < zones.size(); ++i) {
      if (lost_[i] && !world_.broken(Mutation::kLaunchesIntoLostZones)) zones[i] = ~0U;
    }
    const auto emptiest = std::min_element(zones.begin(), zones.end());  // E20
    members_.push_back(
        {.zone = static_cast<std::uint32_t>(emptiest - zones.begin()), .launched = world_.now()});
    return members_.size() - 1;
  }

  void launch() {
    const std::size_t member = add_member();
    pending_level_.change(world_.now(), +1);
    const auto [billed, in_service] = start_times(member);
    world_.calendar.plan(world_.now() + billed, [this, member] {
      if (members_[member].state == Member::State::kGone) return;
      members_[member].state = Member::State::kStarting;
      members_[member].billed_from = world_.now();
    });
    world_.calendar.plan(world_.now() + in_service, [this, member] {
      if (members_[member].state == Member::State::kGone) return;
      pending_level_.change(world_.now(), -1);
      put_in_service(member, Health::kInitial);
    });
    note("launch", static_cast<std::int64_t>(member));
  }

  /// From a launch until billing and until service (E24; C30, C35).
  std::pair<Time, Time> start_times(std::size_t ordinal) const {
    const auto drawn = [&](const Law& law, const char* purpose) {
      return sample(law, world_.bits(world_.entity(service_), purpose, ordinal));
    };
    if (!fleet().fargate) {
      const Time boot = scaled(drawn(fleet().boot_time, "boot_time"),
                               world_.factor(Fault::Kind::kBootTime, service_));
      return {std::min(fleet().pending_time, boot), boot};
    }
    const Time pull = drawn(fleet().infrastructure_time, "infrastructure_time");
    return {pull, pull + fleet().pull_time + drawn(fleet().container_start, "container_start") +
                      drawn(fleet().application_start, "application_start")};
  }

  void put_in_service(std::size_t member, Health health) {
    members_[member].state = Member::State::kInService;
    members_[member].served_from = members_[member].serves_since = world_.now();
    members_[member].is_protected = fleet().protects_new;
    if (scaling_) scaling_->last_in_service = world_.now();
    members_[member].server =
        std::make_unique<Server>(world_, *this, member, fleet(), world_.makes_calls(service_));
    members_[member].health = health;
    const Law beat{.kind = Law::Kind::kUniform, .b = interval()};
    const Bits draw = world_.bits(world_.entity(service_), "health_check", member);
    world_.calendar.plan(world_.now() + sample(beat, draw), [this, member] { check(member); });
    update_rotation();
    world_.journal.running[service_].change(world_.now(), +1);
  }

  /// One of the fullest zone, the last of equals: the latest that is not in service yet, else the
  /// one whose billing hour ends first, of equals the oldest. None where all are protected.
  std::optional<std::size_t> next_to_go() const {
    const std::vector<std::uint32_t> zones = by_zone();
    const auto may_go = [&](const Member& member) {
      return member.counts() && (!member.is_protected || world_.broken(Mutation::kProtectedGo));
    };
    std::optional<std::uint32_t> zone;
    for (std::uint32_t i = 0; i < zones.size(); ++i) {
      const bool has_one = std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
        return member.zone == i && may_go(member);
      });
      if (has_one && (!zone || zones[i] >= zones[*zone])) zone = i;
    }
    std::optional<std::size_t> first, latest;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!zone || members_[i].zone != *zone || !may_go(members_[i])) continue;
      if (members_[i].waits()) latest = i;
      if (!first || into_hour(i) > into_hour(*first)) first = i;
    }
    return latest ? latest : first;
  }
  /// How far an instance is in its billing hour (E33); tasks have none.
  Time into_hour(std::size_t member) const {
    if (fleet().fargate || world_.broken(Mutation::kOldestGoes)) return Time{};
    return (world_.now() - members_[member].launched) % std::chrono::hours{1};
  }

  void reconcile() {
    while (alive() < desired_ + replaced_.size() && can_launch()) launch();
    while (alive() > desired_ + replaced_.size() && (fleet().suspended & kTerminate) == 0) {
      if (!take_out_one()) return;
    }
  }

  bool take_out_one() {
    const std::optional<std::size_t> found = next_to_go();
    if (!found) return false;
    note("terminate", static_cast<std::int64_t>(*found));
    if (members_[*found].waits()) {
      forget(*found);
      call_off(members_[*found]);
    } else {
      drain(*found);
    }
    return true;
  }

  void drain(std::size_t index) {
    forget(index);
    Member& member = members_[index];
    member.state = Member::State::kDraining;
    member.taken_out = world_.now();
    update_rotation();
    if (group_of(index).outstanding(index) == 0) return remove(index);
    const Time delay =
        world_.broken(Mutation::kDrainingAtOnce) ? Time{} : fleet().deregistration_delay;
    world_.calendar.plan(world_.now() + delay, [this, index] {
      if (members_[index].state == Member::State::kDraining) remove(index);
    });
  }

  /// What it still has fails (E111).
  void remove(std::size_t index) {
    Member& member = members_[index];
    member.state = Member::State::kGone;
    member.gone = world_.now();
    world_.journal.running[service_].change(world_.now(), -1);
    std::size_t inside = member.server->inside();
    for (const JobPtr& job : member.server->close()) {
      const bool was_inside = inside > 0;
      inside -= was_inside ? 1 : 0;
      if (job->attempt->check != 0) continue;
      outstanding_.change(world_.now(), -1);
      if (!was_inside) world_.journal.queue[service_].change(world_.now(), -1);
      world_.answer(*job->attempt, Outcome::kError);
    }
  }

  /// Every attempt that has waited so long by now is answered in the target's stead (E112: 504):
  /// of one instant by row, attempt and path.
  void give_up_idle() {
    std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, Attempt*> idle;
    for (Attempt* attempt : accepted_) {
      if (attempt->start + fleet().idle_timeout != world_.now()) continue;
      idle[{attempt->row, attempt->number, attempt->path}] = attempt;
    }
    for (const auto& [order, attempt] : idle) world_.give_up(*attempt, Outcome::kError);
  }

  // --- Health

  Time interval() const { return std::chrono::seconds{fleet().check_interval}; }
  TargetGroup& group_of(std::size_t member) {
    return groups_[fleet().cross_zone ? 0 : members_[member].zone];
  }
  /// Zones that are apart each have an even share (E106).
  TargetGroup& group_of_request(Bits& draw) {
    if (groups_.size() == 1) return groups_[0];
    __extension__ using Wider = unsigned __int128;
    const auto zone = static_cast<std::size_t>((Wider{draw()} * groups_.size()) >> 64);
    return groups_[world_.broken(Mutation::kZonesShareByTargets) ? 0 : zone];
  }

  /// A target is sent a request of no work again and again (E107, E154).
  void check(std::size_t index) {
    if (members_[index].state != Member::State::kInService) return;
    world_.calendar.plan(world_.now() + interval(), [this, index] { check(index); });
    Attempt& attempt = checks_.emplace_back();
    attempt.service = service_;
    attempt.check = checks_.size();
    if (!members_[index].server->admit(attempt)) return count(index, false);
    members_[index].check = attempt.check;
    const Time timeout = std::chrono::seconds{fleet().check_timeout};
    world_.calendar.plan(world_.now() + timeout, [this, index, number = attempt.check] {
      const Member& member = members_[index];
      if (member.state != Member::State::kInService || member.check != number) return;
      members_[index].check = 0;
      count(index, false);
    });
  }
  void answered(std::size_t index, std::uint64_t number) {
    Member& member = members_[index];
    if (member.state != Member::State::kInService || member.check != number) return;
    member.check = 0;
    count(index, true);
  }
  void count(std::size_t index, bool passed) {
    Member& member = members_[index];
    member.passes = passed ? member.passes + 1 : 0;
    member.fails = passed ? 0 : member.fails + 1;
    const bool is_new =
        member.health == Health::kInitial && !world_.broken(Mutation::kNewTargetNeedsThreshold);
    const std::uint32_t needed = is_new ? 1 : fleet().healthy_threshold;  // E108
    if (member.health != Health::kHealthy && member.passes >= needed) {
      const bool for_the_first_time = member.health == Health::kInitial;
      set_health(member, Health::kHealthy);
      if (for_the_first_time) replaced_by(index);
    }
    if (member.health != Health::kUnhealthy && member.fails >= fleet().unhealthy_threshold) {
      set_health(member, Health::kUnhealthy);
    }
  }
  void set_health(Member& member, Health health) {
    member.health = health;
    note("health");
    update_rotation();
  }
  /// Healthy targets get requests; where there are none, unhealthy ones do (E110).
  void update_rotation() {
    bool fail_open = !world_.broken(Mutation::kNoFailOpen);
    for (const Member& member : members_) {
      const bool serves = member.state == Member::State::kInService;
      if (serves && member.health == Health::kHealthy) fail_open = false;
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const Member& member = members_[i];
      const bool serves = member.state == Member::State::kInService;
      const bool gets =
          member.health == Health::kHealthy || (member.health == Health::kUnhealthy && fail_open);
      TargetGroup& group = group_of(i);
      if (group.has(i) && !(serves && gets)) {
        group.leave(i);
      } else if (!group.has(i) && serves && gets) {
        group.enter(i);
      }
    }
  }

  // --- What was used

  Wide cpu(Time until, bool busy) const {
    Wide sum = 0;
    for (const Member& member : members_) {
      if (!member.served_from || *member.served_from >= until) continue;
      const Time end = std::min(member.gone.value_or(Time::max()), until);
      sum += busy ? member.server->busy(end)
                  : Wide{(end - *member.served_from).count()} * member.server->cpu_units();
    }
    return sum;
  }

  BalancerUse use_until(Time at) const {
    BalancerUse use;
    for (const Time request : requests_) use.requests += request < at ? 1 : 0;
    for (const Answered& answered : bytes_) {
      if (answered.at < at) use.bytes += answered.in + answered.out;
      if (answered.at < at) use.bytes_out += answered.out;
    }
    use.in_flight_ms =
        static_cast<std::uint64_t>(outstanding_.integral(world_.scenario.start, at) / 1'000'000);
    return use;
  }

  std::optional<Scaling> scaling_;
  std::vector<TargetGroup> groups_;                            // by zone, where those are apart
  std::vector<bool> lost_;                                     // by zone
  std::vector<std::uint64_t> shocks_;                          // by zone
  std::vector<std::pair<std::size_t, std::size_t>> replaced_;  // members, and those that are to be
  std::deque<Attempt> checks_;
  std::vector<Attempt*> accepted_;
  std::vector<Member> members_;  // by ordinal
  std::uint32_t desired_ = 0;
  std::uint32_t min_ = 0, max_ = fleet().max_size;
  std::vector<std::pair<std::size_t, JobPtr>> calling_;
  Level desired_level_, pending_level_, outstanding_;
  Wide cpu_told_ = 0;  // in the rows so far
  std::vector<Time> requests_, sent_;
  std::vector<Answered> bytes_;
};

}  // namespace

std::unique_ptr<Station> make_fleet(World& world, std::size_t service) {
  return std::make_unique<FleetService>(world, service);
}

}  // namespace skyreplay::reference
