#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace skyreplay {

CheckContext& check_context() {
  thread_local CheckContext context;
  return context;
}

void check_failed(const char* condition, const char* file, int line) {
  const CheckContext& context = check_context();
  std::fprintf(stderr, "%s:%d: check failed: %s (simulated time %lld ns, seed %llu)\n", file, line,
               condition, static_cast<long long>(context.simulated_time_ns),
               static_cast<unsigned long long>(context.seed));
  std::abort();
}

}  // namespace skyreplay
