#pragma once

#include <cstdint>

namespace skyreplay {

/// Prints the failed condition, the simulated time and the seed to standard error and aborts
/// (exit 134): a failed check is our bug, never a user's mistake.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

/// What a failed check reports beside its condition. Set by the loop as it advances.
struct CheckContext {
  std::int64_t simulated_time_ns = 0;
  std::uint64_t seed = 0;
};

/// The context of the calling thread's run.
CheckContext& check_context();

}  // namespace skyreplay

/// On in every build.
#define SKY_CHECK(condition)                                     \
  do {                                                           \
    if (!(condition)) [[unlikely]]                               \
      ::skyreplay::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
