#include "reference/model/server.h"

#include <algorithm>

namespace skyreplay::reference {
namespace {

constexpr double kRebase = 1099511627776.0;  // 2^40 ns
constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

/// To the nearest nanosecond, halves up.
Time nearest(double ns) { return Time{static_cast<std::int64_t>(ns + 0.5)}; }

std::uint32_t size_of(const Fleet& fleet) {
  if (fleet.fargate) return fleet.cpu;
  if (fleet.instance_type == "c7g.medium") return 1024;
  if (fleet.instance_type == "c6i.xlarge") return 4 * 1024;
  return 2 * 1024;
}

}  // namespace

Server::Server(World& world, ServerOwner& owner, std::size_t member, const Fleet& fleet,
               bool makes_calls)
    : world_(world),
      owner_(owner),
      member_(member),
      units_(size_of(fleet)),
      whole_(units_),
      speed_(fleet.speed),
      workers_(fleet.workers ? *fleet.workers : kUnlimited),
      backlog_(fleet.backlog ? *fleet.backlog : kUnlimited),
      exclusive_(workers_ <= std::max<std::uint64_t>(1, units_ / 1024) && !makes_calls &&
                 !may_change(fleet)),
      makes_calls_(makes_calls),
      added_(world.now()),
      memory_base_(fleet.memory_base),
      memory_per_request_(fleet.memory_per_request.value_or(0)),
      memory_limit_(std::uint64_t{fleet.memory} * 1024 * 1024) {
  held_.emplace_back(added_, memory_base_.value_or(0));
  if (!fleet.fargate || fleet.containers.empty()) return;
  run_containers(fleet, std::vector<bool>(fleet.containers.size(), true));
  exclusive_ =
      workers_ <= std::max<std::uint64_t>(1, units_ / 1024) && !makes_calls && !may_change(fleet);
}

// --- Containers

bool may_change(const Fleet& fleet) {
  bool may = !fleet.containers.empty() && fleet.containers[fleet.serving].restart.has_value();
  for (const Container& container : fleet.containers) may = may || container.exits.has_value();
  return may;
}

/// Whoever wants no more than its share of what is left has it, one after the other; then what is
/// left is divided by shares.
std::uint32_t left_by_sidecars(const World& world, const Fleet& fleet,
                               const std::vector<bool>& runs) {
  const auto shares_of = [&](std::size_t i) -> std::uint64_t {
    const std::uint32_t least = world.broken(Mutation::kLittleSharesAreNone) ? 1 : 2;
    return std::max(fleet.containers[i].cpu, least);
  };
  std::uint64_t left = fleet.cpu;
  if (world.broken(Mutation::kSidecarsTakeNoCpu)) return fleet.cpu;
  std::vector<std::size_t> wanting;
  for (std::size_t i = 0; i < fleet.containers.size(); ++i) {
    const bool wants = i != fleet.serving && runs[i] && fleet.containers[i].cpu_use > 0;
    if (wants) wanting.push_back(i);
  }
  for (bool one_has_it = true; one_has_it;) {
    one_has_it = false;
    std::uint64_t shares = runs[fleet.serving] ? shares_of(fleet.serving) : 0;
    for (const std::size_t i : wanting) shares += shares_of(i);
    for (const std::size_t i : wanting) {
      const std::uint64_t wants = fleet.containers[i].cpu_use;
      const bool any = world.broken(Mutation::kSharesDoNotCount) && wants < left;
      if (wants * shares > left * shares_of(i) && !any) continue;
      left -= wants;
      std::erase(wanting, i);
      one_has_it = !world.broken(Mutation::kLeftOverIsLost);
      break;
    }
    if (one_has_it) continue;
    std::uint64_t taken = 0;
    shares = runs[fleet.serving] ? shares_of(fleet.serving) : 0;
    for (const std::size_t i : wanting) shares += shares_of(i);
    for (const std::size_t i : wanting) {
      taken += std::min<std::uint64_t>(left * shares_of(i) / shares, fleet.containers[i].cpu_use);
    }
    left -= taken;
  }
  return static_cast<std::uint32_t>(left);
}

void Server::run_containers(const Fleet& fleet, const std::vector<bool>& runs) {
  move_virtual_time();
  const int before = in_use();
  const std::uint32_t left = left_by_sidecars(world_, fleet, runs);
  units_ = std::max(1U, left);
  cpu_in_use_.change(world_.now(), in_use() - before);
  plan_next();
  const bool measured = !world_.broken(Mutation::kSidecarsAreNotMeasured);
  const std::uint32_t beside = measured ? fleet.cpu - left : 0;
  beside_.change(world_.now(), static_cast<int>(beside) - static_cast<int>(beside_now_));
  beside_now_ = beside;
  if (!memory_base_) return;
  constexpr std::uint64_t kMib = std::uint64_t{1024} * 1024;
  std::uint64_t of_sidecars = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const bool counts = runs[i] && !world_.broken(Mutation::kSidecarsTakeNoMemory);
    if (counts && i != fleet.serving) of_sidecars += fleet.containers[i].memory_use;
  }
  memory_limit_ = fleet.memory * kMib - of_sidecars;
  const std::optional<std::uint32_t> own = fleet.containers[fleet.serving].memory;
  if (own && !world_.broken(Mutation::kOwnLimitDoesNotCount)) {
    memory_limit_ = std::min(memory_limit_, *own * kMib);
  }
  memory_base_ = runs[fleet.serving] ? fleet.memory_base : 0;
  held_.emplace_back(world_.now(), *memory_base_ + of_sidecars);
}

