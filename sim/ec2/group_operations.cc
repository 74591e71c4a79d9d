#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ec2/auto_scaling_group.h"

// What operators do to a group by hand, told in AWS's words (E6).

namespace skyreplay::ec2 {

struct AutoScalingGroup::Leaving {
  Aside aside;
  const char* kind;      ///< of its activities
  const char* was;       ///< "instance 3 in us-east-1a was ..."
  const char* to_do_it;  ///< "to ... 1 instance"
};

void AutoScalingGroup::enter_standby(std::uint32_t count, bool decrements) {
  leave_service(count, decrements,
                {Aside::kStandby, "enter_standby", "moved to standby", "place into standby"});
}

void AutoScalingGroup::detach_instances(std::uint32_t count, bool decrements) {
  leave_service(count, decrements, {Aside::kDetached, "detach", "detached", "detach"});
}

void AutoScalingGroup::leave_service(std::uint32_t count, bool decrements, const Leaving& leaving) {
  const std::vector<std::uint32_t> members = first_launched(count, false);
  const auto fewer = decrements ? static_cast<std::uint32_t>(members.size()) : 0;
  if (members.empty() || desired() < bounds_.minimum + fewer) {
    return refuse(leaving.to_do_it, members.size());
  }
  std::uint32_t from = desired();
  for (const std::uint32_t member : members) {
    std::string cause =
        fmt::format("{} was {} in response to a user request", spelled(member), leaving.was);
    if (!decrements) {
      note(leaving.kind, std::move(cause));
      continue;
    }
    note(leaving.kind,
         fmt::format("{}, shrinking the capacity from {} to {}", cause, from, from - 1), from,
         from - 1);
    --from;
  }
  set_aside(members, leaving.aside, desired() - fewer);
}

void AutoScalingGroup::exit_standby(std::uint32_t count) {
  const std::vector<std::uint32_t> members = first_launched(count, true);
  const auto more = static_cast<std::uint32_t>(members.size());
  if (members.empty() || desired() + more > bounds_.maximum) {
    return refuse("move out of standby", members.size());
  }
  std::uint32_t from = desired();
  for (const std::uint32_t member : members) {
    note("exit_standby",
         fmt::format("{} was moved out of standby in response to a user request, increasing the "
                     "capacity from {} to {}",
                     spelled(member), from, from + 1),
         from, from + 1);
    ++from;
  }
  take_back(members, desired() + more);
}

/// Of those in service, or that stand by.
std::vector<std::uint32_t> AutoScalingGroup::first_launched(std::uint32_t count,
                                                            bool of_standby) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
  for_each_member([&](std::uint32_t member, const MemberState& state) {
    const bool serves = state.serves_since != kEndOfTime && !state.is_draining;
    const bool stands_by = state.aside == Aside::kStandby && !state.has_server;
    if (of_standby ? stands_by : serves) found.emplace_back(state.ordinal, member);
  });
  std::sort(found.begin(), found.end());
  if (found.size() > count) found.resize(count);
  std::vector<std::uint32_t> members;
  for (const auto& [ordinal, member] : found) members.push_back(member);
  return members;
}

void AutoScalingGroup::refuse(const char* what, std::size_t count) {
  if (count == 0) return note("refused", fmt::format("there is no instance to {}", what));
  note(
      "refused",
      fmt::format("the group has min-size={}, max-size={}, and desired-size={}: to {} {} "
                  "instance{}, update the sizes appropriately",
                  bounds_.minimum, bounds_.maximum, desired(), what, count, count == 1 ? "" : "s"));
}

}  // namespace skyreplay::ec2
