#include "trace/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "trace/decimal.h"
#include "trace/input_paths.h"
#include "trace/row_sorter.h"
#include "trace/spec_yaml.h"

namespace skyreplay::trace {
namespace {

constexpr std::uint64_t kDefaultMemory = 64 << 20;

Preface usual_preface(std::string_view) { return {}; }
/// Numbers count from 1970.
Preface unix_preface(std::string_view) { return {.origin = TimePoint{}}; }

/// The options that only some formats use, and whether this import sets them.
std::vector<std::pair<std::string_view, bool>> special_options(const ImportOptions& options) {
  return {{"--time-unit", !options.time_unit.empty()},
          {"--step", !options.step.empty()},
          {"--arrivals", !options.arrivals.empty()},
          {"--timer-arrivals", !options.timer_arrivals.empty()},
          {"--service-time", !options.service_time.empty()},
          {"--route", !options.route.empty()},
          {"--ignore-column", !options.ignored_columns.empty()},
          {"--map", !options.mapping.empty()},
          {"--calls", !options.calls.empty()},
          {"--route-pattern", !options.route_patterns.empty()},
          {"--log-format", !options.log_format.empty()},
          {"--cache-hits", !options.cache_hits.empty()},
          {"--websockets", !options.websockets.empty()},
          {"--memory", !options.memory.empty()}};
}

void refuse_unused_options(const Importer& importer, const ImportOptions& options) {
  for (const auto& [flag, set] : special_options(options)) {
    const bool taken =
        std::find(importer.takes.begin(), importer.takes.end(), flag) != importer.takes.end();
    if (set && !taken) {
      throw InputError(fmt::format("{} has no meaning for the format {}", flag, importer.name));
    }
  }
}

std::string format_names() {
  std::string names;
  for (const Importer& importer : importers()) {
    names += (names.empty() ? "" : ", ") + std::string(importer.name);
  }
  return names;
}

const Importer& importer_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Importer& importer : importers()) {
    if (importer.name == name) return importer;
    names.emplace_back(importer.name);
  }
  throw InputError(fmt::format("--format: unknown format '{}'{} (there are {})", name,
                               did_you_mean(name, names), format_names()));
}

std::string first_line(std::string_view head) {
  const std::size_t end = std::min(head.find_first_of("\r\n"), head.size());
  std::string line(head.substr(0, std::min<std::size_t>(end, 60)));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  }
  return line + (end > 60 ? "..." : "");
}

bool takes(const Importer& importer, std::string_view flag) {
  return std::find(importer.takes.begin(), importer.takes.end(), flag) != importer.takes.end();
}

bool takes_mapping_of(const Importer& importer, const ImportOptions& options) {
  return options.mapping.empty() || takes(importer, "--map");
}

const Importer& importer_for(const ImportOptions& options, TextInput& input) {
  if (!options.format.empty()) return importer_named(options.format);
  const std::string_view head = input.peek();
  if (head.empty()) throw InputError(SourcePosition{input.name()}, "the file is empty");
  for (const Importer& importer : importers()) {
    if (takes_mapping_of(importer, options) && importer.recognizes(head)) return importer;
  }
  // A mapping tells nothing of the format, but a table's header is free.
  if (!options.mapping.empty() && !head.starts_with('{')) return importer_named("csv");
  throw InputError(SourcePosition{input.name(), 1, 1},
                   fmt::format("the format is not recognized from '{}'; --format names it: {}",
                               first_line(head), format_names()));
}

std::vector<TextInput> open_inputs(const ImportOptions& options) {
  if (options.inputs.empty()) throw InputError("trace import: no input was named");
  std::vector<TextInput> inputs;
  for (const std::string& path : input_paths(options.inputs)) inputs.emplace_back(path);
  return inputs;
}

/// The input whose first bytes tell what all are: the first that has any.
TextInput& telling_input(std::vector<TextInput>& inputs) {
  for (TextInput& input : inputs) {
    if (!input.peek().empty()) return input;
  }
  return inputs.front();
}

