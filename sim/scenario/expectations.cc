#include "scenario/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "check/cloudwatch_metric.h"
#include "core/error.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"
#include "scenario/law.h"
#include "scenario/resolve.h"

namespace skyreplay::scenario {
namespace {

using check::Bound;
using check::Expectation;

/// The fields that each kind of expectation has beside name and of.
struct Kind {
  Expectation::About about;
  const char* field;  ///< whose presence tells the kind
  std::set<std::string> needs;
  std::set<std::string> may_have;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {Expectation::About::kMetric,
       "metric",
       {"statistic", "must_be"},
       {"namespace", "between", "each"}},
      {Expectation::About::kActivity, "activity", {"within"}, {"first_after"}},
      {Expectation::About::kDirectionChanges, "direction_changes_per_hour", {}, {"between"}},
  };
  return all;
}

const std::vector<std::string>& activity_kinds() {
  static const std::vector<std::string> all = {
      "scale_out",     "scale_in",     "launch", "terminate", "replace",  "health",    "alarm",
      "fault",         "deploy",       "spot",   "placement", "limit",    "scheduled", "forecast",
      "enter_standby", "exit_standby", "detach", "refused",   "container"};
  return all;
}

std::string_view platform_of(const proto::Service& service) {
  return service.has_ec2()      ? "ec2"
         : service.has_ecs()    ? "ecs"
         : service.has_lambda() ? "lambda"
                                : "";
}

/// Reads one expectation.
class Reader {
 public:
  Reader(const proto::Scenario& scenario, std::size_t index, const Places& places,
         Mistakes& mistakes)
      : scenario_(scenario),
        from_(scenario.expectations(static_cast<int>(index))),
        path_(join_index("expectations", index)),
        places_(places),
        mistakes_(mistakes) {}

  Expectation read() {
    const Place place = places_.near(path_);
    if (place.source == 0) to_.position = {mistakes_.filename(), place.line, place.column};
    if (place.source != 0) to_.position = {mistakes_.filename(), 0, 0};
    to_.name = from_.name();
    to_.of = from_.of();
    if (mistakes_.below(path_)) return to_;
    name_exists();
    if (const Kind* kind = kind_of(); kind != nullptr && only_fitting_fields(*kind)) {
      to_.about = kind->about;
      if (kind->about == Expectation::About::kMetric) metric();
      if (kind->about == Expectation::About::kActivity) activity();
      if (kind->about == Expectation::About::kDirectionChanges) direction_changes();
    }
    return to_;
  }

 private:
  void mistake(const std::string& field, const std::string& text) {
    const std::string path = field.empty() ? path_ : path_ + "." + field;
    mistakes_.add(places_.near(path), path, text);
  }

  bool has(const std::string& field) const {
    const FieldDescriptor& found = *from_.GetDescriptor()->FindFieldByName(field);
    const Reflection& get = *from_.GetReflection();
    return found.is_repeated() ? get.FieldSize(from_, &found) > 0 : get.HasField(from_, &found);
  }

  /// "web", "web/GET /" or "*": the service must be one of the scenario's.
  void name_exists() {
    const std::string& of = to_.of;
    if (of == "*") return;
    const std::string service = of.substr(0, of.find('/'));
    if (scenario_.services().contains(service)) return;
    const auto hosts = all_hosts(scenario_);
    if (std::any_of(hosts.begin(), hosts.end(), [&](const auto& h) { return h.first == of; })) {
      return;
    }
    mistake("of", fmt::format("there is no service {}{}", in_quotes(service),
                              suggestion(service, service_names(scenario_))));
  }

  /// "web/GET /", not a service made for a route. False where there is no such service.
  bool is_route() const {
    const std::size_t slash = to_.of.find('/');
    if (slash == std::string::npos) return false;
    const auto service = scenario_.services().find(to_.of.substr(0, slash));
    return service != scenario_.services().end() && !service->second.for_each_route();
  }

  const Kind* kind_of() {
    const Kind* found = nullptr;
    for (const Kind& kind : kinds()) {
      if (!has(kind.field)) continue;
      if (found != nullptr) {
        mistake(kind.field, fmt::format("an expectation is about one thing; this one has {} too",
                                        found->field));
        return nullptr;
      }
      found = &kind;
    }
    if (found == nullptr) {
      mistake("", "is about nothing: give it metric, activity or direction_changes_per_hour");
    }
    return found;
  }

  bool only_fitting_fields(const Kind& kind) {
    bool fits = true;
    for (const std::string& field : kind.needs) {
      if (has(field)) continue;
      mistake("",
              fmt::format("{} is missing: an expectation about {} has it", field,
                          kind.about == Expectation::About::kMetric ? "a metric" : "an activity"));
      fits = false;
    }
    for (const char* field :
         {"namespace", "statistic", "must_be", "between", "each", "within", "first_after"}) {
      if (!has(field) || kind.needs.contains(field) || kind.may_have.contains(field)) continue;
      mistake(field, fmt::format("has no meaning beside {}", kind.field));
      fits = false;
    }
    return fits;
  }

  void metric() {
    const std::string line =
        fmt::format("{}({} of {}) {}", from_.statistic(), from_.metric(), to_.of, from_.must_be());
    try {
      to_.requirement = check::parse_requirement(line, cloudwatch_metric());
    } catch (const InputError& error) {
      mistake("metric", error.what());
    }
    between();
    each();
    to_.text = line + check::timing_of(to_.requirement);
    if (is_route() && to_.requirement.is_timed()) {
      mistake(to_.requirement.each ? "each" : "between",
              "a route's numbers are kept over the whole span only, not window by window");
    }
  }

