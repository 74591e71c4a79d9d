#include <fmt/format.h>
#include <skyreplay/trace_import.h>

#include <iostream>
#include <memory>

#include "harmless.h"
#include "trace_written.h"
#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

std::string describe_formats() {
  std::string text = "The inputs' format, else recognized from the content:";
  for (const ImportFormat& format : import_formats()) {
    text += fmt::format("\n{} - {}", format.name, format.summary);
  }
  return text;
}

void add_format_flags(CLI::App& verb, ImportOptions& options) {
  verb.add_option("--origin", options.origin, "Time zero of inputs that count from one (RFC 3339)");
  verb.add_option("--time-unit", options.time_unit,
                  "csv: what a plain number in the arrival column counts: s, ms, us or ns");
  verb.add_option("--step", options.step,
                  "counts, cloudwatch-metric: the length of one period, such as 1m");
  verb.add_option(
      "--arrivals", options.arrivals,
      "counts, cloudwatch-metric, azure-functions-2019: where calls lie within a period: "
      "uniform (also spelled poisson), equidistant or start; combined, cloudfront: "
      "within a whole second, uniform or start");
  verb.add_option("--timer-arrivals", options.timer_arrivals,
                  "azure-functions-2019: the same for timer functions alone");
  verb.add_option("--service-time", options.service_time,
                  "A law of durations where the input has none, such as 50ms or "
                  "'{lognormal: {p50: 20ms, p99: 400ms}}'");
  verb.add_option("--route", options.route,
                  "counts, cloudwatch-metric, csv and jsonl without a route column, lambda where "
                  "the log names no function: the "
                  "one route's name ('all' unless given)");
  verb.add_option("--ignore-column", options.ignored_columns,
                  "csv: pass over this column (repeatable)")
      ->allow_extra_args(false);
  verb.add_option("--map", options.mapping,
                  "csv, jsonl, nginx-json: FIELD=COLUMN[:UNIT], such as start=timestamp:ms or "
                  "route=method,path (repeatable); fields are start, end, duration, work, wait, "
                  "init, bytes_in, bytes_out, status, memory_used, route")
      ->allow_extra_args(false);
  verb.add_option("--route-pattern", options.route_patterns,
                  "Access logs, and with --map: names the routes whose 'METHOD /path' it matches: "
                  "a glob, 'GET "
                  "/users/*/orders', or 'NAME=^REGEX' (repeatable; the first that matches counts)")
      ->allow_extra_args(false);
  verb.add_option("--log-format", options.log_format,
                  "combined: what a line is made up of, as nginx ('$remote_addr [$time_local] ... "
                  "$request_time') or Apache ('%h %t ... %D') spells it");
  verb.add_option("--cache-hits", options.cache_hits,
                  "cloudfront: what never went to the origin is left out (drop, the default) or "
                  "imported too (keep)");
  verb.add_option("--calls", options.calls,
                  "otlp, jaeger: write the calls between services as `calls:` of a scenario to "
                  "this file, and leave their time out of the requests");
  verb.add_option("--websockets", options.websockets,
                  "Access logs: WebSocket connections are left out (drop, the default), count as "
                  "requests (keep), or as requests of at most so long (cap=30s)");
  verb.add_option("--memory", options.memory,
                  "Logs, csv and jsonl with --map: how much memory sorting may use (64MiB unless "
                  "given); beyond "
                  "it rows go to a file in $TMPDIR or beside the output");
}

/// What was left out and what was chosen goes to standard error; the answer is the file.
int import(const ImportOptions& options) {
  const ImportReport report = import_trace(options);
  for (const std::string& note : report.notes) std::cerr << "note: " << harmless(note) << '\n';
  for (const auto& [what, count] : report.dropped)
    std::cerr << harmless(what) << ": " << count << '\n';
  print_written(options.out, {report.rows, report.start, report.end, report.digest});
  return 0;
}

}  // namespace

void add_trace_import(CLI::App& trace, Action& chosen) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App& verb = *trace.add_subcommand("import", "Make a trace from logs or counts");
  verb.add_option("INPUT", options->inputs,
                  "Files, plain, gzip or zstd, and folders of such; - is standard input")
      ->required();
  verb.add_option("--out", options->out, "The .skytrace file to write")->required();
  verb.add_option("--format", options->format, describe_formats());
  verb.add_option("--seed", options->seed, "Seed of what is drawn")
      ->check(whole_number())
      ->capture_default_str();
  verb.add_option_function<std::string>(
          "--bad-rows",
          [options](const std::string& word) { options->skip_bad_rows = word == "skip"; },
          "stop at the first bad row (default), or skip: count and report them")
      ->check(CLI::IsMember({"stop", "skip"}));
  verb.add_option("--max-routes", options->max_routes,
                  "Routes beyond this many, in order of appearance, count as 'other'")
      ->check(whole_number())
      ->capture_default_str();
  add_format_flags(verb, *options);
  verb.callback([options, &chosen] { chosen = [options] { return import(*options); }; });
}

}  // namespace skyreplay::tool
