#include "reference/model/lambda_limits.h"

#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

/// Unreserved executions and everything reserved or provisioned, used or not (L43).
std::uint64_t claimed(const World& world) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < world.scenario.services.size(); ++i) {
    const Function& function = world.scenario.services[i].function;
    if (function.reserved && world.broken(Mutation::kReservationsUnclaimed)) continue;
    if (function.reserved) {
      sum += *function.reserved;
    } else {
      sum += world.lambda.in_flight[i];
      if (!world.broken(Mutation::kProvisionedUnclaimed)) sum += function.provisioned.value_or(0);
    }
  }
  return sum;
}

}  // namespace

std::uint64_t largest(const std::vector<ConcurrencyStep>& steps, Time from, Time to,
                      std::uint64_t ConcurrencyStep::* value) {
  std::uint64_t most = 0;
  for (const ConcurrencyStep& step : steps) {
    if (step.at >= to) break;
    most = step.at < from ? step.*value : std::max(most, step.*value);
  }
  return most;
}

void note_concurrency(World& world) {
  ConcurrencyStep now{.at = world.now()};
  for (std::size_t i = 0; i < world.scenario.services.size(); ++i) {
    now.executions += world.lambda.in_flight[i] + world.lambda.on_provisioned[i];
    if (!world.scenario.services[i].function.reserved) now.unreserved += world.lambda.in_flight[i];
  }
  now.claimed = world.broken(Mutation::kClaimsWhatIsUsed) ? now.executions : claimed(world);
  world.lambda.steps.push_back(now);
}

TokenBucket api_rate(const World& world) {
  return TokenBucket::of(world.scenario.account.api_rate, world.scenario.account.api_burst,
                         world.now());
}

TokenBucket shared_scaling(const World& world) {
  return TokenBucket::of(world.scenario.account.per_second, world.scenario.account.burst,
                         world.now());
}

TokenBucket account_rate(const World& world) {
  const Account& account = world.scenario.account;
  return TokenBucket::of(account.concurrency * account.requests_factor, {}, world.now());
}

TokenBucket reserved_rate(const World& world, std::size_t service) {
  const std::uint32_t reserved = world.scenario.services[service].function.reserved.value_or(0);
  return TokenBucket::of(reserved * world.scenario.account.requests_factor, {}, world.now());
}

TokenBucket provisioned_rate(const World& world, std::size_t service) {
  const std::uint32_t many = world.scenario.services[service].function.provisioned.value_or(0);
  return TokenBucket::of(many * world.scenario.account.requests_factor, {}, world.now());
}

std::string over_rates(World& world, std::size_t service, TokenBucket& reserved_bucket) {
  TokenBucket& account_bucket = world.lambda.rate;
  if (!account_bucket.take(world.now(), false)) return "CallerRateLimitExceeded";  // L48
  const std::optional<std::uint32_t> reserved = world.scenario.services[service].function.reserved;
  if (reserved && *reserved > 0 && !reserved_bucket.take(world.now(), false)) {  // L48
    return "ReservedFunctionInvocationRateLimitExceeded";
  }
  return "";
}

std::string over_concurrency(World& world, std::size_t service) {
  const Function& function = world.scenario.services[service].function;
  const std::optional<std::uint32_t> reserved = function.reserved;
  const std::uint64_t in_use = world.lambda.in_flight[service] + function.provisioned.value_or(0);
  if (reserved ? in_use < *reserved : claimed(world) < world.scenario.account.concurrency) {
    return "";
  }
  if (world.broken(Mutation::kThrottledKeepsItsToken)) world.lambda.rate.give_back();
  return reserved ? "ReservedFunctionConcurrentInvocationLimitExceeded"  // L41
                  : "ConcurrentInvocationLimitExceeded";                 // L40
}

}  // namespace skyreplay::reference
