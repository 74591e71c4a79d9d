// The servers against a second implementation that follows their description (processor_sharing.h,
// servers.h) step by step and searches everything linearly. Both must agree to the nanosecond.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

#include "support/server_world.h"

namespace skyreplay::compute {
namespace {

using testing::ServerNote;
using testing::ServerWorld;

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// One server. Times are plain nanoseconds here.
class NaiveServer {
 public:
  NaiveServer(const ServerConfig& config, std::int64_t calls, bool calls_fail)
      : config_(config), calls_(calls), calls_fail_(calls_fail) {}

  Entry admit(std::int64_t now, std::uint32_t tag, std::int64_t work, std::int64_t wait) {
    advance(now);
    const Job job{.tag = tag, .work = work, .wait = wait, .since = now};
    if (inside_.size() < config_.workers.value_or(1'000'000)) {
      start(now, job);
      return Entry::kInService;
    }
    if (queue_.size() >= config_.backlog.value_or(1'000'000)) return Entry::kRefused;
    queue_.push_back(job);
    return Entry::kQueued;
  }

  void advance(std::int64_t until) {
    while (true) {
      const std::size_t working = next_working();
      const std::size_t timed = next_timed();
      const std::int64_t due = working == inside_.size() ? kNever : due_of(inside_[working]);
      const std::int64_t at = timed == inside_.size() ? kNever : inside_[timed].at;
      if (std::min(due, at) > until) return;
      if (due <= at) {
        move_virtual_time(due);
        worked(due, working);
      } else {
        timer(at, timed);
      }
    }
  }

  /// CPU units x ns, by adding up what each stretch of time used.
  double busy(std::int64_t now) {
    advance(now);
    if (is_exclusive(config_)) {
      double sum = busy_;
      for (const Job& job : inside_) {
        sum += static_cast<double>(std::min(now, job.worked) - job.since) * units_of(1);
      }
      return sum;
    }
    return busy_ + static_cast<double>(now - since_) * units_of(working());
  }
  std::size_t in_service() const { return inside_.size(); }
  std::size_t queued() const { return queue_.size(); }

  std::vector<ServerNote> notes;

 private:
  enum class Phase { kWorking, kWorkedSoon, kCalling, kLeaving };
  struct Job {
    std::uint32_t tag = 0;
    std::int64_t work = 0;
    std::int64_t wait = 0;
    std::int64_t since = 0;   ///< queued, then in service
    std::int64_t worked = 0;  ///< where nothing is shared
    Phase phase = Phase::kWorking;
    double key = 0;
    std::int64_t at = kNever;   ///< of the phases that last a known time
    std::uint64_t ordinal = 0;  ///< of entering the phase
  };

  double vcpus() const { return config_.cpu_units / 1024.0; }
  double units_of(std::size_t working) const {
    return std::min(static_cast<double>(working) * 1024, double{1} * config_.cpu_units);
  }
  std::size_t working() const {
    return static_cast<std::size_t>(
        std::count_if(inside_.begin(), inside_.end(),
                      [](const Job& job) { return job.phase == Phase::kWorking; }));
  }
  double stretch() const {
    return std::max(1 / config_.speed,
                    static_cast<double>(working()) * (1 / (vcpus() * config_.speed)));
  }
  std::int64_t due_of(const Job& job) const {
    const double left = std::max(0.0, job.key - virtual_time_);
    return since_ + static_cast<std::int64_t>(std::floor(left * stretch() + 0.5));
  }
  void move_virtual_time(std::int64_t now) {
    if (working() > 0) {
      busy_ += static_cast<double>(now - since_) * units_of(working());
      virtual_time_ += static_cast<double>(now - since_) / stretch();
    }
    since_ = now;
    while (virtual_time_ >= std::pow(2, 40)) {
      virtual_time_ -= std::pow(2, 40);
      for (Job& job : inside_) job.key -= std::pow(2, 40);
    }
  }

  void start(std::int64_t now, Job job) {
    job.since = now;
    job.ordinal = ++ordinal_;
    if (is_exclusive(config_)) {
      const double alone = 1 / (std::min(1.0, vcpus()) * config_.speed);
      job.worked =
          now + static_cast<std::int64_t>(std::floor(static_cast<double>(job.work) * alone + 0.5));
      job.phase = Phase::kLeaving;
      job.at = job.worked + job.wait;
    } else if (job.work > 0) {
      move_virtual_time(now);
      job.key = virtual_time_ + static_cast<double>(job.work);
    } else if (config_.makes_calls) {
      job.phase = Phase::kWorkedSoon;
      job.at = now;
    } else {
      job.phase = Phase::kLeaving;
      job.at = now + job.wait;
    }
    inside_.push_back(job);
  }

