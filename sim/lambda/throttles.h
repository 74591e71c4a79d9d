#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "lambda/config.h"

namespace skyreplay::lambda {

/// Throttles of one function for one reason since the last call of take_throttles().
struct Throttles {
  std::uint32_t function = 0;
  ThrottleReason reason{};
  TimePoint first;
  std::uint64_t count = 0;
  double limit = 0;  ///< environments, requests in flight, or either a second, as the reason has it
  std::uint32_t in_flight = 0;              ///< of the function, at the first of them
  std::uint32_t concurrent_executions = 0;  ///< of the account, at the first of them
};

/// "ReservedFunctionConcurrentInvocationLimitExceeded: 10 in flight of 10 reserved": why the first
/// of them was throttled.
std::string limit_in_words(const Throttles& throttles);

/// "ReservedFunctionConcurrentInvocationLimitExceeded: 10 in flight of 10 reserved; 53 throttled in
/// this window".
std::string cause(const Throttles& throttles);

}  // namespace skyreplay::lambda
