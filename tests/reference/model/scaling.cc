#include "reference/model/scaling.h"

#include <algorithm>
#include <cmath>

#include "reference/model/forecast.h"

namespace skyreplay::reference {
namespace {

using namespace std::chrono_literals;

constexpr int kOk = 0, kAlarm = 1, kInsufficientData = 2;

Time rounded_down(Time time, Time unit) { return time / unit * unit; }
Time rounded_up(Time time, Time unit) { return rounded_down(time + unit - 1ns, unit); }

bool starts_with(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

Time period_of(const std::string& metric, const Fleet& fleet) {
  if (starts_with(metric, "AWS/EC2")) return fleet.detailed ? Time{1min} : Time{5min};
  return starts_with(metric, "CWAgent") ? Time{10s} : Time{1min};
}

}  // namespace

Scaling::Scaling(World& world, Group& group, const Fleet& fleet, std::string entity,
                 std::string name)
    : world_(world),
      group_(group),
      fleet_(fleet),
      entity_(std::move(entity)),
      name_(std::move(name)),
      min_(fleet.min_size),
      max_(fleet.max_size),
      suspended_((fleet.suspended & kAlarmNotification) != 0) {
  for (std::size_t i = 0; i < fleet.policies.size(); ++i) {
    const Policy& policy = fleet.policies[i];
    if (policy.kind == Policy::Kind::kPredictive) look_ahead(i);
    const bool has_warmup = !fleet.fargate && policy.kind != Policy::Kind::kSimple &&
                            policy.kind != Policy::Kind::kPredictive;
    if (has_warmup) warmup_ = std::max(warmup_, warmup_of(policy));
    if (policy.kind != Policy::Kind::kTargetTracking) continue;
    Alarm alarm = policy.tracked;
    alarm.comparison = ">";
    alarm.threshold = policy.target;
    alarm.n = policy.high_n;
    alarm.m = policy.high_m;
    const std::string whose = fleet.fargate ? group.called(name_) : name_;
    watch(alarm, "TargetTracking-" + whose + "-AlarmHigh-" + policy.name, {i}, false);
    if (policy.disable_scale_in) continue;
    alarm.comparison = "<";
    alarm.threshold = policy.low_ratio * policy.target;
    alarm.n = policy.low_n;
    alarm.m = policy.low_m;
    alarm.second = policy.low_second;
    watch(alarm, "TargetTracking-" + whose + "-AlarmLow-" + policy.name, {i}, true);
  }
  for (const Alarm& alarm : fleet.alarms) watch(alarm, alarm.name, alarm.policies, false);
  if (fleet.default_warmup) warmup_ = 1s * *fleet.default_warmup;
  plan();
}

std::size_t Scaling::series_of(const std::string& metric, Time of_alarm) {
  Time period = period_of(metric, fleet_);
  const bool is_close = fleet_.fargate && of_alarm < 1min;  // C94
  if (is_close && !world_.broken(Mutation::kCloseMetricsAreOfMinutes)) period = of_alarm;
  for (std::size_t i = 0; i < series_.size(); ++i) {
    if (series_[i].metric == metric && series_[i].period == period) return i;
  }
  series_.push_back({.metric = metric, .period = period});
  return series_.size() - 1;
}

Time Scaling::delay(const std::string& metric) const {
  if (world_.broken(Mutation::kPublishedAtOnce)) return 0ns;
  if (starts_with(metric, "AWS/EC2")) return fleet_.ec2_delay;
  if (starts_with(metric, "AWS/ECS") || starts_with(metric, "AWS/Lambda")) return fleet_.ecs_delay;
  if (starts_with(metric, "AWS/SQS")) return fleet_.queue_delay;
  if (starts_with(metric, "ECS/ContainerInsights")) return fleet_.insights_delay;
  if (starts_with(metric, "AWS/ApplicationELB")) return fleet_.balancer_delay;
  return starts_with(metric, "CWAgent") ? fleet_.agent_delay : fleet_.group_delay;
}

/// Of metric math, once both metrics are known.
Time Scaling::delay(const Alarm& alarm) const {
  const bool is_close = fleet_.fargate && alarm.period < 1min;  // C105
  if (is_close && !world_.broken(Mutation::kPublishedAtOnce)) return fleet_.close_delay;
  if (!alarm.math) return delay(alarm.metric);
  return std::max(delay(alarm.math->left), delay(alarm.math->right));
}

std::size_t Scaling::series_of(const Alarm& alarm) {
  if (!alarm.math) return series_of(alarm.metric, alarm.period);
  series_.push_back({.metric = "math", .period = 1min, .math = alarm.math});
  return series_.size() - 1;
}

Time Scaling::interval(const Alarm& alarm) {
  if (alarm.period < 1min) return 10s;
  return alarm.period * alarm.n > 24h ? Time{1h} : Time{1min};
}

void Scaling::watch(const Alarm& alarm, const std::string& name, std::vector<std::size_t> policies,
                    bool low) {
  Watch to{.alarm = alarm, .name = name, .series = series_of(alarm)};
  to.policies = std::move(policies);
  to.low = low;
  const std::uint64_t most = alarm.period < 1min ? 10 : 60;
  to.second = 1s * (alarm.second ? *alarm.second % most
                                 : world_.bits(entity_ + ".alarms." + name, "second", 0)() % most);
  // When the first whole period since the start is known.
  const Time known = rounded_up(world_.now(), alarm.period) + alarm.period + delay(alarm);
  to.next = rounded_up(known - to.second, interval(alarm)) + to.second;
  to.state = world_.scenario.warm_start ? kOk : kInsufficientData;
  watches_.push_back(to);
}

void Scaling::plan() {
  Time next = Time::max();
  for (const Series& series : series_) {
    next = std::min(next, rounded_down(world_.now(), series.period) + series.period);
  }
  for (const Watch& watch : watches_) next = std::min(next, watch.next);
  for (const Ahead& ahead : ahead_) {
    next = std::min({next, ahead.next_forecast, ahead.next_hour - buffer_of(ahead.policy)});
  }
  if (next != Time::max()) world_.calendar.plan(next, [this] { control(); });
}

void Scaling::control() {
  for (Series& series : series_) {
    const Time begin = world_.now() - series.period;
    const bool ends = world_.now() % series.period == 0ns;
    if (ends && begin >= world_.scenario.start) measure(series, begin, world_.now());
  }
  for (Ahead& ahead : ahead_) foresee(ahead);
  for (Watch& watch : watches_) {
    if (watch.next > world_.now()) continue;
    watch.next += interval(watch.alarm);
    evaluate(watch);
  }
  plan();
}

// --- Predictive policies

Time Scaling::buffer_of(std::size_t policy) const {
  if (world_.broken(Mutation::kNoSchedulingBuffer)) return 0ns;
  return 1s * fleet_.policies[policy].buffer;
}

void Scaling::look_ahead(std::size_t policy) {
  const Policy& config = fleet_.policies[policy];
  Ahead ahead{.policy = policy, .series = series_of(config.tracked.metric)};
  ahead.scaling = config.scaling.empty() ? ahead.series : series_of(config.scaling);
  ahead.first = rounded_up(world_.now(), 1h);
  const std::size_t known = fleet_.policies[policy].history.size();
  ahead.next_forecast = world_.now();
  if (known < 24) {
    ahead.next_forecast = ahead.first + 1h * (24 - known) + known_after(ahead);
  }
  ahead.next_hour = rounded_down(world_.now() + buffer_of(policy), 1h) + 1h;
  ahead_.push_back(ahead);
}

/// When the last of both metrics' datapoints is there.
Time Scaling::known_after(const Ahead& ahead) const {
  return std::max(delay(series_[ahead.series].metric), delay(series_[ahead.scaling].metric));
}

/// The hours from the history's first to the one that ends at `until`, 336 at most.
std::vector<double> Scaling::by_hour(const Ahead& ahead, bool of_load, Time until) const {
  const Policy& policy = fleet_.policies[ahead.policy];
  std::vector<double> sums = of_load ? policy.history : policy.scaling_history;
  for (Time hour = ahead.first; hour < until; hour += 1h) {
    sums.push_back(0);
    for (const Point& point : series_[of_load ? ahead.series : ahead.scaling].points) {
      if (point.start >= hour && point.start < hour + 1h) sums.back() += point.sum;
    }
  }
  constexpr std::ptrdiff_t kHours = 336;  // of 14 days
  if (std::ssize(sums) > kHours) sums.erase(sums.begin(), sums.end() - kHours);
  return sums;
}

void Scaling::make_forecast(Ahead& ahead) {
  const Time known = world_.now() - known_after(ahead);
  ahead.from = std::max(ahead.first, rounded_down(known, 1h));
  std::vector<double> hours = by_hour(ahead, true, ahead.from);
  if (ahead.scaling != ahead.series) {
    double load = 0, scaling = 0;
    for (const double hour : hours) load += hour;
    for (const double hour : by_hour(ahead, false, ahead.from)) scaling += hour;
    ahead.per_load = load > 0 ? scaling / load : 0;
    if (world_.broken(Mutation::kLoadIsTheScalingMetric)) ahead.per_load = 1;
  }
  if (world_.broken(Mutation::kLastHourUnknown)) hours.back() = 0;
  ahead.forecast = forecast(hours);
  ahead.next_forecast = ahead.from + 6h + known_after(ahead);
  if (world_.broken(Mutation::kForecastsOnce)) ahead.next_forecast = Time::max();
  group_.forecast_made();
}

/// What the hour takes; none is forecast: 0.
std::int64_t Scaling::capacity(const Ahead& ahead, Time hour) const {
  const auto at = static_cast<std::size_t>((hour - ahead.from) / 1h);
  if (hour < ahead.from || at >= ahead.forecast.size()) return 0;
  const Series& series = series_[ahead.scaling];
  const double bears =
      fleet_.policies[ahead.policy].target * static_cast<double>(Time{1h} / series.period);
  const double takes = ahead.forecast[at] * ahead.per_load;
  return static_cast<std::int64_t>(std::ceil(std::min(takes / bears, 1e9) - 1e-9));
}

void Scaling::foresee(Ahead& ahead) {
  const Policy& policy = fleet_.policies[ahead.policy];
  if (world_.now() >= ahead.next_forecast) make_forecast(ahead);
  if (world_.now() < ahead.next_hour - buffer_of(ahead.policy)) return;
  const std::int64_t takes = capacity(ahead, ahead.next_hour);
  ahead.next_hour += 1h;
  if (!policy.scales || ahead.forecast.empty()) return;
  if (policy.max_buffer && !world_.broken(Mutation::kMaximumIsHonored)) {
    const std::int64_t most = (takes * (100 + *policy.max_buffer) + 99) / 100;
    if (most > max_) group_.raise_max(static_cast<std::uint32_t>(std::min(most, 1'000'000L)));
  }
  const auto to = static_cast<std::uint32_t>(std::min<std::int64_t>(takes, max_));
  if (to > group_.desired() || world_.broken(Mutation::kForecastTakesAway)) group_.scale(to);
}

// --- Metrics

/// One number of what a metric has of a period.
std::optional<double> Scaling::number(const std::string& metric, const std::string& statistic,
                                      Time begin, Time end) const {
  const std::vector<double> all = samples(metric, begin, end);
  if (all.empty()) return std::nullopt;
  double sum = 0;
  for (const double sample : all) sum += sample;
  if (statistic == "Sum") return sum;
  if (statistic == "Minimum") return *std::min_element(all.begin(), all.end());
  if (statistic == "Maximum") return *std::max_element(all.begin(), all.end());
  const auto count = static_cast<double>(all.size());
  return statistic == "Average" ? sum / count : count;
}

void Scaling::calculate(Series& series, Time begin, Time end) {
  const Math& math = *series.math;
  const auto left = number(math.left, math.left_statistic, begin, end);
  const auto right = number(math.right, math.right_statistic, begin, end);
  if (!left || !right) return;
  double value = *left;
  if (math.operation == '*') value *= *right;
  if (math.operation == '+') value += *right;
  if (math.operation == '-') value -= *right;
  if (math.operation == '/') {
    if (*right == 0) return;
    value = world_.broken(Mutation::kBacklogOfAllTasks) ? *left : *left / *right;
  }
  series.points.push_back({begin, end, value, value, value, 1});
}

void Scaling::measure(Series& series, Time begin, Time end) {
  if (series.math) return calculate(series, begin, end);
  Point point{begin, end};
  for (const double sample : samples(series.metric, begin, end)) {
    point.least = point.count == 0 ? sample : std::min(point.least, sample);
    point.most = point.count == 0 ? sample : std::max(point.most, sample);
    point.sum += sample;
    ++point.count;
  }
  if (series.metric == "AWS/ApplicationELB TargetResponseTime") {
    // The sum is divided once, not each time.
    double ns = 0;
    for (const Time time : group_.response_times(begin, end)) {
      ns += static_cast<double>(time.count());
    }
    point.sum = ns / 1e9;
  }
  if (starts_with(series.metric, "AWS/Lambda")) {  // L39
    const std::optional<Group::Use> use = group_.use(begin, end);
    if (use) point = {begin, end, use->mean, 0, use->peak, 1};
  }
  if (point.count > 0) series.points.push_back(point);
}

std::vector<double> Scaling::samples(const std::string& metric, Time begin, Time end) const {
  const std::string name = metric.substr(metric.find(' ') + 1);
  std::vector<double> samples;
  std::uint32_t serving = 0, draining = 0, pending = 0, standby = 0;
  const Time warmup = world_.broken(Mutation::kMeasuresWarming) ? 0ns : warmup_;
  for (const Group::Instance& instance : group_.instances()) {
    standby += instance.stands_by ? 1 : 0;
    if (instance.is_aside) continue;
    if (!instance.serves_since) {
      ++pending;
      continue;
    }
    ++(instance.drains ? draining : serving);
    const Time from = std::max(begin, *instance.serves_since + warmup);
    if (instance.drains || from >= end) continue;
    if (name == "CPUUtilization" || name == "cpu_usage_active") {
      samples.push_back(100.0 * static_cast<double>(group_.busy(instance.ordinal, from, end)) /
                        static_cast<double>(group_.available(instance.ordinal, from, end)));
    } else if (name == "MemoryUtilization") {
      samples.push_back(group_.memory(instance.ordinal, from, end));
    } else if (name == "NetworkIn" || name == "NetworkOut") {
      samples.push_back(
          static_cast<double>(group_.bytes(instance.ordinal, name == "NetworkIn", from, end)));
    }
  }
  if (starts_with(metric, "AWS/SQS")) return group_.queue_samples(name);
  if (name == "RunningTaskCount") return {static_cast<double>(serving)};
  const double sent = static_cast<double>(group_.sent(begin, end));
  if (name == "RequestCount") return {sent};
  if (name == "RequestCountPerTarget" && group_.targets() > 0) return {sent / group_.targets()};
  if (name == "HTTPCode_Target_5XX_Count" && group_.failed(begin, end) > 0) {
    return {static_cast<double>(group_.failed(begin, end))};
  }
  if (name == "TargetResponseTime") {
    for (const Time time : group_.response_times(begin, end)) {
      samples.push_back(static_cast<double>(time.count()) / 1e9);
    }
  }
  if (name == "GroupDesiredCapacity") return {static_cast<double>(group_.desired())};
  if (name == "GroupInServiceInstances") return {static_cast<double>(serving)};
  if (name == "GroupPendingInstances") return {static_cast<double>(pending)};
  if (name == "GroupTerminatingInstances") return {static_cast<double>(draining)};
  if (name == "GroupStandbyInstances") return {static_cast<double>(standby)};
  if (name == "GroupTotalInstances") return {static_cast<double>(serving + pending + draining)};
  if (name == "GroupMinSize") return {static_cast<double>(min_)};
  if (name == "GroupMaxSize") return {static_cast<double>(max_)};
  return samples;
}

// --- Alarms

bool Scaling::breaches(const Alarm& alarm, double value) const {
  if (alarm.comparison == ">") return value > alarm.threshold;
  if (alarm.comparison == ">=") return value >= alarm.threshold;
  if (alarm.comparison == "<") return value < alarm.threshold;
  return value <= alarm.threshold;
}

/// Of the points stamped in [from, from + period) and over by `as_of`.
std::optional<double> Scaling::value(const Watch& watch, Time from, Time as_of) const {
  Point all{};
  for (const Point& point : series_[watch.series].points) {
    if (point.start < from || point.start >= from + watch.alarm.period) continue;
    if (point.end > as_of) continue;
    all.least = all.count == 0 ? point.least : std::min(all.least, point.least);
    all.most = all.count == 0 ? point.most : std::max(all.most, point.most);
    all.sum += point.sum;
    all.count += point.count;
  }
  if (all.count == 0) return std::nullopt;
  if (watch.alarm.statistic == "Average") return all.sum / static_cast<double>(all.count);
  if (watch.alarm.statistic == "Sum") return all.sum;
  if (watch.alarm.statistic == "Minimum") return all.least;
  if (watch.alarm.statistic == "Maximum") return all.most;
  return static_cast<double>(all.count);
}

/// `range`, the newest first.
int Scaling::judged(const Watch& watch, const std::vector<std::optional<bool>>& range) const {
  const std::string& missing = watch.alarm.missing;
  std::vector<bool> real;
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < range.size() && real.size() < watch.alarm.n; ++i) {
    if (!range[i]) continue;
    real.push_back(*range[i]);
    if (*range[i]) oldest = i + 1;
  }
  std::size_t breaching = static_cast<std::size_t>(std::count(real.begin(), real.end(), true));
  const bool all_breach = breaching == real.size();
  const bool full = real.size() == watch.alarm.n;
  if (missing == "breaching") breaching += watch.alarm.n - real.size();
  const bool enough = breaching >= watch.alarm.m;
  if (full || missing == "breaching" || missing == "notBreaching") return enough ? kAlarm : kOk;
  if (real.empty()) return missing == "ignore" ? watch.state : kInsufficientData;
  if (enough) return kAlarm;
  if (!all_breach) return kOk;
  if (world_.broken(Mutation::kLoneBreachAlarms)) return kAlarm;
  return oldest >= watch.alarm.m && missing == "missing" ? kAlarm : watch.state;
}

void Scaling::evaluate(Watch& watch) {
  const Alarm& alarm = watch.alarm;
  const Time as_of = rounded_down(world_.now() - delay(alarm), interval(alarm));
  const Time end = rounded_down(as_of, std::min<Time>(1min, series_[watch.series].period));
  const std::uint32_t periods = alarm.n + (world_.broken(Mutation::kLooksBackNPeriods) ? 0 : 2);
  std::vector<std::optional<bool>> range;
  watch.values.clear();
  for (std::uint32_t i = 1; i <= periods; ++i) {
    const std::optional<double> found = value(watch, end - alarm.period * i, as_of);
    range.push_back(found ? std::optional(breaches(alarm, *found)) : std::nullopt);
    if (found && watch.values.size() < alarm.n) watch.values.push_back(*found);
  }
  const int before = watch.state;
  watch.state = judged(watch, range);
  const bool changed = before != watch.state;
  if (changed) group_.alarm_changed();
  if (watch.state != kAlarm || suspended_) return;
  const bool repeats =
      world_.now() - watch.acted >= 1min && !world_.broken(Mutation::kActsOnChangeAlone);
  if (!changed && !repeats) return;
  watch.acted = world_.now();
  for (const std::size_t policy : watch.policies) act(watch, policy);
}

// --- Policies

Time Scaling::warmup_of(const Policy& policy) const {
  if (fleet_.fargate) return 0ns;
  if (policy.warmup) return 1s * *policy.warmup;
  return 1s * fleet_.default_warmup.value_or(fleet_.cooldown);
}

Scaling::Counts Scaling::counts(Time warmup) const {
  Counts counts;
  for (const Group::Instance& instance : group_.instances()) {
    if (instance.drains) continue;
    const bool warm = instance.serves_since && *instance.serves_since + warmup <= world_.now();
    ++(warm ? counts.current : counts.warming);
  }
  if (fleet_.fargate) {  // C100: none is warming, and who stops is none
    counts.warming = 0;
    if (world_.broken(Mutation::kCurrentIsDesired)) counts.current = group_.desired();
    return counts;
  }
  for (const Time served : group_.taken_out(world_.now() - fleet_.deregistration_delay)) {
    counts.terminating += served + warmup <= world_.now() ? 1 : 0;
  }
  return counts;
}

std::int64_t Scaling::base(const Counts& counts) const {
  const bool cools = world_.now() < out_until_ && !world_.broken(Mutation::kAddsInItsCooldown);
  if (cools && world_.broken(Mutation::kCooldownCountsFromDesired)) return group_.desired();
  return cools ? ran_before_ : counts.current;
}

/// C104; nothing where the desired count is within the bounds.
std::optional<std::int64_t> Scaling::moved_to_bound(std::int64_t want) const {
  const std::int64_t desired = group_.desired();
  if (world_.broken(Mutation::kPassesTheBound)) return std::nullopt;
  if (desired < min_) return want > desired ? min_ : desired;
  if (desired > max_) return want < desired ? max_ : desired;
  return std::nullopt;
}

void Scaling::cool_down(const Policy& policy, bool grows) {
  std::uint32_t lasts = grows ? policy.out_cooldown : policy.in_cooldown;
  if (policy.kind == Policy::Kind::kStep) lasts = policy.cooldown.value_or(300);
  if (grows) {
    if (world_.now() >= out_until_) ran_before_ = counts(0ns).current;
    out_until_ = world_.now() + 1s * lasts;
    if (!world_.broken(Mutation::kCooldownOutlivesScaleOut)) in_until_ = {};
  } else {
    in_until_ = world_.now() + 1s * lasts;
  }
}

bool Scaling::cooling_down() const {
  if (!acted_ || world_.broken(Mutation::kNoCooldown)) return false;
  Time since = *acted_;
  for (const Group::Instance& instance : group_.instances()) {
    if (!instance.serves_since) return true;
  }
  since = std::max(since, last_in_service);
  return world_.now() < since + cooldown_;
}

std::int64_t Scaling::adjusted(const Policy& policy, std::int64_t number,
                               const Counts& counts) const {
  const std::int64_t desired = group_.desired();
  if (policy.adjustment_type == "ExactCapacity") return number;
  std::int64_t base = number < 0 ? counts.current + counts.terminating : this->base(counts);
  if (world_.broken(Mutation::kStepsFromDesired)) base = desired;
  std::int64_t change = number;
  if (policy.adjustment_type == "PercentChangeInCapacity" && number != 0) {
    const double exact = std::abs(static_cast<double>(number * base)) / 100;
    const bool up = world_.broken(Mutation::kRoundsPercentUp);
    change = static_cast<std::int64_t>(up ? std::ceil(exact) : std::floor(exact));
    if (exact > 0 && exact < 1) change = 1;
    change = std::max<std::int64_t>(change, policy.min_magnitude.value_or(0));
    if (number < 0) change = -change;
  }
  return number >= 0 ? std::max(desired, base + change) : std::min(desired, base + change);
}

std::optional<std::int64_t> Scaling::wanted(const Watch& watch, std::size_t index) const {
  const Policy& policy = fleet_.policies[index];
  const Counts counts = this->counts(warmup_of(policy));
  const std::int64_t desired = group_.desired();
  std::int64_t want = desired;
  if (policy.kind == Policy::Kind::kSimple) {
    if (cooling_down()) return std::nullopt;
    want = adjusted(policy, policy.number, {.current = desired});
  } else if (watch.values.empty()) {
    return std::nullopt;
  } else if (policy.kind == Policy::Kind::kTargetTracking) {
    std::int64_t capacity = watch.low ? counts.current + counts.terminating : base(counts);
    if (world_.broken(Mutation::kInProportionToDesired)) capacity = desired;
    const double exact = static_cast<double>(capacity) * watch.values.front() / policy.target;
    const auto proportional = static_cast<std::int64_t>(std::ceil(std::min(exact, 1e9) - 1e-9));
    want = watch.low ? std::min(desired, proportional) : std::max(desired, proportional);
    const bool from_none = fleet_.fargate && !watch.low && capacity == 0;
    if (from_none && !world_.broken(Mutation::kNoneAreInProportion)) {
      want = std::max<std::int64_t>(desired, 1);  // C103
    }
  } else {
    double value = 0;
    for (const double datapoint : watch.values) value += datapoint;
    value /= static_cast<double>(watch.values.size());
    if (policy.aggregation == "Minimum") {
      value = *std::min_element(watch.values.begin(), watch.values.end());
    } else if (policy.aggregation == "Maximum") {
      value = *std::max_element(watch.values.begin(), watch.values.end());
    }
    const double beyond = value - watch.alarm.threshold;
    const bool above = beyond > 0 || (beyond == 0 && watch.alarm.comparison[0] == '>');
    const Step* found = nullptr;
    for (const Step& step : policy.steps) {
      const double low = step.lower.value_or(-HUGE_VAL), high = step.upper.value_or(HUGE_VAL);
      const bool in = above ? beyond >= low && beyond < high : beyond > low && beyond <= high;
      if (in && found == nullptr) found = &step;
    }
    if (found == nullptr) return std::nullopt;
    want = adjusted(policy, found->number, counts);
  }
  if (const auto bound = moved_to_bound(want)) return bound;
  return std::clamp<std::int64_t>(want, min_, max_);
}

bool Scaling::may_scale_in(const Policy& policy) const {
  const bool holds = world_.now() < in_until_;
  if (holds && !world_.broken(Mutation::kTakesAwayInItsCooldown)) return false;
  const bool waits = group_.is_deploying() && !world_.broken(Mutation::kScalesInWhileDeploying);
  if (waits) return false;  // C59
  if (policy.kind == Policy::Kind::kSimple) return true;
  const bool warming = counts(warmup_of(policy)).warming > 0;
  if (warming && !world_.broken(Mutation::kScalesInWhileWarming)) return false;
  if (policy.kind == Policy::Kind::kStep || world_.broken(Mutation::kAnyMayScaleIn)) return true;
  return std::all_of(watches_.begin(), watches_.end(),
                     [](const Watch& watch) { return !watch.low || watch.state == kAlarm; });
}

void Scaling::act(const Watch& watch, std::size_t index) {
  const Policy& policy = fleet_.policies[index];
  std::optional<std::int64_t> want = wanted(watch, index);
  const std::int64_t desired = group_.desired();
  if (!want || *want == desired) return;
  if (*want < desired) {
    if (!may_scale_in(policy)) return;
    for (const Watch& other : watches_) {
      if (other.state != kAlarm) continue;
      for (const std::size_t its : other.policies) {
        if (fleet_.policies[its].kind == Policy::Kind::kSimple) continue;
        want = std::max(*want, wanted(other, its).value_or(0));
      }
    }
    for (const Ahead& ahead : ahead_) {
      if (!fleet_.policies[ahead.policy].scales) continue;
      const Time now = world_.now();
      for (const Time hour : {now, now + buffer_of(ahead.policy)}) {
        const std::int64_t takes = capacity(ahead, rounded_down(hour, 1h));
        if (world_.broken(Mutation::kForecastHoldsNothing)) break;
        want = std::max(*want, std::min<std::int64_t>(takes, max_));
      }
    }
    if (*want >= desired) return;
  }
  if (policy.kind == Policy::Kind::kSimple) {
    acted_ = world_.now();
    cooldown_ = 1s * policy.cooldown.value_or(fleet_.cooldown);
  }
  if (fleet_.fargate) cool_down(policy, *want > desired);
  group_.scale(static_cast<std::uint32_t>(*want));
}

// --- Money

std::uint64_t Scaling::alarms(bool high_resolution) const {
  if (world_.broken(Mutation::kAlarmsAreFree)) return 0;
  return static_cast<std::uint64_t>(std::count_if(
      watches_.begin(), watches_.end(),
      [&](const Watch& watch) { return (watch.alarm.period < 1min) == high_resolution; }));
}

bool Scaling::has_custom_metric() const {
  return std::any_of(series_.begin(), series_.end(), [](const Series& series) {
    const auto is = [&](const std::string& metric) {
      return starts_with(metric, "CWAgent") || starts_with(metric, "ECS/ContainerInsights");
    };
    return is(series.metric) || (series.math && (is(series.math->left) || is(series.math->right)));
  });
}

}  // namespace skyreplay::reference
