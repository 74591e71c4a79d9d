#include "verify/result_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "check/evaluate.h"
#include "core/error.h"
#include "replay/result_reader.h"
#include "sweep/human_value.h"
#include "sweep/spans.h"
#include "trace/delimited_reader.h"

namespace skyreplay::verify {
namespace {

namespace fs = std::filesystem;

/// What is compared of all clients' requests and of all services.
constexpr const char* kEffects[] = {
    "p50(latency of *) > 0ns",        "p90(latency of *) > 0ns",
    "p99(latency of *) > 0ns",        "p99.9(latency of *) > 0ns",
    "avg(latency of *) > 0ns",        "avg(queue of *) > 0ns",
    "avg(init of *) > 0ns",           "avg(cpu_stretch of *) > 0ns",
    "avg(downstream of *) > 0ns",     "avg(retry of *) > 0ns",
    "sum(completions of *) > 0",      "sum(errors of *) > 0",
    "sum(throttles of *) > 0",        "sum(timeouts of *) > 0",
    "sum(refused of *) > 0",          "sum(cold_starts of *) > 0",
    "avg(capacity_running of *) > 0", "avg(cpu_utilization of *) > 0 %",
    "sum(cost of *) > 0 USD"};

Side read_side(const fs::path& folder) {
  const fs::path result = folder / "result.binpb";
  std::error_code error;
  if (!fs::exists(result, error)) {
    throw InputError({folder.string()}, "holds no result.binpb: name the --out of a run");
  }
  replay::ResultReader reader(result);
  return {folder, reader.digest(), reader.header(), reader.summary()};
}

/// Nothing where the result has no such number.
std::optional<std::int64_t> measure(const check::Requirement& requirement, const Side& side) {
  try {
    const check::Measurement measured =
        check::evaluate(requirement, sweep::span_of(side.header, side.summary));
    return measured.known ? std::optional(measured.value) : std::nullopt;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::vector<Effect> effects_of(const Side& a, const Side& b) {
  std::vector<Effect> effects;
  for (const char* text : kEffects) {
    const check::Requirement requirement = check::parse_requirement(text);
    const auto left = measure(requirement, a);
    const auto right = measure(requirement, b);
    if (left.value_or(0) == 0 && right.value_or(0) == 0) continue;
    const auto shown = [&](const std::optional<std::int64_t>& value) {
      return value ? sweep::human_value(*value, requirement.unit) : std::string("-");
    };
    Effect effect{requirement.text.substr(0, requirement.text.find(" of *")) + ")", shown(left),
                  shown(right), ""};
    if (left && right && *left != *right) {
      effect.difference = sweep::human_difference(*right - *left, requirement.unit);
    }
    effects.push_back(std::move(effect));
  }
  return effects;
}

/// A line of activities.csv; empty at the end.
std::string next_line(trace::DelimitedReader& reader) {
  const auto outcome = reader.next();
  if (outcome == trace::DelimitedReader::Outcome::kEnd) return "";
  if (outcome == trace::DelimitedReader::Outcome::kBad) {
    throw InputError(reader.bad_position(), reader.bad_reason());
  }
  const auto& fields = reader.fields();
  std::string line;
  for (const auto& field : fields) {
    if (!field.text.empty()) line += (line.empty() ? "" : " ") + std::string(field.text);
  }
  return line;
}

std::optional<std::pair<std::string, std::string>> first_activity(const fs::path& a,
                                                                  const fs::path& b) {
  trace::DelimitedReader left{trace::TextInput((a / "activities.csv").string())};
  trace::DelimitedReader right{trace::TextInput((b / "activities.csv").string())};
  for (;;) {
    std::string of_a = next_line(left);
    std::string of_b = next_line(right);
    if (of_a != of_b) return std::pair{std::move(of_a), std::move(of_b)};
    if (of_a.empty()) return std::nullopt;
  }
}

}  // namespace

ResultDifference compare_results(const fs::path& a, const fs::path& b) {
  ResultDifference difference{.a = read_side(a),
                              .b = read_side(b),
                              .fields = {},
                              .timeline = {},
                              .activity = {},
                              .effects = {}};
  difference.fields =
      field_changes(difference.a.header.scenario_text, difference.b.header.scenario_text);
  difference.timeline = compare_timelines(a / "timeline.csv", b / "timeline.csv", Tolerances({}));
  difference.activity = first_activity(a, b);
  difference.effects = effects_of(difference.a, difference.b);
  return difference;
}

}  // namespace skyreplay::verify
