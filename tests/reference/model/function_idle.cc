// Idle environments of functions: which wait, how long, and how they end (L10 to L15).
#include <algorithm>

#include "reference/model/function_service.h"

namespace skyreplay::reference {

void FunctionService::free(Environment& environment) {
  environment.busy = false;
  environment.freed = world_.now();
  const bool old = !environment.provisioned &&
                   world_.now() >= environment.created + config().function.max_age;  // L14
  if (old || environment.outdated) {
    environment.ended = true;
    world_.journal.running[service_].change(world_.now(), -1);
  } else {
    (environment.provisioned ? ready_ : idle_).push_back(environment.ordinal);
    if (!environment.provisioned && config().function.lifetime) draw_lifetime(environment);
  }
  note_use();
}

void FunctionService::draw_lifetime(Environment& environment) {
  const bool once = world_.broken(Mutation::kLifetimeDrawnOnce);
  const std::uint64_t number = once ? 0 : environment.lives++;
  environment.dies = world_.now() + sample(*config().function.lifetime,
                                           world_.bits(world_.entity(service_), "keep_alive",
                                                       environment.ordinal, number));
}

void FunctionService::end_environment(Environment& environment) {
  environment.ended = true;
  std::erase(idle_, environment.ordinal);
  std::erase(ready_, environment.ordinal);
  world_.journal.running[service_].change(world_.now(), -1);
}

void FunctionService::expire(Time now) {
  const Function& function = config().function;
  const Time more{world_.broken(Mutation::kIdleOneNanosecondLonger) ? 1 : 0};
  const std::vector<std::size_t> idle = idle_;
  for (const std::size_t i : idle) {
    Environment& environment = environments_[i];
    Time end = std::min(environment.freed + function.environment_idle + more,
                        environment.created + function.max_age);
    if (in_flight() == 0) end = std::min(end, quiet_since_ + function.function_idle + more);
    if (function.lifetime) {
      end = std::min(environment.dies, environment.created + function.max_age);
    }
    if (end > now) continue;
    environment.ended = true;
    std::erase(idle_, i);
    Level& running = world_.journal.running[service_];
    // A lifetime of nothing ends with the request.
    end == environment.freed ? running.change_last(end, -1) : running.change_first(end, -1);
  }
}

}  // namespace skyreplay::reference
