#include "scenario/application_scaling_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/text.h"
#include "scaling/metric_math.h"
#include "scaling/schedule_expression.h"
#include "scenario/field_path.h"
#include "scenario/service_monitoring.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uint32_t kMinute = 60;
constexpr int kMostPolicies = 50;  // C112
constexpr int kMostActions = 200;  // C110

}  // namespace

std::string ApplicationScalingChecks::element(const std::string& path, const char* list,
                                              int index) {
  return join_index(path + "." + list, static_cast<std::size_t>(index));
}

void ApplicationScalingChecks::check_bounds(const Scalable& target, const std::string& path) {
  const bool is_scaled = target.policies + target.scheduled_actions > 0;
  const auto check = [&](bool is_given, const char* field) {
    if (is_given == is_scaled || mistakes_.at(path + field)) return;
    mistake(path + field, is_scaled ? "is missing: policies and scheduled_actions need it"
                                    : "is for policies and scheduled_actions");
  };
  check(target.min_capacity.has_value(), ".min_capacity");
  check(target.max_capacity.has_value(), ".max_capacity");
  const std::uint32_t least = target.min_capacity.value_or(0);
  if (target.max_capacity && least > *target.max_capacity) {
    mistake(path + ".max_capacity",
            fmt::format("must not be below min_capacity, {}", grouped(least)));
  }
  if (target.policies > kMostPolicies) {
    mistake(path + ".policies", fmt::format("has more than {} policies", kMostPolicies));
  }
  if (target.scheduled_actions > kMostActions) {
    mistake(path + ".scheduled_actions", fmt::format("has more than {} actions", kMostActions));
  }
}

std::uint32_t ApplicationScalingChecks::period_of(
    const proto::TargetTrackingScalingPolicyConfiguration& config) {
  const auto type = config.predefined_metric_specification().predefined_metric_type();
  return is_high_resolution(type) ? static_cast<std::uint32_t>(kShortPeriod.count()) : kMinute;
}

/// One metric by its name, or what metric math makes of two.
void ApplicationScalingChecks::customized(
    proto::ServiceCustomizedMetricSpecification& specification, const std::string& path) {
  const bool has_math = specification.metrics_size() > 0;
  const auto check = [&](bool is_given, const char* field) {
    if (is_given != has_math || mistakes_.at(path + field)) return;
    mistake(path + field, has_math ? "is not beside metrics" : "is missing");
  };
  check(specification.has_namespace_(), ".namespace");
  check(specification.has_metric_name(), ".metric_name");
  check(specification.has_statistic(), ".statistic");
  if (has_math) return metric_math(specification, path);
  metric(specification.namespace_(), specification.metric_name(), kMinute, path);
}

