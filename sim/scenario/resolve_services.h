#pragma once

#include <string>

#include "scenario/binder.h"

namespace skyreplay::scenario {

/// Derives what one service leaves open from its own fields and the Region, and checks what takes
/// more than one field to check. `path` is the service's platform's (`services.web.ec2`).
class ServiceResolver {
 public:
  ServiceResolver(const std::string& region, const Places& places, Mistakes& mistakes)
      : region_(region), places_(places), mistakes_(mistakes) {}

  void lambda(proto::LambdaFunction& function, const std::string& path);
  void ec2(proto::AutoScalingGroup& group, const std::string& path);
  /// `scenario`, whose clusters are resolved, has the service.
  void ecs(proto::EcsService& service, const proto::Scenario& scenario, const std::string& path);
  void ecs_task(proto::EcsTask& job, const proto::Scenario& scenario, const std::string& path);
  void external(const proto::External& service, const std::string& path);
  /// Of a group or a service of tasks: what it is billed for has a price (E141).
  void load_balancer(const proto::LoadBalancer& balancer, const std::string& path);

 private:
  /// ASSUMED: relative CPU speeds; AWS publishes none for Lambda and Fargate.
  static constexpr double kSpeedX86 = 1.0;
  static constexpr double kSpeedArm = 1.2;

  using Zones = google::protobuf::RepeatedPtrField<std::string>;

  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }
  void event_source_mappings(proto::LambdaFunction& function, const std::string& path);
  void of_streams(const proto::EventSourceMapping& mapping, const std::string& path);
  void keep_alive(proto::KeepAlive& rule, const std::string& path);
  void init_duration(proto::LambdaFunction& function, const std::string& path);
  void init_billing(const proto::LambdaFunction& function, const std::string& path);
  void savings_plan(const proto::LambdaFunction& function, const std::string& path);
  void snap_start(const proto::LambdaFunction& function, const std::string& path);
  void front(const proto::LambdaFunction& function, const std::string& path);
  void price(const char* item, const std::string& path);
  void instance_type(proto::AutoScalingGroup& group, const std::string& path);
  template <typename Message>
  static std::uint32_t pulling_cpu(const Message& service, const proto::Scenario& scenario);
  void fargate_size(const proto::TaskDefinition& task, const std::string& path);
  void capacity(proto::AutoScalingGroup& group, const std::string& path);
  void commitments(const proto::AutoScalingGroup& group, const std::string& path);
  void ebs(proto::EbsVolume& volume, const std::string& path);
  void target_group(const proto::TargetGroup& group, const std::string& path);
  void zones(Zones& names, const std::string& path);

  const std::string& region_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace skyreplay::scenario