std::list<JobPtr> Server::halt() {
  move_virtual_time();
  for (const JobPtr& job : inside_) {
    if (job->working) set_working(job, false);
    if (job->attempt->check == 0) requests_inside_.change(world_.now(), -1);
  }
  halted_ = !world_.broken(Mutation::kServesWhileItRestarts);
  virtual_time_ = 0;
  return close();
}

bool Server::admit(Attempt& attempt) {
  if (halted_) return false;
  const auto job = std::make_shared<Job>(Job{.attempt = &attempt, .queued = world_.now()});
  if (inside_.size() < workers_) {
    enter(job);
    return true;
  }
  if (queue_.size() >= backlog_) return false;
  queue_.push_back(job);
  if (attempt.check == 0) world_.journal.queue[attempt.service].change(world_.now(), +1);
  return true;
}

void Server::enter(const JobPtr& job) {
  inside_.push_back(job);
  const Attempt& attempt = *job->attempt;
  if (attempt.check == 0) requests_inside_.change(world_.now(), +1);
  if (exclusive_) {
    const double vcpu = std::min(1.0, units_ / 1024.0);
    const Time takes = nearest(static_cast<double>(attempt.work.count()) * (1 / (vcpu * speed_)));
    cpu_in_use_.change(world_.now(), +static_cast<int>(std::min(units_, 1024U)));
    cpu_in_use_.change(world_.now() + takes, -static_cast<int>(std::min(units_, 1024U)));
    world_.calendar.plan(world_.now() + takes + attempt.wait, [this, job] { leave(job); });
  } else if (attempt.work > Time{}) {
    share(job);
  } else if (makes_calls_) {
    world_.calendar.plan(world_.now(), [this, job] {
      if (job->gone) return;
      settle();
      if (!job->gone) owner_.job_worked(member_, job);
    });
  } else {
    world_.calendar.plan(world_.now() + attempt.wait, [this, job] { leave(job); });
  }
}

// --- Sharing

std::size_t Server::working() const {
  return static_cast<std::size_t>(std::count_if(inside_.begin(), inside_.end(),
                                                [](const JobPtr& job) { return job->working; }));
}

int Server::in_use() const {
  return static_cast<int>(std::min<std::size_t>(working() * 1024, units_));
}

void Server::set_working(const JobPtr& job, bool working) {
  const int before = in_use();
  job->working = working;
  cpu_in_use_.change(world_.now(), in_use() - before);
}

double Server::stretch() const {
  const double of_all = static_cast<double>(working()) * (1 / (units_ / 1024.0 * speed_));
  if (world_.broken(Mutation::kSharesWithoutOneVcpuEach)) return of_all;
  return std::max(1 / speed_, of_all);
}

void Server::move_virtual_time() {
  const std::int64_t passed = (world_.now() - moved_).count();
  moved_ = world_.now();
  if (working() == 0) return;
  virtual_time_ += static_cast<double>(passed) / stretch();
  while (virtual_time_ >= kRebase) {
    virtual_time_ -= kRebase;
    for (const JobPtr& job : inside_) job->key -= kRebase;
  }
}

