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
      speed_(fleet.speed),
      workers_(fleet.workers ? *fleet.workers : kUnlimited),
      backlog_(fleet.backlog ? *fleet.backlog : kUnlimited),
      exclusive_(workers_ <= std::max<std::uint64_t>(1, units_ / 1024) && !makes_calls),
      makes_calls_(makes_calls),
      added_(world.now()),
      memory_base_(fleet.memory_base),
      memory_per_request_(fleet.memory_per_request.value_or(0)),
      memory_limit_(std::uint64_t{fleet.memory} * 1024 * 1024) {}

bool Server::admit(Attempt& attempt) {
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
  return Wide{memory_base_.value_or(0)} * (to - from).count() +
         Wide{memory_per_request_} * requests_inside_.integral(from, to);
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
