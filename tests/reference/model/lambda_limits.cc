#include "reference/model/lambda_limits.h"

#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

/// Unreserved executions and everything reserved, used or not (L43).
std::uint64_t claimed(const World& world) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < world.scenario.services.size(); ++i) {
    const std::optional<std::uint32_t> reserved = world.scenario.services[i].function.reserved;
    if (reserved && world.broken(Mutation::kReservationsUnclaimed)) continue;
    sum += reserved ? *reserved : world.lambda.in_flight[i];
  }
  return sum;
}

}  // namespace

TokenBucket account_rate(const World& world) {
  const Account& account = world.scenario.account;
  return TokenBucket::of(account.concurrency * account.requests_factor, {}, world.now());
}

TokenBucket reserved_rate(const World& world, std::size_t service) {
  const std::uint32_t reserved = world.scenario.services[service].function.reserved.value_or(0);
  return TokenBucket::of(reserved * world.scenario.account.requests_factor, {}, world.now());
}

std::string over_limits(World& world, std::size_t service, TokenBucket& reserved_bucket) {
  TokenBucket& account_bucket = world.lambda.rate;
  if (!account_bucket.take(world.now(), false)) return "CallerRateLimitExceeded";  // L48
  const std::optional<std::uint32_t> reserved = world.scenario.services[service].function.reserved;
  if (reserved && *reserved > 0 && !reserved_bucket.take(world.now(), false)) {  // L48
    return "ReservedFunctionInvocationRateLimitExceeded";
  }
  if (reserved ? world.lambda.in_flight[service] < *reserved
               : claimed(world) < world.scenario.account.concurrency) {
    return "";
  }
  if (world.broken(Mutation::kThrottledKeepsItsToken)) account_bucket.give_back();
  return reserved ? "ReservedFunctionConcurrentInvocationLimitExceeded"  // L41
                  : "ConcurrentInvocationLimitExceeded";                 // L40
}

}  // namespace skyreplay::reference