/// The last part of a path, also of one with a slash at its end.
std::string base_name(const std::string& path) {
  const std::filesystem::path normal = std::filesystem::path(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

ProvenanceStep first_step(const Importer& importer, const ImportOptions& options, std::size_t files,
                          TimePoint origin) {
  ProvenanceStep step;
  step.tool = "import " + std::string(importer.name);
  for (const std::string& input : options.inputs) {
    step.arguments.emplace_back("input", base_name(input));
  }
  if (files != options.inputs.size()) step.arguments.emplace_back("files", std::to_string(files));
  step.arguments.emplace_back("origin", to_rfc3339(origin));
  step.arguments.emplace_back("seed", std::to_string(options.seed));
  step.arguments.emplace_back("max_routes", std::to_string(options.max_routes));
  return step;
}

void check_common(const ImportOptions& options) {
  if (options.max_routes == 0) throw InputError("--max-routes: must be at least 1");
  if (options.out.empty()) throw InputError("trace import: --out names no file");
}

std::optional<Duration> step_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  Duration step{};
  if (!parse_duration(text, step) || step <= Duration{0}) {
    throw InputError(fmt::format("--step: '{}' is no duration above 0s, such as 1m", text));
  }
  return step;
}

std::optional<Duration> unit_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  for (const char* unit : {"s", "ms", "us", "ns"}) {
    Duration duration{};
    if (text == unit && parse_duration("1" + text, duration)) return duration;
  }
  throw InputError(fmt::format("--time-unit: '{}' is none of s, ms, us, ns", text));
}

std::uint64_t memory_of(const std::string& text) {
  if (text.empty()) return kDefaultMemory;
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits{
      {{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}}};
  for (const auto& [unit, bytes] : kUnits) {
    std::int64_t memory = 0;
    if (!text.ends_with(unit)) continue;
    const std::string_view number = std::string_view(text).substr(0, text.size() - unit.size());
    if (parse_scaled(number, bytes, memory) != NumberError::kNone) break;
    if (static_cast<std::uint64_t>(memory) < RowSorter::kLeastMemory) {
      throw InputError(fmt::format("--memory: '{}' is too little; at least 16KiB", text));
    }
    return static_cast<std::uint64_t>(memory);
  }
  throw InputError(fmt::format("--memory: '{}' is no size, such as 256MiB or 2GiB", text));
}

TimePoint origin_of(const std::string& text, TimePoint fallback) {
  TimePoint origin = fallback;
  if (!text.empty() && !parse_rfc3339(text, origin)) {
    throw InputError(
        fmt::format("--origin: '{}' is no time from 1970 on, such as 2026-01-05T00:00:00Z", text));
  }
  return origin;
}

}  // namespace

void BadRows::add(const SourcePosition& position, const std::string& reason,
                  const std::string& detail) {
  if (!skip_) throw InputError(position, detail.empty() ? reason : reason + ": " + detail);
  ++counts_["bad row: " + reason];
}

void BadRows::leave_out(const std::string& what, std::uint64_t count) {
  if (count > 0) counts_[what] += count;
}

std::uint32_t ImportSink::route(const std::string& name, bool& made) {
  made = false;
  if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
  if (numbers_.size() < max_routes_) {
    made = true;
    const std::uint32_t number = writer_.add_route(Route{.name = name});
    numbers_.emplace(name, number);
    return number;
  }
  return other();
}

std::uint32_t ImportSink::other() {
  if (!has_other_) {
    // A route that is really called so takes in the rest.
    const auto found = numbers_.find(std::string(kOther));
    other_ = found != numbers_.end() ? found->second
                                     : writer_.add_route(Route{.name = std::string(kOther)});
    has_other_ = true;
  }
  return other_;
}

void ImportSink::add(const Row& row) {
  if (has_other_ && row.route == other_) ++rows_of_other_;
  writer_.add(row);
}

ArrivalLaw arrival_law_of(const std::string& text, std::string_view flag, ArrivalLaw fallback) {
  ArrivalLaw law = fallback;
  if (!text.empty() && !parse_arrival_law(text, law)) {
    const std::vector<std::string> names{"uniform", "poisson", "equidistant", "start"};
    throw InputError(
        fmt::format("{}: unknown law '{}'{} (there are uniform, poisson, equidistant, start)", flag,
                    text, did_you_mean(text, names)));
  }
  return law;
}

Distribution service_time_of(const std::string& text) {
  return SpecNode::parse(text, "--service-time").distribution();
}

