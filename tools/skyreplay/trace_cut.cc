#include <skyreplay/trace.h>

#include <memory>

#include "trace_written.h"
#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {

void add_trace_cut(CLI::App& trace, Action& chosen) {
  const auto options = std::make_shared<CutOptions>();
  CLI::App& verb = *trace.add_subcommand("cut", "Write a part of a trace");
  verb.add_option("TRACE", options->input, "The .skytrace file")->required();
  verb.add_option("--out", options->output, "The .skytrace file to write")->required();
  verb.add_option("--from", options->from, "First instant: 2026-01-05T12:00:00Z, or +90m");
  verb.add_option("--to", options->to, "First instant no longer kept, likewise");
  verb.add_option("--routes", options->routes,
                  "A pattern with * and ?; others are left out (repeatable)")
      ->allow_extra_args(false);
  verb.add_option("--skip-rows", options->skip_rows, "Leave out as many requests at the front")
      ->check(whole_number());
  verb.add_option("--rows", options->rows, "Keep at most as many requests")->check(whole_number());
  verb.callback([options, &chosen] {
    chosen = [options] {
      print_written(options->output, cut_trace(*options));
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