void Server::share(const JobPtr& job) {
  move_virtual_time();
  job->key = virtual_time_ + static_cast<double>(job->attempt->work.count());
  set_working(job, true);
  plan_next();
}

JobPtr Server::next() const {
  JobPtr best;
  for (const JobPtr& job : inside_) {
    if (job->working && (!best || job->key < best->key)) best = job;  // of equals, who came first
  }
  return best;
}

std::optional<Time> Server::due() const {
  const JobPtr job = next();
  if (!job) return std::nullopt;
  return moved_ + nearest(std::max(0.0, job->key - virtual_time_) * stretch());
}

void Server::plan_next() {
  const std::optional<Time> at = due();
  if (!at || (planned_ && *planned_ <= *at)) return;
  planned_ = at;
  world_.calendar.plan(*at, [this, number = ++plans_] { planned_end(number); });
}

void Server::planned_end(std::uint64_t number) {
  if (number != plans_) return;  // another was planned in its place
  planned_.reset();
  if (due() && *due() <= world_.now()) {
    settle();
  } else {
    plan_next();
  }
}

/// Whoever is done working is.
void Server::settle() {
  if (exclusive_ || settling_ || !due() || *due() > world_.now()) return;
  settling_ = true;
  planned_ = world_.now();
  while (due() && *due() <= world_.now()) {
    move_virtual_time();
    const JobPtr job = next();
    set_working(job, false);
    if (working() == 0) virtual_time_ = 0;
    if (makes_calls_) {
      owner_.job_worked(member_, job);
    } else if (job->attempt->wait > Time{}) {
      world_.calendar.plan(world_.now() + job->attempt->wait, [this, job] { leave(job); });
    } else {
      leave(job);
    }
  }
  settling_ = false;
  planned_.reset();
  plan_next();
}

// --- Leaving

void Server::resume(const JobPtr& job) {
  settle();
  if (job->gone) return;
  if (job->attempt->wait > Time{}) {
    world_.calendar.plan(world_.now() + job->attempt->wait, [this, job] { leave(job); });
  } else {
    leave(job);
  }
}

void Server::abandon(const JobPtr& job) {
  settle();
  vacate(job);
}

void Server::leave(const JobPtr& job) {
  if (job->gone) return;
  settle();
  if (job->gone) return;
  vacate(job);
  owner_.job_done(member_, *job, Outcome::kCompleted);
}

/// Its worker goes to the head of the backlog before anyone else can take it.
void Server::vacate(const JobPtr& job) {
  job->gone = true;
  std::erase(inside_, job);
  if (job->attempt->check == 0) requests_inside_.change(world_.now(), -1);
  if (queue_.empty()) return;
  const bool last = world_.broken(Mutation::kLastComeFirstServed);
  const JobPtr started = last ? queue_.back() : queue_.front();
  std::erase(queue_, started);
  enter(started);
  owner_.job_started(member_, *started, world_.now() - started->queued);
}

bool Server::wants_too_much() const {
  if (!memory_base_) return false;
  std::uint64_t bytes = *memory_base_;
  const auto take = [&](const std::list<JobPtr>& jobs) {
    for (const JobPtr& job : jobs) bytes += job->attempt->check == 0 ? memory_per_request_ : 0;
  };
  take(inside_);
  if (world_.broken(Mutation::kWaitingTakeMemory)) take(queue_);
  return world_.broken(Mutation::kFullIsTooMuch) ? bytes >= memory_limit_ : bytes > memory_limit_;
}

Wide Server::memory_used(Time from, Time to) const {
  Wide held = 0;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const Time begins = std::max(from, held_[i].first);
    const Time ends = i + 1 < held_.size() ? std::min(to, held_[i + 1].first) : to;
    if (begins < ends) held += Wide{held_[i].second} * (ends - begins).count();
  }
  return held + Wide{memory_per_request_} * requests_inside_.integral(from, to);
}

std::list<JobPtr> Server::close() {
  std::list<JobPtr> there = inside_;
  there.insert(there.end(), queue_.begin(), queue_.end());
  for (const JobPtr& job : there) job->gone = true;
  inside_.clear();
  queue_.clear();
  planned_.reset();
  ++plans_;
  return there;
}

}  // namespace skyreplay::reference
