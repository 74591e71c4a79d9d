#include <skyreplay/error.h>
#include <skyreplay/trace_import.h>

#include <iostream>
#include <memory>

#include "verbs.h"

namespace skyreplay::tool {
namespace {

int import(ImportOptions& options, const std::string& bad_rows) {
  options.skip_bad_rows = bad_rows == "skip";
  const ImportReport report = import_trace(options);
  std::cout << options.out.string() << ": " << report.rows << " requests on " << report.routes
            << " routes, digest " << report.digest << '\n';
  for (const auto& [what, count] : report.dropped) {
    std::cout << "left out: " << what << ": " << count << '\n';
  }
  for (const std::string& note : report.notes) std::cout << "note: " << note << '\n';
  return 0;
}

}  // namespace

void add_trace_import(CLI::App& trace, Action& chosen) {
  const auto options = std::make_shared<ImportOptions>();
  const auto bad_rows = std::make_shared<std::string>("stop");
  CLI::App& verb = *trace.add_subcommand("import", "Make a trace from recorded data");
  verb.add_option("INPUT", options->inputs, "Files, plain or gzip; - is standard input")
      ->required();
  verb.add_option("--format", options->format, "csv, counts or azure-functions-2019");
  verb.add_option("--out", options->out, "The .skytrace file to write")->required();
  verb.add_option("--seed", options->seed, "Seed of what is drawn")->capture_default_str();
  verb.add_option("--bad-rows", *bad_rows, "What a bad row does")
      ->check(CLI::IsMember({"stop", "skip"}))
      ->capture_default_str();
  verb.add_option("--max-routes", options->max_routes, "Later routes are counted as 'other'")
      ->capture_default_str();
  verb.add_option("--arrivals", options->arrivals, "uniform, poisson, equidistant or start");
  verb.add_option("--service-time", options->service_time, "A law, as a scenario spells it");
  verb.add_option_function<std::string>(
          "--step",
          [options](const std::string& step) {
            options->step = std::chrono::seconds{step == "1s" ? 1 : step == "1m" ? 60 : 300};
          },
          "counts: the length of one period")
      ->check(CLI::IsMember({"1s", "1m", "5m"}));
  verb.add_option("--route", options->route, "The route's name where the input has none");
  verb.callback([options, bad_rows, &chosen] {
    chosen = [options, bad_rows] { return import(*options, *bad_rows); };
  });
}

}  // namespace skyreplay::tool
