#include "trace/synth_spec.h"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/random/lognormal_distribution.hpp>
#include <cmath>
#include <set>

#include "core/digest.h"
#include "trace/spec_yaml.h"
#include "trace/synth_parts.h"
#include "trace/text_input.h"

namespace skyreplay::trace {
namespace {

constexpr double kZ99 = 2.3263478740408408;
constexpr double kPi = 3.14159265358979323846;
constexpr Duration kDay = std::chrono::hours(24);
constexpr std::uint64_t kMaxRoutes = 1'000'000;
constexpr double kMaxRate = 1e9;
constexpr const char* kTooManyRoutes = "all classes together have more than 1,000,000 routes";
constexpr double kMaxCallsPerRing = 100'000;
constexpr double kMaxPending = 10'000'000;
constexpr Duration kMinPeriod = std::chrono::milliseconds(1);
constexpr Duration kMaxSpan = std::chrono::hours(24 * 3660);

double hours(Duration duration) {
  return std::chrono::duration<double, std::ratio<3600>>(duration).count();
}

}  // namespace

double NumberLaw::sample(RandomEngine& random) const {
  if (p50 == p99) return p50;
  const double sigma = std::log(p99 / p50) / kZ99;
  const double draw = boost::random::lognormal_distribution<double>(std::log(p50), sigma)(random);
  return std::round(std::min(draw, 1e15) * 1000) / 1000;
}

double NumberLaw::mean() const {
  if (p50 == p99) return p50;
  const double sigma = std::log(p99 / p50) / kZ99;
  return p50 * std::exp(sigma * sigma / 2);
}

double SynthShape::at(TimePoint time) const {
  const Duration of_day = time.time_since_epoch() % kDay;
  if (amplitude > 0) return 1 + amplitude * std::cos(2 * kPi * hours(of_day - peak) / 24);
  if (by_hour.empty()) return 1;
  const double hour = hours(of_day);
  const auto after = std::upper_bound(by_hour.begin(), by_hour.end(), hour,
                                      [](double h, const auto& knot) { return h < knot.first; });
  // Before the first and behind the last knot the line runs through midnight.
  const bool wraps = after == by_hour.begin() || after == by_hour.end();
  const auto& left = after == by_hour.begin() ? by_hour.back() : *std::prev(after);
  const auto& right = after == by_hour.end() ? by_hour.front() : *after;
  double width = right.first - left.first;
  if (wraps) width += 24;
  double from = hour - left.first;
  if (from < 0) from += 24;
  return width == 0 ? left.second : left.second + (right.second - left.second) * from / width;
}

double SynthBursts::share_of_time() const {
  const double on = std::chrono::duration<double>(length).count();
  return on / (on + std::chrono::duration<double>(every).count());
}

double SynthSpec::mean_rate() const {
  double sum = rate;
  for (const SynthClass& each : classes) {
    if (each.periods.empty()) continue;
    for (const Duration period : periods_of(each)) {
      sum += each.calls.mean() / std::chrono::duration<double>(period).count();
    }
  }
  return sum;
}

namespace {

using Fields = std::vector<std::pair<std::string, SpecNode>>;

const SpecNode* find(const Fields& fields, const std::string& key) {
  for (const auto& [name, node] : fields) {
    if (name == key) return &node;
  }
  return nullptr;
}

const SpecNode& need(const SpecNode& parent, const Fields& fields, const std::string& key) {
  const SpecNode* node = find(fields, key);
  if (node == nullptr) parent.fail(fmt::format("'{}' is missing", key));
  return *node;
}

Duration positive_duration(const SpecNode& node) {
  const Duration value = node.duration();
  if (value <= Duration{0}) node.fail("must be above 0s");
  if (value > kMaxSpan) node.fail("must not exceed ten years");
  return value;
}

/// A number that is a key, such as an hour of the day.
bool key_number(const std::string& key, double low, double high, double& value) {
  const auto [end, error] = fast_float::from_chars(key.data(), key.data() + key.size(), value);
  return error == std::errc() && end == key.data() + key.size() && value >= low && value <= high;
}

/// A plain number, or {p50: a, p99: b}.
NumberLaw number_law(const SpecNode& node, double low, double high) {
  if (node.is_scalar()) {
    const double value = node.number(low, high);
    return {value, value};
  }
  const Fields fields = node.entries({"p50", "p99"});
  const NumberLaw law{need(node, fields, "p50").number(low, high),
                      need(node, fields, "p99").number(low, high)};
  if (law.p50 <= 0) node.fail("p50 must be above 0");
  if (law.p99 < law.p50) node.fail("p99 must not be below p50");
  return law;
}

SynthShape shape_of(const SpecNode& node) {
  const Fields fields = node.entries({"by_hour", "sine"});
  if (fields.size() != 1) node.fail("expected either by_hour or sine");
  SynthShape shape;
  if (const SpecNode* sine = find(fields, "sine")) {
    const Fields parts = sine->entries({"amplitude", "peak"});
    shape.amplitude = need(*sine, parts, "amplitude").number(0, 1);
    shape.peak = need(*sine, parts, "peak").duration();
    if (shape.peak >= kDay) sine->fail("peak is a time of day, below 24h");
    return shape;
  }
  const SpecNode& table = *find(fields, "by_hour");
  for (const auto& [key, value] : table.entries()) {
    double hour = 0;
    if (!key_number(key, 0, 23.999, hour)) {
      value.fail(fmt::format("'{}' is no hour of the day, 0 to 23.99", key));
    }
    shape.by_hour.emplace_back(hour, value.number(0, 1e6));
  }
  if (shape.by_hour.empty()) table.fail("expected hours and multipliers, such as {9: 1.2}");
  std::sort(shape.by_hour.begin(), shape.by_hour.end());
  for (std::size_t i = 1; i < shape.by_hour.size(); ++i) {
    if (shape.by_hour[i].first == shape.by_hour[i - 1].first) {
      table.fail(fmt::format("the hour {} stands here twice", shape.by_hour[i].first));
    }
  }
  return shape;
}

/// A shape that the spec's own span can be scaled by.
SynthShape shape_within(const SpecNode& node, const SynthSpec& spec) {
  const SynthShape shape = shape_of(node);
  const double mean = mean_of(shape, spec.start, spec.duration);
  double highest = 1 + shape.amplitude;
  for (const auto& [hour, multiplier] : shape.by_hour) highest = std::max(highest, multiplier);
  if (mean <= 0) node.fail("is 0 throughout the spec's span");
  if (spec.rate * highest / mean > kMaxRate) {
    node.fail("the busiest hour has more than 1,000,000,000 requests a second");
  }
  return shape;
}

SynthBursts bursts_of(const SpecNode& node) {
  const Fields fields = node.entries({"of", "multiplier", "every", "length"});
  SynthBursts bursts;
  if (const SpecNode* of = find(fields, "of")) {
    const std::string word = of->text();
    if (word != "route" && word != "class") of->fail("expected 'class' or 'route'");
    bursts.per_route = word == "route";
  }
  bursts.multiplier = need(node, fields, "multiplier").number(0, 10'000);
  bursts.every = positive_duration(need(node, fields, "every"));
  bursts.length = positive_duration(need(node, fields, "length"));
  return bursts;
}

SynthPopularity popularity_of(const SpecNode& node) {
  const Fields fields = node.entries({"zipf", "lognormal"});
  if (fields.size() != 1) node.fail("expected either zipf or lognormal");
  const bool is_lognormal = fields.front().first == "lognormal";
  return {is_lognormal, fields.front().second.number(0, 10)};
}

std::vector<std::pair<double, double>> relative_of(const SpecNode& node) {
  std::vector<std::pair<double, double>> knots;
  for (const auto& [key, value] : node.entries()) {
    double percent = 0;
    if (!key_number(key, 0, 100, percent)) value.fail(fmt::format("'{}' is not a percent", key));
    knots.emplace_back(percent, value.number(0, 1e6));
    const std::size_t n = knots.size();
    if (n > 1 &&
        (knots[n - 1].first <= knots[n - 2].first || knots[n - 1].second < knots[n - 2].second)) {
      value.fail("percents must ascend and their multiples must not fall");
    }
  }
  if (knots.size() < 2 || knots.front().first != 0 || knots.back().first != 100) {
    node.fail("expected knots from 0 to 100, such as {0: 0.5, 50: 1, 100: 9}");
  }
  return knots;
}

bool is_law(const SpecNode& node) {
  if (!node.is_map()) return true;
  const std::vector<std::string>& laws = law_names();
  for (const auto& [key, value] : node.entries()) {
    if (std::find(laws.begin(), laws.end(), key) != laws.end()) return true;
  }
  return false;
}

SynthDurations durations_of(const SpecNode& node) {
  SynthDurations durations;
  if (is_law(node)) {
    durations.law = node.distribution();
    return durations;
  }
  std::vector<std::string> allowed{"p50", "p99_over_p50", "relative", "max"};
  allowed.insert(allowed.end(), law_names().begin(), law_names().end());
  const Fields fields = node.entries(allowed);
  durations.p50 = need(node, fields, "p50").distribution();
  const SpecNode* ratio = find(fields, "p99_over_p50");
  const SpecNode* relative = find(fields, "relative");
  if ((ratio == nullptr) == (relative == nullptr)) {
    node.fail("expected either p99_over_p50 or relative beside p50");
  }
  if (ratio != nullptr) durations.p99_over_p50 = number_law(*ratio, 1, 1e6);
  if (relative != nullptr) durations.relative = relative_of(*relative);
  if (const SpecNode* max = find(fields, "max")) durations.max = positive_duration(*max);
  return durations;
}

SynthMemory memory_of(const SpecNode& node) {
  const Fields fields = node.entries({"p50_mib", "max_over_p50"});
  SynthMemory memory;
  memory.p50 = number_law(need(node, fields, "p50_mib"), 0.001, 1e6);
  if (const SpecNode* max = find(fields, "max_over_p50")) {
    memory.max_over_p50 = number_law(*max, 1, 1e6);
  }
  return memory;
}

InvocationKind kind_named(const SpecNode& at, const std::string& name) {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(InvocationKind::kJob); ++i) {
    const auto kind = static_cast<InvocationKind>(i);
    if (to_string(kind) == name) return kind;
    names.emplace_back(to_string(kind));
  }
  at.fail(fmt::format("unknown kind '{}'{} (there are {})", name, did_you_mean(name, names),
                      fmt::join(names, ", ")));
}

std::vector<std::pair<InvocationKind, double>> kinds_of(const SpecNode& node) {
  if (node.is_scalar()) return {{kind_named(node, node.text()), 1}};
  std::vector<std::pair<InvocationKind, double>> kinds;
  double sum = 0;
  for (const auto& [name, share] : node.entries()) {
    kinds.emplace_back(kind_named(share, name), share.number(0, 1e9));
    sum += kinds.back().second;
  }
  if (sum <= 0) node.fail("the shares must not all be 0");
  return kinds;
}

std::vector<std::pair<Duration, double>> periods_of(const SpecNode& node) {
  constexpr const char* kBounds = "a period must lie between 1ms and ten years";
  if (node.is_scalar()) {
    const Duration period = positive_duration(node);
    if (period < kMinPeriod) node.fail(kBounds);
    return {{period, 1}};
  }
  std::vector<std::pair<Duration, double>> periods;
  double sum = 0;
  for (const auto& [key, share] : node.entries()) {
    Duration period{};
    if (!parse_duration(key, period) || period <= Duration{0}) {
      share.fail(fmt::format("'{}' is not a period such as 5m", key));
    }
    if (period < kMinPeriod || period > kMaxSpan) share.fail(kBounds);
    periods.emplace_back(period, share.number(0, 1e9));
    sum += periods.back().second;
  }
  if (sum <= 0) node.fail("the shares must not all be 0");
  return periods;
}

/// `room` is how many more routes the spec may have: a count is checked before it is believed.
std::vector<std::string> routes_of(const SpecNode& node, const std::string& class_name,
                                   std::uint64_t room) {
  std::vector<std::string> routes;
  if (!node.is_scalar()) {
    for (const SpecNode& element : node.elements()) {
      routes.push_back(element.text());
      if (routes.back().empty() || routes.back().size() > 4096) {
        element.fail("a route's name must have 1 to 4,096 bytes");
      }
    }
    if (routes.empty()) node.fail("expected at least one route");
    if (routes.size() > room) node.fail(kTooManyRoutes);
    return routes;
  }
  const std::uint64_t count = node.count(1, kMaxRoutes);
  if (count > room) node.fail(kTooManyRoutes);
  for (std::uint64_t i = 1; i <= count; ++i) routes.push_back(fmt::format("{}-{}", class_name, i));
  return routes;
}

const std::vector<std::string> kClassFields{
    "name",   "routes", "share",  "kind",     "popularity", "every",    "phase",    "calls",
    "within", "shape",  "bursts", "duration", "memory",     "bytes_in", "bytes_out"};

/// Calls that have been rung for and are still to come wait in memory.
void check_pending(const SpecNode& node, const SynthClass& timers) {
  const auto shortest = std::min_element(timers.periods.begin(), timers.periods.end());
  const double rings = std::chrono::duration<double>(timers.within) / shortest->first;
  const double pending =
      static_cast<double>(timers.routes.size()) * timers.calls.mean() * std::max(rings, 1.0);
  if (pending > kMaxPending) node.fail("has more than 10,000,000 calls under way at a time");
}

void read_periodic(const SpecNode& node, const Fields& fields, SynthClass& result) {
  result.periods = periods_of(need(node, fields, "every"));
  for (const char* key : {"share", "popularity", "shape", "bursts"}) {
    if (const SpecNode* other = find(fields, key)) {
      other->fail("a class with 'every' is periodic and has none of this");
    }
  }
  if (const SpecNode* phase = find(fields, "phase")) {
    const std::string word = phase->text();
    if (word != "random" && word != "aligned") phase->fail("expected 'random' or 'aligned'");
    result.aligned = word == "aligned";
  }
  if (const SpecNode* calls = find(fields, "calls")) {
    result.calls = number_law(*calls, 1, kMaxCallsPerRing);
  }
  if (const SpecNode* within = find(fields, "within")) result.within = positive_duration(*within);
  check_pending(node, result);
}

SynthClass class_of(const SpecNode& node, const SynthSpec& spec, std::uint64_t room) {
  const Fields fields = node.entries(kClassFields);
  SynthClass result;
  result.name = need(node, fields, "name").text();
  result.routes = routes_of(need(node, fields, "routes"), result.name, room);
  if (find(fields, "every") != nullptr) {
    read_periodic(node, fields, result);
  } else {
    result.share = need(node, fields, "share").number(0, 1);
    for (const char* key : {"phase", "calls", "within"}) {
      if (const SpecNode* other = find(fields, key)) {
        other->fail("only a class with 'every' has one");
      }
    }
    if (const SpecNode* part = find(fields, "popularity")) result.popularity = popularity_of(*part);
    if (const SpecNode* part = find(fields, "shape")) result.shape = shape_within(*part, spec);
    if (const SpecNode* part = find(fields, "bursts")) result.bursts = bursts_of(*part);
  }
  if (const SpecNode* part = find(fields, "kind")) result.kinds = kinds_of(*part);
  result.durations = durations_of(need(node, fields, "duration"));
  if (const SpecNode* part = find(fields, "memory")) result.memory = memory_of(*part);
  if (const SpecNode* part = find(fields, "bytes_in")) result.bytes_in = number_law(*part, 0, 1e12);
  if (const SpecNode* part = find(fields, "bytes_out"))
    result.bytes_out = number_law(*part, 0, 1e12);
  return result;
}

void check_classes(const SpecNode& node, const SynthSpec& spec) {
  std::set<std::string> names;
  double shares = 0;
  bool poisson = false;
  for (const SynthClass& each : spec.classes) {
    for (const std::string& route : each.routes) {
      if (!names.insert(route).second) node.fail(fmt::format("two routes are named '{}'", route));
    }
    shares += each.share;
    poisson |= each.periods.empty();
  }
  if (poisson && std::abs(shares - 1) > 0.001) {
    node.fail(fmt::format("the classes' shares add up to {:.4f} instead of 1", shares));
  }
  if (!poisson && spec.rate > 0) node.fail("there is a 'rate' but no class with a share of it");
}

}  // namespace

SynthSpec parse_synth_spec(const std::string& text, const std::string& file) {
  const SpecNode top = SpecNode::parse(text, file);
  const Fields fields =
      top.entries({"version", "name", "seed", "start", "duration", "rate", "shape", "classes"});
  SynthSpec spec;
  need(top, fields, "version").count(1, 1);
  if (const SpecNode* node = find(fields, "name")) spec.name = node->text();
  if (const SpecNode* node = find(fields, "seed")) spec.seed = node->count(0, ~std::uint64_t{0});
  if (const SpecNode* node = find(fields, "start")) {
    spec.start = node->time();
    if (spec.start > kEndOfTime - 3 * kMaxSpan) node->fail("must lie before the year 2232");
  }
  const SpecNode& duration = need(top, fields, "duration");
  spec.duration = positive_duration(duration);
  spec.mean_over = spec.duration;
  if (const SpecNode* node = find(fields, "rate")) spec.rate = node->number(0, kMaxRate);
  if (const SpecNode* node = find(fields, "shape")) spec.shape = shape_within(*node, spec);
  const SpecNode& classes = need(top, fields, "classes");
  std::uint64_t room = kMaxRoutes;
  for (const SpecNode& element : classes.elements()) {
    spec.classes.push_back(class_of(element, spec, room));
    room -= spec.classes.back().routes.size();
  }
  if (spec.classes.empty()) classes.fail("expected at least one class");
  check_classes(classes, spec);
  spec.text_digest = hex_digest(text);
  return spec;
}

SynthSpec load_synth_spec(const std::filesystem::path& path) {
  constexpr std::size_t kMaxBytes = 16 << 20;
  TextInput input(path.string());
  std::string text;
  std::array<char, 4096> piece;
  for (std::size_t got = input.read(piece.data(), piece.size()); got > 0;
       got = input.read(piece.data(), piece.size())) {
    text.append(piece.data(), got);
    if (text.size() > kMaxBytes) throw InputError(path.string() + ": a spec has at most 16 MiB");
  }
  return parse_synth_spec(text, path.string());
}

}  // namespace skyreplay::trace
