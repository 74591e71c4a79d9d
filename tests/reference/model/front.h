#pragma once

// What stands before a function (docs/models.md, L51, L52).

#include <algorithm>
#include <vector>

#include "reference/model/money.h"
#include "reference/model/mutation.h"
#include "reference/model/world.h"

namespace skyreplay::reference {

class Front {
 public:
  Front(World& world, const Function& function)
      : world_(world),
        function_(function),
        own_(function.throttling ? TokenBucket::of(function.throttling->second,
                                                   function.throttling->first, world.now())
                                 : TokenBucket{}) {}

  bool is_api() const {
    return function_.front == Function::Front::kHttpApi ||
           function_.front == Function::Front::kRestApi;
  }
  bool is_there() const { return function_.front != Function::Front::kNone; }

  /// False where it throttles.
  bool lets_in(const Attempt& attempt) {
    if (!is_there()) return true;
    const bool own_counts = function_.throttling && !world_.broken(Mutation::kNoApiOfItsOwn);
    const bool passes = !is_api() || (world_.lambda.api.take(world_.now(), false) &&
                                      (!own_counts || own_.take(world_.now(), false)));
    if (passes || world_.broken(Mutation::kThrottledAtGatewayIsBilled)) {
      came_.push_back({world_.now(), attempt.bytes_in + attempt.bytes_out});
    }
    return passes;
  }

  std::uint64_t largest() const {
    if (world_.broken(Mutation::kAnyPayloadPasses)) return ~std::uint64_t{0};
    return (function_.front == Function::Front::kBalancer ? 1 : 6) * 1024ULL * 1024;
  }

  void begin(Attempt& attempt) {
    if (!is_there()) return;
    inside_.change(world_.now(), +1);
    if (!is_api() || world_.broken(Mutation::kGatewayWaits)) return;
    world_.calendar.plan(
        world_.now() + function_.front_timeout,
        [this, &attempt] { world_.give_up(attempt, Outcome::kError); }, Turn::kBalancerTimeout);
  }
  void end() {
    if (is_there()) inside_.change(world_.now(), -1);
  }

  void add_meters(const std::vector<Time>& ends, Meters& meters) const {
    if (function_.front == Function::Front::kHttpApi) {
      meters.push_back({"apigateway_http.requests", billed(ends.back())});
    }
    if (function_.front == Function::Front::kRestApi) {
      meters.push_back({"apigateway_rest.requests", billed(ends.back())});
    }
    if (function_.front != Function::Front::kBalancer) return;
    Fleet fleet;
    fleet.rules = function_.rules;
    fleet.requests_per_connection_milli = function_.requests_per_connection_milli;
    std::vector<BalancerUse> uses;
    for (const Time end : ends) {
      BalancerUse use;
      for (const Came& came : came_) {
        if (came.at >= end) continue;
        ++use.requests;
        use.bytes += came.bytes;
      }
      use.in_flight_ms =
          static_cast<std::uint64_t>(inside_.integral(world_.scenario.start, end) / 1'000'000);
      uses.push_back(use);
    }
    const BalancerRules rules{.has_functions =
                                  !world_.broken(Mutation::kFunctionsOfWholeGigabytes)};
    const Span span{world_.scenario.start, world_.scenario.end};
    for (auto& item : balancer_meters(fleet, span, ends, uses, rules)) meters.push_back(item);
  }

 private:
  struct Came {
    Time at;
    std::uint64_t bytes;
  };

  std::uint64_t billed(Time until) const {
    const bool in_steps = function_.front == Function::Front::kHttpApi &&
                          !world_.broken(Mutation::kPayloadsByTheRequest);
    const std::uint64_t step = std::uint64_t{512} * 1024;
    std::uint64_t sum = 0;
    for (const Came& came : came_) {
      if (came.at >= until) continue;
      sum += in_steps ? std::max<std::uint64_t>(1, (came.bytes + step - 1) / step) : 1;
    }
    return sum;
  }

  World& world_;
  Function function_;
  TokenBucket own_;
  std::vector<Came> came_;
  Level inside_;
};

}  // namespace skyreplay::reference