/// Two metrics, and one expression of both.
void ApplicationScalingChecks::metric_math(
    proto::ServiceCustomizedMetricSpecification& specification, const std::string& path) {
  std::vector<std::string> ids;
  const proto::TargetTrackingMetricDataQuery* result = nullptr;
  int expressions = 0;
  for (int i = 0; i < specification.metrics_size(); ++i) {
    proto::TargetTrackingMetricDataQuery& one = *specification.mutable_metrics(i);
    if (!query(one, element(path, "metrics", i))) return;
    if (std::find(ids.begin(), ids.end(), one.id()) != ids.end()) {
      return mistake(element(path, "metrics", i) + ".id", "is another metric's already");
    }
    if (one.has_expression()) result = &one;
    expressions += one.has_expression() ? 1 : 0;
    if (!one.has_expression()) ids.push_back(one.id());
  }
  if (expressions != 1 || ids.size() != 2) {
    return mistake(path + ".metrics",
                   "must be two with a metric_stat and one with an expression of them: more of "
                   "metric math is not built");
  }
  const auto expression = scaling::parse_expression(result->expression());
  const auto is_known = [&](std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  if (expression && is_known(expression->left) && is_known(expression->right)) return;
  mistake(path + ".metrics",
          fmt::format("{} must be two of the ids {} with /, *, + or - between them: more of metric "
                      "math is not built",
                      in_quotes(result->expression()), fmt::join(ids, ", ")));
}

/// False where there is a mistake.
bool ApplicationScalingChecks::query(proto::TargetTrackingMetricDataQuery& query,
                                     const std::string& path) {
  if (mistakes_.at(path) || mistakes_.below(path)) return false;
  const bool is_expression = query.has_expression();
  if (is_expression == query.has_metric_stat()) {
    mistake(path, "must have one of metric_stat and expression");
    return false;
  }
  if (!scaling::is_metric_id(query.id())) {
    mistake(path + ".id", "must be a small letter, then letters, digits and _");
    return false;
  }
  if (!query.has_return_data()) query.set_return_data(is_expression);
  if (query.return_data() != is_expression) {
    mistake(path + ".return_data", "must be true of the expression and of nothing else");
    return false;
  }
  if (is_expression) return true;
  const proto::TargetTrackingMetric& from = query.metric_stat().metric();
  metric(from.namespace_(), from.metric_name(), kMinute, path + ".metric_stat.metric");
  return !mistakes_.below(path);
}

void ApplicationScalingChecks::scheduled_actions(const ScheduledActions& actions,
                                                 const std::string& path) {
  std::set<std::string> seen;
  for (int i = 0; i < actions.size(); ++i) {
    const std::string own = element(path, "scheduled_actions", i);
    scheduled_action(actions[i], own);
    if (!actions[i].has_scheduled_action_name()) continue;  // reported already
    if (seen.insert(actions[i].scheduled_action_name()).second) continue;
    mistake(own + ".scheduled_action_name", "is another action's name already");
  }
}

void ApplicationScalingChecks::scheduled_action(const proto::ServiceScheduledAction& action,
                                                const std::string& path) {
  if (mistakes_.at(path)) return;
  const proto::ScalableTargetAction& sets = action.scalable_target_action();
  const std::string own = path + ".scalable_target_action";
  if (!sets.has_min_capacity() && !sets.has_max_capacity() && !mistakes_.below(own) &&
      !mistakes_.at(own)) {
    mistake(own, "sets neither min_capacity nor max_capacity");
  }
  if (sets.has_max_capacity() && sets.min_capacity() > sets.max_capacity()) {
    mistake(own + ".min_capacity", "must not be above max_capacity");
  }
  times(action, path);
}

/// C110.
void ApplicationScalingChecks::times(const proto::ServiceScheduledAction& action,
                                     const std::string& path) {
  if (!action.has_schedule()) return;  // reported already
  std::string text;
  const auto schedule = scaling::parse_schedule(action.schedule(), scaling::kUtc, text);
  if (!schedule) return mistake(path + ".schedule", text);
  const bool is_once = schedule->start_time.has_value();
  if (is_once && action.has_start_time()) mistake(path + ".start_time", "is not for at(...)");
  if (is_once && action.has_end_time()) mistake(path + ".end_time", "is not for at(...)");
  if (schedule->every && !action.has_start_time() && !mistakes_.below(path)) {
    mistake(path + ".start_time", "is missing: a rate counts from it");
  }
  if (action.has_start_time() && action.has_end_time() &&
      action.start_time().when_case() == action.end_time().when_case()) {
    const auto ns_of = [](const proto::Moment& moment) {
      return moment.has_offset_ns() ? moment.offset_ns() : moment.instant_ns();
    };
    const bool is_over = ns_of(action.end_time()) <= ns_of(action.start_time());
    if (is_over) mistake(path + ".end_time", "must be later than start_time");
  }
  if (!action.has_timezone()) return;
  if (schedule->every) return mistake(path + ".timezone", "is not for rate(...)");
  if (!scaling::parse_schedule(action.schedule(), action.timezone(), text)) {
    mistake(path + ".timezone", text);
  }
}

}  // namespace skyreplay::scenario