// NOLINTNEXTLINE(readability-function-size): a table, a few lines a format.
const std::vector<Importer>& importers() {
  static const std::vector<Importer> table{
      {"alb",
       "access log of an Application Load Balancer",
       {"--route-pattern", "--service-time", "--websockets", "--memory"},
       recognizes_alb,
       usual_preface,
       import_alb},
      {"elb-classic",
       "access log of a Classic Load Balancer",
       {"--route-pattern", "--service-time", "--websockets", "--memory"},
       recognizes_elb_classic,
       usual_preface,
       import_elb_classic},
      {"lambda",
       "logs of AWS Lambda functions: reports in text or JSON, as CloudWatch Logs exports them",
       {"--route", "--memory"},
       recognizes_lambda,
       usual_preface,
       import_lambda},
      {"combined",
       "access log of nginx or Apache, in the format combined or as --log-format spells it",
       {"--log-format", "--arrivals", "--route-pattern", "--service-time", "--websockets",
        "--memory"},
       recognizes_combined,
       usual_preface,
       import_combined},
      {"cloudfront",
       "standard access log of CloudFront",
       {"--cache-hits", "--arrivals", "--route-pattern", "--websockets", "--memory"},
       recognizes_cloudfront,
       usual_preface,
       import_cloudfront},
      {"cloudwatch-metric",
       "JSON of `aws cloudwatch get-metric-statistics` or `get-metric-data`: counts per period",
       {"--step", "--arrivals", "--service-time", "--route"},
       recognizes_metric,
       metric_preface,
       import_metric},
      {"azure-functions-2019",
       "invocation counts per minute, durations and memory of Azure Functions, three files",
       {"--arrivals", "--timer-arrivals", "--service-time"},
       recognizes_azure_2019,
       usual_preface,
       import_azure_2019},
      {"azure-functions-2021",
       "one call of Azure Functions a row: app,func,end_timestamp,duration",
       {"--memory"},
       recognizes_azure_2021,
       usual_preface,
       import_azure_2021},
      {"csv",
       "one request a row, columns named by the header",
       {"--time-unit", "--service-time", "--route", "--ignore-column", "--map", "--route-pattern",
        "--memory"},
       recognizes_csv,
       csv_preface,
       import_csv},
      {"otlp",
       "spans of OpenTelemetry (OTLP), JSON or Protobuf: root and server spans are requests",
       {"--calls", "--memory"},
       recognizes_otlp,
       usual_preface,
       import_otlp},
      {"jaeger",
       "spans as Jaeger writes them in JSON",
       {"--calls", "--memory"},
       recognizes_jaeger,
       usual_preface,
       import_jaeger},
      {"nginx-json",
       "access log of nginx in JSON, one object a line",
       {"--map", "--route-pattern", "--service-time", "--websockets", "--memory"},
       recognizes_nginx_json,
       unix_preface,
       import_nginx_json},
      {"ecs-events",
       "ECS task state changes of EventBridge, as JSON: each task that ran is a job",
       {"--service-time", "--memory"},
       recognizes_ecs_events,
       usual_preface,
       import_ecs_events},
      {"swim",
       "Hadoop jobs of Facebook as SWIM published them, six fields parted by tabs",
       {"--service-time", "--route", "--map", "--memory"},
       recognizes_swim,
       usual_preface,
       import_swim},
      {"jsonl",
       "one request a line, a JSON object; --map says which value is what",
       {"--service-time", "--route", "--map", "--route-pattern", "--memory"},
       recognizes_jsonl,
       unix_preface,
       import_jsonl},
      {"counts",
       "a series of request counts, or timestamp,count lines",
       {"--step", "--arrivals", "--service-time", "--route"},
       recognizes_counts,
       counts_preface,
       import_counts},
  };
  return table;
}

}  // namespace skyreplay::trace

namespace skyreplay {

std::vector<ImportFormat> import_formats() {
  std::vector<ImportFormat> formats;
  for (const trace::Importer& importer : trace::importers()) {
    formats.push_back({std::string(importer.name), std::string(importer.summary)});
  }
  return formats;
}

ImportReport import_trace(const ImportOptions& options) {
  trace::check_common(options);
  std::vector<trace::TextInput> inputs = trace::open_inputs(options);
  trace::TextInput& telling = trace::telling_input(inputs);
  const trace::Importer& importer = trace::importer_for(options, telling);
  trace::refuse_unused_options(importer, options);

  const trace::Preface preface = importer.preface(telling.peek());
  const TimePoint origin = trace::origin_of(options.origin, preface.origin);
  ImportReport report;
  trace::ProvenanceStep step = trace::first_step(importer, options, inputs.size(), origin);
  trace::Writer writer(options.out, origin, preface.durations);
  trace::ImportSink sink(writer, options.max_routes);
  trace::BadRows bad(options.skip_bad_rows);
  trace::ImportJob job{.options = options,
                       .inputs = std::move(inputs),
                       .origin = origin,
                       .time_unit = trace::unit_of(options.time_unit),
                       .step = trace::step_of(options.step),
                       .memory = trace::memory_of(options.memory),
                       .writer = writer,
                       .sink = sink,
                       .bad = bad,
                       .provenance = step,
                       .notes = report.notes};
  importer.run(job);

  bad.leave_out("rows of routes beyond max_routes, counted as route 'other'", sink.rows_of_other());
  step.dropped.assign(bad.counts().begin(), bad.counts().end());
  writer.add_provenance(step);
  const trace::TraceInfo info = writer.commit();
  report.format = importer.name;
  report.rows = info.rows;
  report.routes = info.routes.size();
  report.start = info.start;
  report.end = info.end;
  report.digest = info.digest;
  report.dropped = step.dropped;
  return report;
}

}  // namespace skyreplay