  /// What the metric is where it has a namespace.
  const check::MetricRule* cloudwatch_metric() {
    if (!from_.has_namespace_()) return nullptr;
    const check::CloudWatchMetric& found =
        check::find_cloudwatch_metric(from_.namespace_(), from_.metric());
    const bool is_counted = scenario_.recorder().lambda_metrics();
    if (found.needs_counting && !is_counted) {
      throw InputError(
          fmt::format("{} is not counted: set recorder.lambda_metrics to true", found.rule.name));
    }
    if (found.needs_counting && to_.of == "*") return &found.rule;
    const auto service = scenario_.services().find(to_.of.substr(0, to_.of.find('/')));
    const bool has_queue = service != scenario_.services().end() &&
                           service->second.ecs().has_queue() && found.name_space == "AWS/SQS";
    if (has_queue || (found.is_of_cluster && scenario_.clusters().contains(to_.of))) {
      return &found.rule;
    }
    if (found.is_of_cluster) {
      throw InputError(fmt::format("{} is of a cluster: name one in `of`", found.rule.name));
    }
    if (service == scenario_.services().end() || platform_of(service->second) != found.platform) {
      throw InputError(fmt::format("{} is of a service on {}: name one in `of`", found.name_space,
                                   found.platform));
    }
    if (is_counted) return &found.rule;
    if (found.counts_attempts && (service->second.lambda().has_event_invoke_config() ||
                                  service->second.lambda().event_source_mappings_size() > 0)) {
      throw InputError(
          "CloudWatch counts attempts, and a result requests, of which events make several "
          "(event_invoke_config, event_source_mappings): set recorder.lambda_metrics to true, or "
          "name a column of timeline.csv");
    }
    if (found.counts_attempts && scenario_.workload().client().max_attempts() > 1) {
      throw InputError(fmt::format(
          "CloudWatch counts attempts, and a result requests, of which clients make "
          "several (workload.client.max_attempts is {}): set recorder.lambda_metrics to "
          "true, or name a column of timeline.csv",
          scenario_.workload().client().max_attempts()));
    }
    return &found.rule;
  }

  void activity() {
    const std::string& kind = from_.activity();
    if (std::ranges::find(activity_kinds(), kind) == activity_kinds().end()) {
      mistake("activity",
              fmt::format("there is no activity {}{}; kinds are {}", in_quotes(kind),
                          suggestion(kind, activity_kinds()), fmt::join(activity_kinds(), ", ")));
    }
    to_.activity = kind;
    to_.within = to_duration(from_.within());
    std::string after = "the trace's start";
    if (from_.has_first_after()) {
      const proto::Moment& moment = from_.first_after();
      to_.first_after = moment.has_offset_ns()
                            ? Bound{Bound::Kind::kOffset, Duration{moment.offset_ns()}}
                            : Bound{Bound::Kind::kInstant, Duration{moment.instant_ns()}};
      after = moment.has_offset_ns() ? "+" + format_duration(Duration{moment.offset_ns()})
                                     : to_rfc3339(TimePoint{Duration{moment.instant_ns()}});
    }
    to_.text = fmt::format("{} of {} within {} after {}", kind, to_.of, format_duration(to_.within),
                           after);
  }

  void direction_changes() {
    try {
      std::tie(to_.requirement.comparison, to_.requirement.limit) =
          check::parse_count_condition(from_.direction_changes_per_hour());
    } catch (const InputError& error) {
      mistake("direction_changes_per_hour", error.what());
    }
    between();
    to_.text = fmt::format("direction changes per hour of {} {}{}", to_.of,
                           from_.direction_changes_per_hour(), check::timing_of(to_.requirement));
  }

  void between() {
    if (from_.between().empty()) return;
    if (from_.between_size() != 2) {
      return mistake("between", "must be a list of two: [from, to]");
    }
    check::Between span;
    for (int i = 0; i < 2; ++i) {
      if (check::parse_bound(from_.between(i), i == 0 ? span.from : span.to)) continue;
      return mistake(fmt::format("between[{}]", i),
                     fmt::format("must be a time of day such as 12:00, an instant such as "
                                 "2026-01-05T12:00:00Z, or +5m from the trace's start; not {}",
                                 in_quotes(from_.between(i))));
    }
    if (const auto wrong = check::mistake_of(span)) return mistake("between", *wrong);
    to_.requirement.between = span;
  }

  void each() {
    if (!from_.has_each()) return;
    const Duration each = to_duration(from_.each());
    const Duration window = to_duration(scenario_.recorder().window());
    if (each <= Duration{} || each % window != Duration{}) {
      return mistake("each", fmt::format("must be a multiple of recorder.window, {}",
                                         format_duration(window)));
    }
    to_.requirement.each = each;
  }

  const proto::Scenario& scenario_;
  const proto::Expectation& from_;
  std::string path_;
  const Places& places_;
  Mistakes& mistakes_;
  Expectation to_;
};

}  // namespace

std::vector<Expectation> read_expectations(const proto::Scenario& scenario, const Places& places,
                                           Mistakes& mistakes) {
  std::vector<Expectation> expectations;
  for (std::size_t i = 0; i < static_cast<std::size_t>(scenario.expectations_size()); ++i) {
    expectations.push_back(Reader(scenario, i, places, mistakes).read());
  }
  return expectations;
}

}  // namespace skyreplay::scenario
