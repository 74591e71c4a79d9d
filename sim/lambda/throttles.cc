#include "lambda/throttles.h"

#include <fmt/format.h>

namespace skyreplay::lambda {

std::string limit_in_words(const Throttles& throttles) {
  using enum ThrottleReason;
  std::string limit;
  switch (throttles.reason) {
    case kConcurrentInvocationLimitExceeded:
      limit = fmt::format("{} in flight in the account, limit {}", throttles.concurrent_executions,
                          throttles.limit);
      break;
    case kReservedFunctionConcurrentInvocationLimitExceeded:
      limit = fmt::format("{} in flight of {} reserved", throttles.in_flight, throttles.limit);
      break;
    case kFunctionInvocationRateLimitExceeded:
      limit = fmt::format("{} in flight, growing faster than {} environments a second",
                          throttles.in_flight, throttles.limit);
      break;
    case kRecursiveInvocation:
      limit = fmt::format("invoked {} times before in one chain of calls", throttles.limit);
      break;
    case kReservedFunctionInvocationRateLimitExceeded:
    case kCallerRateLimitExceeded:
    case kApiThrottlingLimit:
      limit = fmt::format("more than {} requests a second", throttles.limit);
      break;
  }
  return fmt::format("{}: {}", to_string(throttles.reason), limit);
}

std::string cause(const Throttles& throttles) {
  return fmt::format(
      "{}; {} {} in this window", limit_in_words(throttles), throttles.count,
      throttles.reason == ThrottleReason::kRecursiveInvocation ? "stopped" : "throttled");
}

}  // namespace skyreplay::lambda
