#include "scenario/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "core/error.h"
#include "scenario/defaults.h"
#include "scenario/field_path.h"
#include "scenario/fit_beside_daemons.h"
#include "scenario/resolve_clusters.h"
#include "scenario/resolve_daemons.h"
#include "scenario/resolve_faults.h"
#include "scenario/resolve_operations.h"
#include "scenario/resolve_services.h"
#include "scenario/service_graph.h"
#include "scenario/walk.h"
#include "scenario/wiring.h"

namespace skyreplay::scenario {
namespace {

/// Derives and checks what needs more than one field.
class Resolver {
 public:
  Resolver(proto::Scenario& scenario, const Places& places, Mistakes& mistakes)
      : scenario_(scenario), places_(places), mistakes_(mistakes) {}

  void run() {
    if (!scenario_.has_name()) scenario_.set_name(default_name());
    names_ = service_names(scenario_);
    resolve_clusters(scenario_, places_, mistakes_);
    for (const std::string& name : names_) service(name);
    routes();
    resolve_unreached_daemons(scenario_, places_, mistakes_);
    check_fit_beside_daemons(scenario_, places_, mistakes_);
    workload();
    backoff();
    scaling_rate();
    reserved_concurrency();
    check_service_graph(scenario_, places_, mistakes_);
    check_operations(scenario_, places_, mistakes_);
    check_faults(scenario_, places_, mistakes_);
    check_laws(scenario_, "");
  }

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }

  std::string default_name() const {
    const std::filesystem::path file(mistakes_.filename());
    const std::string stem = file.stem().string();
    if (stem != "scenario") return stem.empty() ? "scenario" : stem;
    const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
    return folder.empty() ? stem : folder;
  }

  void service(const std::string& name) {
    const std::string path = join_path("services", name);
    if (name.empty() || name.find_first_of("/*") != std::string::npos) {
      mistake(path, "a service's name must not be empty and must hold no '/' and no '*'");
    }
    proto::Service& service = (*scenario_.mutable_services())[name];
    const bool has_platform = service.platform_case() != proto::Service::PLATFORM_NOT_SET;
    if (service.for_each_route() && has_platform && !service.has_lambda()) {
      mistake(path + ".for_each_route", "is for Lambda functions alone");
    }
    if (service.for_each_route() && service.lambda().has_load_balancer()) {
      mistake(
          path + ".lambda.load_balancer",
          "excludes 'for_each_route', which would give each route's function a load balancer of "
          "its own");
    }
    ServiceResolver resolver(scenario_.region(), places_, mistakes_);
    if (service.has_lambda()) return resolver.lambda(*service.mutable_lambda(), path + ".lambda");
    if (service.has_ec2()) {
      resolver.ec2(*service.mutable_ec2(), path + ".ec2");
      return resolver.load_balancer(service.ec2().load_balancer(), path + ".ec2.load_balancer");
    }
    if (service.has_ecs()) {
      resolver.ecs(*service.mutable_ecs(), scenario_, path + ".ecs");
      return resolver.load_balancer(service.ecs().load_balancer(), path + ".ecs.load_balancer");
    }
    if (service.has_ecs_task()) {
      return resolver.ecs_task(*service.mutable_ecs_task(), scenario_, path + ".ecs_task");
    }
    if (service.has_external()) return resolver.external(service.external(), path + ".external");
    const bool is_reported = mistakes_.below(path);
    if (!is_reported)
      mistake(path, "has no platform: give it one of lambda, ec2, ecs, ecs_task, external");
  }

  void routes() {
    if (scenario_.routes().empty() && !places_.contains("routes") && names_.size() == 1) {
      proto::RouteRule& rule = *scenario_.add_routes();
      rule.set_match("*");
      rule.set_service(names_.front());
      return;
    }
    if (scenario_.routes().empty() && names_.size() > 1 && !mistakes_.below("routes")) {
      mistake("routes", "is missing: with several services, rules must say which answers what");
    }
    for (int i = 0; i < scenario_.routes_size(); ++i) {
      const proto::RouteRule& rule = scenario_.routes(i);
      if (!rule.has_service() || scenario_.services().contains(rule.service())) continue;
      mistake(join_index("routes", static_cast<std::size_t>(i)) + ".service",
              fmt::format("there is no service {}{}", in_quotes(rule.service()),
                          suggestion(rule.service(), names_)));
    }
  }

