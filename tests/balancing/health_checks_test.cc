// Health checks of one target, whose answers a test decides.
#include "balancing/health_checks.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace skyreplay::balancing {
namespace {

using namespace std::chrono_literals;

/// A target with a switch: it answers a check after `takes`, or turns it away.
class Target final : public kernel::Process {
 public:
  explicit Target(const HealthCheckConfig& config, Health health = Health::kInitial)
      : loop_(TimePoint{}),
        process_(loop_.add(*this)),
        checks_(loop_, process_, 0, config, RandomStream(1, "services.web", "health_check")) {
    checks_.add(0, 0, health);
    first_ = loop_.next_time();
  }

  Duration takes{};
  bool refuses = false;
  std::vector<TimePoint> sent;
  std::vector<std::string> changes;

  /// Up to so long after the first check.
  void advance(Duration after_first) { loop_.advance(first_ + after_first); }
  Health health() const { return checks_.health(0); }
  TimePoint first() const { return first_; }
  void remove() { checks_.remove(0); }

  void fire(const kernel::Event& event) override {
    if (event.kind < HealthChecks::kKinds) return checks_.fire(event, *this);
    checks_.answered(0, *this);
  }
  bool send_check(std::uint32_t) {
    sent.push_back(loop_.now());
    if (!refuses) loop_.schedule(loop_.now() + takes, process_, HealthChecks::kKinds, 0);
    return !refuses;
  }
  void health_changed(std::uint32_t, Health from, Health to) {
    const char* const names[] = {"initial", "healthy", "unhealthy"};
    changes.push_back(std::string(names[static_cast<int>(from)]) + " to " +
                      names[static_cast<int>(to)] + " at " +
                      std::to_string((loop_.now() - first_) / 1s));
  }

 private:
  kernel::Loop loop_;
  kernel::ProcessId process_;
  HealthChecks checks_;
  TimePoint first_;
};

using Changes = std::vector<std::string>;

}  // namespace

TEST_CASE("E107: a target is checked on a beat of 30 s that begins within the first 30 s") {
  Target target({});
  CHECK(target.first() >= TimePoint{});
  CHECK(target.first() <= TimePoint{30s});
  target.advance(95s);
  REQUIRE(target.sent.size() == 4);
  CHECK(target.sent[3] - target.sent[0] == 90s);
}

TEST_CASE("E108: a new target is healthy after one passed check") {
  Target target({});
  target.takes = 2s;
  target.advance(100s);
  CHECK(target.changes == Changes{"initial to healthy at 2"});
}

TEST_CASE("E107, E108: two failed checks make a target unhealthy, five passed ones healthy again") {
  Target target({}, Health::kHealthy);
  target.takes = 6s;  // above the timeout of 5 s
  target.advance(34s);
  CHECK(target.changes.empty());  // one has failed, at 5 s
  target.advance(40s);
  CHECK(target.changes == Changes{"healthy to unhealthy at 35"});
  target.takes = 1s;
  target.advance(400s);
  // Passed at 61, 91, 121, 151 and 181 s.
  CHECK(target.changes == Changes{"healthy to unhealthy at 35", "unhealthy to healthy at 181"});
}

TEST_CASE("E107: a passed check in between begins the count of failed ones anew") {
  Target target({}, Health::kHealthy);
  target.refuses = true;
  target.advance(1s);
  target.refuses = false;
  target.advance(31s);
  target.refuses = true;
  target.advance(61s);
  CHECK(target.health() == Health::kHealthy);
  target.advance(91s);
  CHECK(target.changes == Changes{"healthy to unhealthy at 90"});
}

TEST_CASE("a target turned away at the door fails its check at once, whatever the timeout") {
  Target target({.unhealthy_threshold = 3});
  target.refuses = true;
  target.advance(70s);
  CHECK(target.changes == Changes{"initial to unhealthy at 60"});
}

TEST_CASE("an answer after the timeout counts for nothing, also while the next check is out") {
  // Each takes 50 s: the answer to the first comes while the second is out, and so on.
  Target target({.interval = 30s, .timeout = 20s, .healthy_threshold = 2});
  target.takes = 50s;
  target.advance(300s);
  CHECK(target.changes == Changes{"initial to unhealthy at 50"});
}

TEST_CASE("a target that is no longer checked hears of nothing more") {
  Target target({}, Health::kHealthy);
  target.takes = 60s;
  target.advance(3s);
  target.remove();
  target.advance(300s);
  CHECK(target.sent.size() == 1);
  CHECK(target.changes.empty());
}

}  // namespace skyreplay::balancing
