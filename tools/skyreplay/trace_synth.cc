#include <skyreplay/trace_import.h>

#include <memory>

#include "trace_written.h"
#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {

void add_trace_synth(CLI::App& trace, Action& chosen) {
  const auto options = std::make_shared<SynthOptions>();
  CLI::App& verb = *trace.add_subcommand("synth", "Make a trace from a spec");
  verb.add_option("SPEC", options->spec, "The spec, YAML")->required();
  verb.add_option("--out", options->out, "The .skytrace file to write")->required();
  verb.add_option("--seed", options->seed, "Instead of the spec's seed")->check(whole_number());
  verb.add_option("--duration", options->duration, "Instead of the spec's duration, such as 30m");
  verb.add_option("--requests", options->requests,
                  "Instead of the duration: as long as this many requests take on average")
      ->check(whole_number());
  verb.callback([options, &chosen] {
    chosen = [options] {
      const ImportReport report = synthesize_trace(*options);
      print_written(options->out, {report.rows, report.start, report.end, report.digest});
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