  void worked(std::int64_t now, std::size_t which) {
    Job& job = inside_[which];
    job.phase = Phase::kLeaving;  // nothing at all until a line below says what
    job.ordinal = ++ordinal_;
    if (working() == 0) virtual_time_ = 0;
    if (config_.makes_calls) {
      call(now, job);
    } else if (job.wait > 0) {
      job.at = now + job.wait;
    } else {
      leave(now, which);
    }
  }
  void call(std::int64_t now, Job& job) {
    notes.push_back({Duration{now}, ServerNote::kWorked, job.tag, 0, {}});
    job.phase = Phase::kCalling;
    job.at = now + calls_;
    job.ordinal = ++ordinal_;
  }
  void timer(std::int64_t now, std::size_t which) {
    Job& job = inside_[which];
    if (job.phase == Phase::kWorkedSoon) {
      call(now, job);
    } else if (job.phase == Phase::kCalling && !calls_fail_ && job.wait > 0) {
      job.phase = Phase::kLeaving;
      job.at = now + job.wait;
      job.ordinal = ++ordinal_;
    } else {
      leave(now, which);
    }
  }
  void leave(std::int64_t now, std::size_t which) {
    const Job job = inside_[which];
    if (is_exclusive(config_)) busy_ += static_cast<double>(job.worked - job.since) * units_of(1);
    inside_.erase(inside_.begin() + static_cast<std::ptrdiff_t>(which));
    if (!queue_.empty()) {
      const Job next = queue_.front();
      queue_.pop_front();
      start(now, next);
      notes.push_back(
          {Duration{now}, ServerNote::kStarted, next.tag, 0, Duration{now - next.since}});
    }
    notes.push_back({Duration{now}, ServerNote::kDone, job.tag, 0, {}});
  }

  std::size_t next_working() const {
    std::size_t best = inside_.size();
    for (std::size_t i = 0; i < inside_.size(); ++i) {
      const Job& job = inside_[i];
      if (job.phase != Phase::kWorking) continue;
      if (best == inside_.size() ||
          std::pair(job.key, job.ordinal) < std::pair(inside_[best].key, inside_[best].ordinal)) {
        best = i;
      }
    }
    return best;
  }
  std::size_t next_timed() const {
    std::size_t best = inside_.size();
    for (std::size_t i = 0; i < inside_.size(); ++i) {
      const Job& job = inside_[i];
      if (job.phase == Phase::kWorking) continue;
      if (best == inside_.size() ||
          std::pair(job.at, job.ordinal) < std::pair(inside_[best].at, inside_[best].ordinal)) {
        best = i;
      }
    }
    return best;
  }

  ServerConfig config_;
  std::int64_t calls_;
  bool calls_fail_;
  double virtual_time_ = 0;
  std::int64_t since_ = 0;
  double busy_ = 0;
  std::uint64_t ordinal_ = 0;
  std::vector<Job> inside_;
  std::deque<Job> queue_;
};

struct Random {
  std::mt19937_64 engine;
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(n));
  }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(static_cast<std::int64_t>(values.size()))];
  }
};

ServerConfig random_config(Random& random, bool exclusive) {
  ServerConfig config;
  config.cpu_units = random.one_of({256u, 512u, 1000u, 1024u, 1536u, 2048u, 3072u, 8192u});
  config.speed = random.one_of({1.0, 1.0, 0.8, 1.37, 3.0});
  if (random.below(3) != 0) config.backlog = static_cast<std::uint32_t>(random.below(6));
  if (exclusive) {
    const auto most = std::max(1u, config.cpu_units / 1024);
    config.workers = 1 + static_cast<std::uint32_t>(random.below(most));
  } else {
    config.makes_calls = random.below(3) == 0;
    if (random.below(3) != 0) config.workers = 1 + static_cast<std::uint32_t>(random.below(20));
  }
  return config;
}

/// A random stream of requests at one server; small times, so that much happens at one instant, or
/// large ones.
void check_against_naive(std::uint64_t seed, bool exclusive) {
  CAPTURE(seed);
  Random random{std::mt19937_64(seed)};
  const ServerConfig config = random_config(random, exclusive);
  ServerWorld world;
  world.calls = Duration{random.below(30)};
  world.calls_fail = random.below(4) == 0;
  world.servers.add(config);
  NaiveServer naive(config, world.calls.count(), world.calls_fail);
  const std::int64_t scale = random.one_of<std::int64_t>({5, 50, 1'000, 1'000'000'007, 1ll << 42});
  std::int64_t now = 0;
  for (std::uint32_t tag = 0; tag < 300; ++tag) {
    now += random.below(3) == 0 ? 0 : random.below(scale);
    const std::int64_t work = random.below(6) == 0 ? 0 : random.below(2 * scale);
    const std::int64_t wait = random.below(3) == 0 ? 0 : random.below(scale);
    const Admitted admitted = world.request(Duration{now}, tag, Duration{work}, Duration{wait});
    REQUIRE(admitted.entry == naive.admit(now, tag, work, wait));
    REQUIRE(world.servers.in_service(0) == naive.in_service());
    REQUIRE(world.servers.queued(0) == naive.queued());
    if (random.below(8) != 0) continue;
    now += random.below(scale);
    world.advance(Duration{now});
    const CpuTime busy = world.servers.cpu_busy(0, TimePoint{Duration{now}});
    REQUIRE(busy <= world.servers.cpu_available(0, TimePoint{Duration{now}}));
    // Exact where sums fit 53 bits.
    REQUIRE(static_cast<double>(busy) == doctest::Approx(naive.busy(now)).epsilon(1e-13));
  }
  world.advance(Duration{now + 4000 * scale * 300});
  naive.advance(now + 4000 * scale * 300);
  REQUIRE(world.servers.outstanding(0) == 0);
  REQUIRE(world.notes.size() == naive.notes.size());
  for (std::size_t i = 0; i < naive.notes.size(); ++i) {
    INFO(to_string(world.notes[i]), " / naive: ", to_string(naive.notes[i]));
    REQUIRE(world.notes[i] == naive.notes[i]);
  }
}

TEST_CASE("where nothing is shared a second implementation agrees to the nanosecond") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) check_against_naive(seed, true);
}

TEST_CASE("where the vCPUs are shared a second implementation agrees to the nanosecond") {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) check_against_naive(seed, false);
}

}  // namespace
}  // namespace skyreplay::compute
