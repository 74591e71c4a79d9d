#include "scenario/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "core/error.h"
#include "scenario/defaults.h"
#include "scenario/field_path.h"
#include "scenario/walk.h"
#include "scenario/wiring.h"

namespace skyreplay::scenario {
namespace {

using std::chrono::seconds;

/// ASSUMED: relative CPU speeds; AWS publishes none for Lambda.
constexpr double kSpeedX86 = 1.0;
constexpr double kSpeedArm = 1.2;

struct IdleTimers {
  Duration function_idle{};
  Duration environment_idle{};
};

/// L10, L14a: what was measured in 2020, and in 2021 on.
IdleTimers timers_of(proto::KeepAlive::Profile profile) {
  if (profile == proto::KeepAlive::LAMBDA_2021) return {seconds{360}, seconds{1000}};
  return {seconds{645}, seconds{1000}};
}

/// Derives and checks what needs more than one field.
class Resolver {
 public:
  Resolver(proto::Scenario& scenario, const Places& places, Mistakes& mistakes)
      : scenario_(scenario), places_(places), mistakes_(mistakes) {}

  void run() {
    if (!scenario_.has_name()) scenario_.set_name(default_name());
    names_ = service_names(scenario_);
    for (const std::string& name : names_) service(name);
    routes();
    backoff();
    reserved_concurrency();
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
    if (service.has_lambda()) {
      lambda(*service.mutable_lambda(), path + ".lambda");
      return;
    }
    const bool is_reported = mistakes_.below(path);
    if (!is_reported) mistake(path, "has no platform: give it one of lambda, ec2, ecs, external");
  }

  void lambda(proto::LambdaFunction& function, const std::string& path) {
    proto::LambdaAssumed& assumed = *function.mutable_assumed();
    if (!assumed.has_speed()) {
      const bool is_arm = function.architectures() == proto::LambdaFunction::ARM64;
      assumed.set_speed(is_arm ? kSpeedArm : kSpeedX86);
    }
    keep_alive(*assumed.mutable_keep_alive(), path + ".assumed.keep_alive");
  }

  void keep_alive(proto::KeepAlive& rule, const std::string& path) {
    const auto fill = [&](bool is_given, const char* name, proto::Duration& timer, Duration value) {
      const bool clashes = is_given && rule.has_fixed() && timer.ns() != value.count();
      if (clashes) mistake(path + "." + name, "excludes 'fixed', which is given too");
      if (!is_given) timer.set_ns(value.count());
    };
    IdleTimers timers = timers_of(rule.profile());
    if (rule.has_fixed()) timers = {Duration{rule.fixed().ns()}, Duration{rule.fixed().ns()}};
    const bool has_function_idle = rule.has_function_idle();
    const bool has_environment_idle = rule.has_environment_idle();
    fill(has_function_idle, "function_idle", *rule.mutable_function_idle(), timers.function_idle);
    fill(has_environment_idle, "environment_idle", *rule.mutable_environment_idle(),
         timers.environment_idle);
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

  void backoff() {
    const proto::Backoff& pause = scenario_.workload().client().backoff();
    if (pause.base().ns() > pause.cap().ns()) {
      mistake("workload.client.backoff.base",
              fmt::format("must not be above cap, {}", format_duration(to_duration(pause.cap()))));
    }
  }

  /// L41: what reserved concurrency must leave. Services that a trace multiplies are checked again
  /// when it is known.
  void reserved_concurrency() {
    const proto::LambdaAccount& account = scenario_.account().lambda();
    std::uint64_t reserved = 0;
    std::string last;
    for (const std::string& name : names_) {
      const proto::Service& service = scenario_.services().at(name);
      if (service.lambda().reserved_concurrent_executions() == 0) continue;
      reserved += service.lambda().reserved_concurrent_executions();
      last = join_path("services", name) + ".lambda.reserved_concurrent_executions";
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

std::vector<std::string> service_names(const proto::Scenario& scenario) {
  std::vector<std::string> names;
  for (const auto& [name, service] : scenario.services()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

void resolve(proto::Scenario& scenario, const Places& places, Mistakes& mistakes) {
  fill_defaults(scenario, "", places, mistakes);
  Resolver(scenario, places, mistakes).run();
}

}  // namespace skyreplay::scenario
