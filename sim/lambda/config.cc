#include "lambda/config.h"

#include <algorithm>

namespace skyreplay::lambda {

double vcpu_share(std::uint32_t memory_size, double parallelism) {
  return std::min(parallelism, static_cast<double>(memory_size) / kMiBPerVcpu);
}

std::string_view to_string(ThrottleReason reason) {
  switch (reason) {
    case ThrottleReason::kConcurrentInvocationLimitExceeded:
      return "ConcurrentInvocationLimitExceeded";
    case ThrottleReason::kReservedFunctionConcurrentInvocationLimitExceeded:
      return "ReservedFunctionConcurrentInvocationLimitExceeded";
    case ThrottleReason::kFunctionInvocationRateLimitExceeded:
      return "FunctionInvocationRateLimitExceeded";
    case ThrottleReason::kReservedFunctionInvocationRateLimitExceeded:
      return "ReservedFunctionInvocationRateLimitExceeded";
    case ThrottleReason::kCallerRateLimitExceeded:
      return "CallerRateLimitExceeded";
    case ThrottleReason::kApiThrottlingLimit:
      return "TooManyRequestsException";
    case ThrottleReason::kRecursiveInvocation:
      return "RecursiveInvocationException";
  }
  return "";
}

std::uint32_t set_aside(const FunctionConfig& config) {
  const std::uint32_t provisioned =
      config.provisioned ? config.provisioned->concurrent_executions : 0;
  return config.reserved_concurrent_executions.value_or(provisioned);
}

}  // namespace skyreplay::lambda
