// External services (docs/models.md).
#include <deque>

#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

class ExternalService final : public Station {
 public:
  using Station::Station;

  Admission admit(Attempt& attempt) override {
    if (!is_full()) {
      start(attempt);
      return Admission::kAccepted;
    }
    if (config().external.refuses_when_full) return Admission::kRefused;
    queue_.push_back(&attempt);
    world_.journal.queue[service_].change(world_.now(), +1);
    return Admission::kAccepted;
  }

  void resume(Attempt&, bool) override {}
  void change(const Change&) override { start_waiting(); }

  Meters meters(const std::vector<Time>& ends) const override {
    std::uint64_t used = 0;
    for (const Time at : started_) used += at < ends.back() ? 1 : 0;
    return {{"external.requests", used}};
  }

 private:
  bool is_full() const {
    return config().external.max_connections && in_use() >= *config().external.max_connections;
  }

  std::size_t in_use() const {
    std::size_t used = 0;
    for (const Attempt* attempt : in_service_) {
      const bool left = attempt->awaited == Attempt::Awaited::kByNobody;
      used += left && world_.broken(Mutation::kConnectionFreedOnTimeout) ? 0 : 1;
    }
    return used;
  }

  void start(Attempt& attempt) {
    const double factor = world_.factor(Fault::Kind::kSlowExternal, service_);
    const Bits draw =
        world_.bits(world_.entity(service_), "latency", attempt.row, attempt.number, attempt.path);
    Time latency = scaled(sample(config().external.latency, draw), factor);
    if (world_.broken(Mutation::kSlowsWhatIsServed)) latency = scaled(latency, 1 / factor);
    started_.push_back(world_.now());
    in_service_.push_back(&attempt);
    attempt.wait += latency;  // the latency is part of what the request waits
    world_.calendar.plan(world_.now() + attempt.work + attempt.wait, [this, &attempt] {
      std::erase(in_service_, &attempt);
      start_waiting();
      world_.answer(attempt, Outcome::kCompleted);
    });
  }

  void start_waiting() {
    while (!queue_.empty() && !is_full()) {
      Attempt& next = *queue_.front();
      queue_.pop_front();
      world_.journal.queue[service_].change(world_.now(), -1);
      next.queue += world_.now() - next.start;
      start(next);
    }
  }

  std::vector<Attempt*> in_service_;
  std::deque<Attempt*> queue_;
  std::vector<Time> started_;
};

}  // namespace

std::unique_ptr<Station> make_external(World& world, std::size_t service) {
  return std::make_unique<ExternalService>(world, service);
}

}  // namespace skyreplay::reference
