#include "balancing/fleet.h"
#include "core/check.h"

// Members that leave service and run on: they stand by, or belong to nobody (E6, E10).

namespace skyreplay::balancing {

void Fleet::set_aside(const std::vector<std::uint32_t>& members, Aside why, std::uint32_t desired) {
  one_was_set_aside_ = true;
  for (const std::uint32_t index : members) {
    SKY_CHECK(members_[index].lives && members_[index].state == State::kInService);
    forget(index);
    members_[index].aside = why;
    drain(index, config_.deregistration_delay);
  }
  change_desired(desired);
  reconcile();
}

void Fleet::take_back(const std::vector<std::uint32_t>& members, std::uint32_t desired) {
  for (const std::uint32_t index : members) {
    Member& member = members_[index];
    SKY_CHECK(member.lives && member.state == State::kAside && member.aside == Aside::kStandby);
    member.aside = Aside::kNo;
    count_in(index);
    put_in_service(index, config_.has_load_balancer ? Health::kInitial : Health::kHealthy,
                   loop_.now());
  }
  change_desired(desired);
  reconcile();
}

}  // namespace skyreplay::balancing
