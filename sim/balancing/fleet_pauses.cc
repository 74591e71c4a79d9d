#include "balancing/fleet.h"
#include "core/check.h"

// Members whose servers change, or halt and start again, while they stay (C3, C7).

namespace skyreplay::balancing {

/// Whoever is out of rotation for it is so before the first request fails.
void Fleet::pause(std::uint32_t index) {
  const std::uint32_t server = members_[index].server;
  members_[index].ready = kEndOfTime;
  update_rotation();
  dropped_inside_ = servers_.in_service(server);
  is_pausing_ = true;
  servers_.halt(server, *this);
  is_pausing_ = false;
  checks_.dropped(server, *this);
  if (group_.is_drained(server)) drained(index);
}

void Fleet::go_on(std::uint32_t index, TimePoint ready) {
  servers_.start_again(members_[index].server);
  members_[index].ready = ready;
  update_rotation();
}

void Fleet::set_cpu(std::uint32_t index, std::uint32_t cpu_units, std::uint32_t beside) {
  SKY_CHECK(has_server(members_[index]));
  servers_.set_cpu(members_[index].server, cpu_units, beside);
}

void Fleet::set_memory(std::uint32_t index, const compute::MemoryConfig& memory) {
  const std::uint32_t server = members_[index].server;
  memory_.change(server, memory, loop_.now());
  if (!memory_.is_exceeded(server)) return;
  loop_.schedule(loop_.now(), process_, kOutOfMemory, index, members_[index].generation);
}

}  // namespace skyreplay::balancing
