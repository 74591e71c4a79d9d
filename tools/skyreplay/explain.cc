#include <skyreplay/explain.h>

#include <iostream>
#include <memory>

#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  ExplainOptions explain;
  bool json = false;
};

int run(const Options& options) {
  const Explanation explanation = explain_request(options.explain);
  std::cout << (options.json ? explanation.json : explanation.text);
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = *app.add_subcommand("explain", "Tell what became of one request, and why");
  verb.add_option("DIR", options->explain.folder, "The --out of a run")->required();
  verb.add_option("--request", options->explain.request, "Its row in the trace; the first is 0")
      ->required()
      ->check(whole_number());
  verb.add_option("--trace", options->explain.trace,
                  "Where the trace is now; otherwise where the run found it");
  verb.add_flag("--json", options->json, "Print the story as JSON");
  options->explain.version = SKYREPLAY_VERSION;
  verb.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace skyreplay::tool
