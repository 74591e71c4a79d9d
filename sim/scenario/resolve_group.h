#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Checks what a group says of the lives of its instances: who goes first (E33), and what they wait
/// for (E9).
class GroupResolver {
 public:
  GroupResolver(const Places& places, Mistakes& mistakes) : places_(places), mistakes_(mistakes) {}

  /// `path` is the group's (`services.web.ec2`).
  void group(const proto::AutoScalingGroup& group, const std::string& path) {
    termination_policies(group, path + ".termination_policies");
    lifecycle_hooks(group, path + ".lifecycle_hook_specification_list");
  }

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }
  void termination_policies(const proto::AutoScalingGroup& group, const std::string& path);
  void lifecycle_hooks(const proto::AutoScalingGroup& group, const std::string& path);

  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace skyreplay::scenario
