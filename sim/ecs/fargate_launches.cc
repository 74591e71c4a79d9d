#include "ecs/fargate_launches.h"

#include <algorithm>
#include <utility>

namespace skyreplay::ecs {

FargateLaunches::FargateLaunches(kernel::Loop& loop, const FargateLaunchesConfig& config)
    : loop_(loop),
      process_(loop.add(*this)),
      buckets_{Bucket{.rate = {config.burst, config.rate, loop.now()}},
               Bucket{.rate = {config.spot_burst, config.spot_rate, loop.now()}}} {}

FargateLaunches::Id FargateLaunches::join(std::function<void()> try_again) {
  try_again_.push_back(std::move(try_again));
  return static_cast<Id>(try_again_.size() - 1);
}

bool FargateLaunches::may_launch(Id who, bool is_spot) {
  Bucket& bucket = buckets_[is_spot ? 1 : 0];
  const bool is_its_turn = bucket.line.empty() || bucket.served == who;
  if (is_its_turn && bucket.rate.may_launch(loop_.now())) return true;
  if (std::find(bucket.line.begin(), bucket.line.end(), who) == bucket.line.end()) {
    bucket.line.push_back(who);
  }
  if (!bucket.is_planned) plan(is_spot ? 1 : 0);
  return false;
}

void FargateLaunches::plan(std::uint16_t bucket) {
  buckets_[bucket].is_planned = true;
  loop_.schedule(buckets_[bucket].rate.next(), process_, bucket, 0);
}

void FargateLaunches::fire(const kernel::Event& event) {
  Bucket& bucket = buckets_[event.kind];
  while (!bucket.line.empty() && bucket.rate.may_launch(loop_.now())) {
    bucket.served = bucket.line.front();
    bucket.line.pop_front();
    try_again_[bucket.served]();
  }
  bucket.served = kNobody;
  bucket.is_planned = false;
  if (!bucket.line.empty()) plan(event.kind);
}

}  // namespace skyreplay::ecs
