#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <vector>

#include "ecs/launch_rate.h"
#include "kernel/loop.h"

namespace skyreplay::ecs {

struct FargateLaunchesConfig {
  std::uint32_t burst = 100;
  std::uint32_t rate = 20;  ///< a second
  std::uint32_t spot_burst = 100;
  std::uint32_t spot_rate = 20;
};

/// How many tasks an account launches on Fargate (C49): a bucket of tokens of those on demand and
/// one of those on FARGATE_SPOT, which all its services and jobs take from.
///
/// **Order** Who finds no token stands in line for the next ones. Each that comes is offered to
/// whoever has stood there longest, who stands behind the others again for what it still lacks; one
/// who needs it no more leaves it to the next. So services that are short of tokens get them in
/// turn, and nobody who asks meanwhile is before them. Where several ask at one instant, they do so
/// in the order of the events that make them.
///
/// **Cost** O(1) a launch, and O(those in line) for each that waits.
class FargateLaunches final : public kernel::Process {
 public:
  using Id = std::uint32_t;

  FargateLaunches(kernel::Loop& loop, const FargateLaunchesConfig& config);

  /// Another service or kind of jobs. `try_again` is called when a token is there that it stood in
  /// line for: it launches what it likes to.
  Id join(std::function<void()> try_again);
  /// Whether it may launch a task now; else it stands in line.
  bool may_launch(Id who, bool is_spot);
  /// REQUIRES may_launch() just now.
  void launch(bool is_spot) { buckets_[is_spot ? 1 : 0].rate.launch(); }

  void fire(const kernel::Event& event) override;

 private:
  static constexpr Id kNobody = std::numeric_limits<Id>::max();

  struct Bucket {
    LaunchRate rate;
    std::deque<Id> line{};    ///< each once
    bool is_planned = false;  ///< an event at which the next token is there, or that event now
    Id served = kNobody;      ///< who tries again
  };

  void plan(std::uint16_t bucket);

  kernel::Loop& loop_;
  kernel::ProcessId process_;
  std::array<Bucket, 2> buckets_;  ///< on demand, and on FARGATE_SPOT
  std::vector<std::function<void()>> try_again_;
};

}  // namespace skyreplay::ecs
