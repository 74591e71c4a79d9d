#include <fmt/format.h>

#include <algorithm>

#include "balancing/fleet.h"

// Members that are replaced while they still serve: another is launched first (E18, E40).

namespace skyreplay::balancing {

void Fleet::replace(std::uint32_t index, std::uint32_t most, const std::string& why) {
  const bool is_replaced = std::any_of(
      replacements_.begin(), replacements_.end(),
      [index](const Replacement& replacement) { return replacement.old_member == index; });
  const bool serves = members_[index].state == State::kInService;
  if (!serves || is_replaced || suspended_.launches || members_alive_ >= most) return;
  zones_[members_[index].kind].begin_round();
  const ZoneBalance::Choice choice = choose_place(members_[index].kind);
  if (!choice.zone) return;
  note("replace", fmt::format("{}: {}; {} {} is launched in its place", spelled(members_[index]),
                              why, config_.member, created_));
  const std::uint32_t launched = start_launch(*choice.zone, members_[index].kind);
  replacements_.push_back({index, launched, why});
}

/// A member is healthy for the first time: whoever it was launched for goes.
void Fleet::replaced_by(std::uint32_t index) {
  const auto found = std::find_if(
      replacements_.begin(), replacements_.end(),
      [index](const Replacement& replacement) { return replacement.new_member == index; });
  if (found == replacements_.end()) return;
  const std::uint32_t old = found->old_member;
  note("terminate", fmt::format("{}: taken out of service in response to an {}",
                                spelled(members_[old]), found->why));
  forget(old);
  drain(old, config_.deregistration_delay);
}

}  // namespace skyreplay::balancing
