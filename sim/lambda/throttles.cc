#include "lambda/throttles.h"

#include <fmt/format.h>

namespace skyreplay::lambda {

std::string cause(const Throttles& throttles) {
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
    case kReservedFunctionInvocationRateLimitExceeded:
    case kCallerRateLimitExceeded:
      limit = fmt::format("more than {} requests a second", throttles.limit);
      break;
  }
  return fmt::format("{}: {}; {} throttled in this window", to_string(throttles.reason), limit,
                     throttles.count);
}

}  // namespace skyreplay::lambda
