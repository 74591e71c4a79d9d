#pragma once

#include <string>
#include <vector>

#include "support/run_world.h"

namespace skyreplay::ec2::testing {

using Rows = std::vector<skyreplay::testing::RowSource::Row>;

/// m5.large, two vCPUs of the reference speed: what goes into the group's `assumed`, its
/// `target_group`, the group itself, and before the services.
inline std::string group(std::uint32_t instances, const std::string& assumed,
                         const std::string& target_group, const std::string& more = "",
                         const std::string& top = "") {
  return "version: 1\n" + top + "services:\n  web:\n    ec2: {min_size: 0, max_size: 100, " +
         "desired_capacity: " + std::to_string(instances) + ", instance_type: m5.large, " + more +
         "target_group: {" + target_group + "}, assumed: {speed: 1, " + assumed + "}}\n";
}

inline skyreplay::testing::RunResult run(const std::string& scenario, const Rows& rows,
                                         Duration end) {
  skyreplay::testing::RowSource source({{.name = "r"}}, rows, end);
  return {scenario, source};
}

}  // namespace skyreplay::ec2::testing
