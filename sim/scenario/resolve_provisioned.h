#pragma once

#include <cstdint>
#include <string>

#include "lambda/provisioned_scaling.h"
#include "scenario/application_scaling_checks.h"

namespace skyreplay::scenario {

/// Derives what the policies and scheduled actions of a function's provisioned concurrency leave
/// open, and checks what takes more than one field to check.
class ProvisionedResolver : ApplicationScalingChecks {
 public:
  ProvisionedResolver(const std::string& region, const Places& places, Mistakes& mistakes)
      : ApplicationScalingChecks(places, mistakes, lambda::provisioned_metrics(), "a function"),
        region_(region) {}

  /// `path` is the function's (`services.fn.lambda`).
  void function(proto::LambdaFunction& function, const std::string& path);

 private:
  void within_reserved(const proto::LambdaFunction& function, const std::string& path);
  void policy(proto::ProvisionedScalingPolicy& policy, const std::string& path);

  const std::string& region_;
};

/// The most that a function may have provisioned, whoever sets it.
std::uint32_t most_provisioned(const proto::ProvisionedConcurrencyConfig& config);

}  // namespace skyreplay::scenario
