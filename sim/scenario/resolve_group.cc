#include "scenario/resolve_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/error.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

const std::vector<std::string> kPolicies = {"Default",
                                            "AllocationStrategy",
                                            "OldestLaunchTemplate",
                                            "OldestLaunchConfiguration",
                                            "ClosestToNextInstanceHour",
                                            "OldestInstance",
                                            "NewestInstance"};

constexpr int kMostHooks = 50;  // AWS's quota

}  // namespace

void GroupResolver::termination_policies(const proto::AutoScalingGroup& group,
                                         const std::string& path) {
  std::set<std::string> seen;
  for (int i = 0; i < group.termination_policies_size(); ++i) {
    const std::string& name = group.termination_policies(i);
    const std::string own = join_index(path, static_cast<std::size_t>(i));
    if (name.starts_with("arn:")) {
      mistake(own, "policies that are Lambda functions are not built");
    } else if (std::find(kPolicies.begin(), kPolicies.end(), name) == kPolicies.end()) {
      mistake(own, fmt::format("{} is no termination policy{}; there are {}", in_quotes(name),
                               suggestion(name, kPolicies), fmt::join(kPolicies, ", ")));
    } else if (!seen.insert(name).second) {
      mistake(own, fmt::format("{} is listed twice", in_quotes(name)));
    } else if (name == "Default" && i + 1 < group.termination_policies_size()) {
      mistake(own, "Default must be the last: it leaves nothing open");
    }
  }
}

void GroupResolver::lifecycle_hooks(const proto::AutoScalingGroup& group, const std::string& path) {
  const auto& hooks = group.lifecycle_hook_specification_list();
  if (hooks.size() > kMostHooks) {
    mistake(path, fmt::format("a group has at most {} hooks", kMostHooks));
  }
  std::set<std::string> seen;
  for (int i = 0; i < hooks.size(); ++i) {
    const std::string own = join_index(path, static_cast<std::size_t>(i));
    if (!hooks[i].has_lifecycle_hook_name()) continue;  // reported already
    if (seen.insert(hooks[i].lifecycle_hook_name()).second) continue;
    mistake(own + ".lifecycle_hook_name", "is another hook's name already");
  }
}

}  // namespace skyreplay::scenario
