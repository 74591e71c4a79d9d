#include <skyreplay/trace.h>

#include <memory>

#include "trace_written.h"
#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {

void add_trace_scale(CLI::App& trace, Action& chosen) {
  const auto options = std::make_shared<ScaleOptions>();
  CLI::App& verb = *trace.add_subcommand("scale", "Write a trace with less, more, or slower load");
  verb.add_option("TRACE", options->input, "The .skytrace file")->required();
  verb.add_option("--out", options->output, "The .skytrace file to write")->required();
  verb.add_option("--keep", options->keep, "Keep each request with this probability")
      ->capture_default_str();
  verb.add_option("--copies", options->copies,
                  "Lay as many copies over each other, each shifted cyclically within the span")
      ->check(whole_number())
      ->capture_default_str();
  verb.add_flag("--own-routes", options->own_routes,
                "Give each copy routes of its own: NAME, NAME#2, NAME#3, ...");
  verb.add_option("--stretch", options->stretch, "Multiply the time axis by this factor")
      ->capture_default_str();
  verb.add_option("--seed", options->seed, "Seed of what is drawn")
      ->check(whole_number())
      ->capture_default_str();
  verb.callback([options, &chosen] {
    chosen = [options] {
      print_written(options->output, scale_trace(*options));
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
