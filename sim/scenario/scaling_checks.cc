#include "scenario/scaling_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "pricing/catalogue.h"
#include "scaling/adjustment.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

constexpr std::uint32_t kMinute = 60;
constexpr std::uint64_t kLongestLook =
    std::uint64_t{7} * 86'400;  // s: E84's limit for alarms of several days

}  // namespace

void ScalingChecks::metric(const std::string& metric_namespace, const std::string& name,
                           std::uint32_t period, const std::string& path) {
  if (metric_namespace.empty() || name.empty()) return;  // reported already
  const scaling::MetricName* found = scaling::find_metric(names_, metric_namespace, name);
  if (found == nullptr) {
    const std::vector<std::string> known = scaling::spelled(names_);
    return mistake(
        path + ".metric_name",
        fmt::format("{} has no metric {}{}; it has {}", owner_,
                    in_quotes(metric_namespace + " " + name),
                    suggestion(metric_namespace + " " + name, known), fmt::join(known, ", ")));
  }
  const std::string text = period_mistake(*found, period);
  if (!text.empty()) mistake(path + ".period", text);
}

std::string ScalingChecks::period_mistake(const scaling::MetricName& metric,
                                          std::uint32_t period) const {
  const bool may_be_short = metric.metric == scaling::TargetMetric::kCpuUsageActive;
  if (period >= kMinute || may_be_short) return "";
  return fmt::format("must be at least 60 for {} metrics", metric.metric_namespace);
}

void ScalingChecks::alarm(proto::CloudWatchAlarm& alarm, const std::string& path) {
  if (mistakes_.at(path)) return;
  const std::uint32_t period = alarm.period();
  const bool is_short = period == 10 || period == 20 || period == 30;
  if (alarm.has_period() && !is_short && period % kMinute != 0) {  // E84
    mistake(path + ".period", "must be 10, 20, 30 or a multiple of 60");
  }
  metric(alarm.namespace_(), alarm.metric_name(), period, path);
  if (!alarm.has_evaluation_periods()) return;
  const std::uint32_t n = alarm.evaluation_periods();
  if (!alarm.has_datapoints_to_alarm()) alarm.set_datapoints_to_alarm(n);
  if (alarm.datapoints_to_alarm() > n) {
    mistake(path + ".datapoints_to_alarm",
            fmt::format("must be at most evaluation_periods, {}", n));
  }
  if (std::uint64_t{n} * period > kLongestLook) {
    mistake(path + ".evaluation_periods", "must not be more than 7 days of periods");
  }
}

std::set<std::string> ScalingChecks::actions(const Alarms& alarms,
                                             const std::vector<std::string>& may_act,
                                             const std::string& path) {
  std::set<std::string> acting;
  std::set<std::string> seen;
  for (int i = 0; i < alarms.size(); ++i) {
    const std::string own = join_index(path + ".alarms", static_cast<std::size_t>(i));
    if (alarms[i].has_alarm_name() && !seen.insert(alarms[i].alarm_name()).second) {
      mistake(own + ".alarm_name", "is another alarm's name already");
    }
    for (int k = 0; k < alarms[i].alarm_actions_size(); ++k) {
      const std::string& name = alarms[i].alarm_actions(k);
      acting.insert(name);
      if (std::find(may_act.begin(), may_act.end(), name) != may_act.end()) continue;
      mistake(join_index(own + ".alarm_actions", static_cast<std::size_t>(k)),
              fmt::format("there is no step or simple policy {}{}", in_quotes(name),
                          suggestion(name, may_act)));
    }
  }
  return acting;
}

void ScalingChecks::whole(double adjustment, bool is_exact, const std::string& path) {
  if (std::floor(adjustment) != adjustment) mistake(path, "must be a whole number");
  if (is_exact && adjustment < 0) {
    mistake(path, "must not be negative: it is the capacity itself");
  }
}

void ScalingChecks::steps(const Steps& steps, bool is_exact, const std::string& path) {
  std::vector<scaling::StepAdjustment> read;
  for (int i = 0; i < steps.size(); ++i) {
    whole(steps[i].scaling_adjustment(), is_exact,
          join_index(path, static_cast<std::size_t>(i)) + ".scaling_adjustment");
    scaling::StepAdjustment& to = read.emplace_back();
    if (steps[i].has_metric_interval_lower_bound()) {
      to.lower = steps[i].metric_interval_lower_bound();
    }
    if (steps[i].has_metric_interval_upper_bound()) {
      to.upper = steps[i].metric_interval_upper_bound();
    }
  }
  const std::string text = scaling::steps_mistake(read);
  if (!text.empty()) mistake(path, text);
}

void ScalingChecks::priced(bool is_billed, const char* item, const std::string& region,
                           const std::string& path) {
  if (!is_billed) return;
  try {
    pricing::Catalogue::builtin().tariff(item, region);
  } catch (const InputError& error) {
    mistake(path, error.what());
  }
}

}  // namespace skyreplay::scenario
