// Groups of instances and services of tasks (docs/models.md, E20 to E142, C9 to C120).
#include <algorithm>

#include "reference/model/money.h"
#include "reference/model/server.h"
#include "reference/model/target_group.h"

namespace skyreplay::reference {
namespace {

enum class Health { kInitial, kHealthy, kUnhealthy };

struct Member {
  enum class State { kPending, kStarting, kInService, kDraining, kGone };
  State state = State::kPending;
  std::uint32_t zone = 0;
  std::optional<Time> billed_from{}, gone{}, served_from{};
  std::unique_ptr<Server> server{};
  Health health = Health::kInitial;
  std::uint32_t passes = 0, fails = 0;  ///< checks, in a row
  std::uint64_t check = 0;              ///< the number of the one that is out

  bool counts() const { return state < State::kDraining; }
  bool waits() const { return state < State::kInService; }
};

class FleetService final : public Station, public ServerOwner {
 public:
  FleetService(World& world, std::size_t service)
      : Station(world, service),
        groups_(fleet().cross_zone ? 1 : fleet().zones,
                TargetGroup(world, fleet().algorithm, fleet().slow_start)) {
    set_desired(fleet().desired);
    for (std::uint32_t i = 0; i < desired_; ++i) {
      if (!world_.scenario.warm_start) {
        launch();
        continue;
      }
      const std::size_t member = add_member();
      members_[member].billed_from = world_.now() - Time{1};  // it ran before: no minimum is due
      put_in_service(member, Health::kHealthy);
    }
  }

  // --- Requests

  Admission admit(Attempt& attempt) override {
    requests_.push_back(world_.now());
    Bits draw =
        world_.bits(world_.entity(service_), "target", attempt.row, attempt.number, attempt.path);
    const auto target = group_of_request(draw).pick(draw);
    if (!target) return Admission::kRefused;  // E114: 503
    if (!members_[*target].server->admit(attempt)) {
      group_of(*target).finished(*target);
      return Admission::kRefused;  // E114: 502
    }
    outstanding_.change(world_.now(), +1);
    if (world_.broken(Mutation::kNoIdleTimeout)) return Admission::kAccepted;
    world_.calendar.plan(
        world_.now() + fleet().idle_timeout,
        [this, &attempt] { world_.give_up(attempt, Outcome::kError); },  // E112: 504
        Turn::kFunctionTimeout);
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
    bytes_.push_back({world_.now(), job.attempt->bytes_in, job.attempt->bytes_out});
    const bool drains = members_[member].state == Member::State::kDraining;
    if (drains && group_of(member).outstanding(member) == 0) remove(member);
    world_.answer(*job.attempt, outcome);
  }

  // --- Capacity

  void change(const Change& change) override {
    if (change.field != Change::Field::kDesired || fleet().desired == desired_) return;
    const std::uint32_t before = desired_;
    note(fleet().desired > before ? "scale_out" : "scale_in", before, fleet().desired);
    set_desired(fleet().desired);
    while (alive() < desired_) launch();
    while (alive() > desired_) take_out_one();
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
        seconds.back() += billed_seconds(span, *member.billed_from, until, minimum);
      }
    }
    std::vector<BalancerUse> uses;
    for (const Time end : ends) uses.push_back(use_until(end));
    return fleet_meters(fleet(), span, seconds, ends, uses, world_.has_bytes(),
                        {.full_hours = !world_.broken(Mutation::kHoursAreNotBegun),
                         .rules_count = !world_.broken(Mutation::kLargestOfThreeDimensions),
                         .hours_are_apart = !world_.broken(Mutation::kCoverageCarriesOver)});
  }

 private:
  struct Answered {
    Time at;
    std::uint64_t in, out;
  };

  const Fleet& fleet() const { return config().fleet; }

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

  std::size_t add_member() {
    const std::vector<std::uint32_t> zones = by_zone();
    const auto emptiest = std::min_element(zones.begin(), zones.end());  // E20
    members_.push_back({.zone = static_cast<std::uint32_t>(emptiest - zones.begin())});
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
    note("launch");
  }

  /// From a launch until billing and until service (E24; C30, C35).
  std::pair<Time, Time> start_times(std::size_t ordinal) const {
    const auto drawn = [&](const Law& law, const char* purpose) {
      return sample(law, world_.bits(world_.entity(service_), purpose, ordinal));
    };
    if (!fleet().fargate) {
      const Time boot = drawn(fleet().boot_time, "boot_time");
      return {std::min(fleet().pending_time, boot), boot};
    }
    const Time pull = drawn(fleet().infrastructure_time, "infrastructure_time");
    return {pull, pull + fleet().pull_time + drawn(fleet().container_start, "container_start") +
                      drawn(fleet().application_start, "application_start")};
  }

  void put_in_service(std::size_t member, Health health) {
    members_[member].state = Member::State::kInService;
    members_[member].served_from = world_.now();
    members_[member].server =
        std::make_unique<Server>(world_, *this, member, fleet(), world_.makes_calls(service_));
    members_[member].health = health;
    const Law beat{.kind = Law::Kind::kUniform, .b = interval()};
    const Bits draw = world_.bits(world_.entity(service_), "health_check", member);
    world_.calendar.plan(world_.now() + sample(beat, draw), [this, member] { check(member); });
    update_rotation();
    world_.journal.running[service_].change(world_.now(), +1);
  }

  /// Of the fullest zone, the last of equals: the latest that is not in service yet, else the
  /// oldest.
  std::size_t next_to_go() const {
    const std::vector<std::uint32_t> zones = by_zone();
    std::uint32_t zone = 0;
    for (std::uint32_t i = 0; i < zones.size(); ++i) zone = zones[i] >= zones[zone] ? i : zone;
    std::optional<std::size_t> oldest, latest;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].zone != zone || !members_[i].counts()) continue;
      if (members_[i].waits()) latest = i;
      if (!oldest) oldest = i;
    }
    return latest ? *latest : *oldest;
  }

  void take_out_one() {
    const std::size_t index = next_to_go();
    Member& member = members_[index];
    note("terminate");
    if (member.waits()) {
      pending_level_.change(world_.now(), -1);
      member.state = Member::State::kGone;
      member.gone = world_.now();
      return;
    }
    member.state = Member::State::kDraining;
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
      set_health(member, Health::kHealthy);
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

  std::vector<TargetGroup> groups_;  // by zone, where those are apart
  std::deque<Attempt> checks_;
  std::vector<Member> members_;  // by ordinal
  std::uint32_t desired_ = 0;
  std::vector<std::pair<std::size_t, JobPtr>> calling_;
  Level desired_level_, pending_level_, outstanding_;
  Wide cpu_told_ = 0;  // in the rows so far
  std::vector<Time> requests_;
  std::vector<Answered> bytes_;
};

}  // namespace

std::unique_ptr<Station> make_fleet(World& world, std::size_t service) {
  return std::make_unique<FleetService>(world, service);
}

}  // namespace skyreplay::reference