  void workload() {
    const proto::Workload& workload = scenario_.workload();
    const bool has_two = workload.has_trace() + workload.has_counts() + workload.has_synth() > 1;
    if (has_two) {
      mistake(workload.has_synth() ? "workload.synth" : "workload.counts",
              "give one of trace, counts and synth");
    }
    if (workload.counts().origin().has_offset_ns()) {
      mistake("workload.counts.origin", "must be an instant such as 2026-01-05T00:00:00Z");
    }
  }

  void backoff() {
    const proto::Backoff& pause = scenario_.workload().client().backoff();
    if (pause.base().ns() > pause.cap().ns()) {
      mistake("workload.client.backoff.base",
              fmt::format("must not be above cap, {}", format_duration(to_duration(pause.cap()))));
    }
  }

  /// L45; L46: until November 2023, by Region.
  void scaling_rate() {
    proto::ScalingRate& rate =
        *scenario_.mutable_account()->mutable_lambda()->mutable_scaling_rate();
    const bool is_shared = rate.scope() == proto::ScalingRate::ACCOUNT;
    if (!rate.has_burst()) rate.set_burst(is_shared ? shared_burst() : 1'000);
    if (!rate.has_per_second()) rate.set_per_second(is_shared ? 8.333 : 100);
  }

  std::uint32_t shared_burst() const {
    constexpr std::string_view kMost[] = {"us-east-1", "us-west-2", "eu-west-1"};
    constexpr std::string_view kMore[] = {"ap-northeast-1", "eu-central-1", "us-east-2"};
    const auto is_among = [this](const auto& regions) {
      return std::find(std::begin(regions), std::end(regions), scenario_.region()) !=
             std::end(regions);
    };
    return is_among(kMost) ? 3'000 : is_among(kMore) ? 1'000 : 500;
  }

  /// L35, L41: what reserved and provisioned concurrency must leave. Services that a trace
  /// multiplies are checked again when it is known.
  void reserved_concurrency() {
    const proto::LambdaAccount& account = scenario_.account().lambda();
    std::uint64_t reserved = 0;
    std::string last;
    for (const std::string& name : names_) {
      const proto::Service& service = scenario_.services().at(name);
      if (set_aside(service.lambda()) == 0) continue;
      reserved += set_aside(service.lambda());
      last = join_path("services", name) + ".lambda.";
      last += service.lambda().has_reserved_concurrent_executions()
                  ? "reserved_concurrent_executions"
                  : "provisioned_concurrency_config.provisioned_concurrent_executions";
    }
    const std::string text = reserved_mistake(account, reserved);
    if (!text.empty()) mistake(last, text);
  }

  /// Whether each law's parameters make a law.
  void check_laws(Message& message, const std::string& path) {
    if (message.GetDescriptor() == proto::Distribution::descriptor()) {
      check_law(static_cast<const proto::Distribution&>(message), path);
      return;
    }
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const Form form = form_of(*type.field(i));
      if (form != Form::kMessage && form != Form::kDistribution) continue;
      for_each_message(message, *type.field(i), join_path(path, type.field(i)->name()),
                       [&](Message& inner, const std::string& at) { check_laws(inner, at); });
    }
  }

  void check_law(const proto::Distribution& law, const std::string& path) {
    if (mistakes_.below(path)) return;
    if (law.law_case() == proto::Distribution::LAW_NOT_SET) {
      mistake(path,
              "must name one law: uniform, exponential, lognormal, weibull, gamma or "
              "percentiles");
      return;
    }
    try {
      to_distribution(law);
    } catch (const InputError& error) {
      mistake(path, error.what());
    }
  }

  proto::Scenario& scenario_;
  const Places& places_;
  Mistakes& mistakes_;
  std::vector<std::string> names_;
};

}  // namespace

namespace {

template <typename Map>
std::vector<std::string> sorted_names(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> service_names(const proto::Scenario& scenario) {
  return sorted_names(scenario.services());
}

std::vector<std::string> cluster_names(const proto::Scenario& scenario) {
  return sorted_names(scenario.clusters());
}

void resolve(proto::Scenario& scenario, const Places& places, Mistakes& mistakes) {
  fill_defaults(scenario, "", places, mistakes);
  Resolver(scenario, places, mistakes).run();
}

}  // namespace skyreplay::scenario
