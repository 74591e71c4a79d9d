#include <skyreplay/trace.h>

#include <memory>

#include "trace_written.h"
#include "verbs.h"

namespace skyreplay::tool {

void add_trace_anonymize(CLI::App& trace, Action& chosen) {
  const auto options = std::make_shared<AnonymizeOptions>();
  CLI::App& verb = *trace.add_subcommand("anonymize", "Take out of a trace what says whose it is");
  verb.add_option("TRACE", options->input, "The .skytrace file")->required();
  verb.add_option("--out", options->output, "The .skytrace file to write")->required();
  verb.add_option("--key", options->key, "A secret; the same key gives a route the same name")
      ->type_name("KEY");
  verb.add_option("--key-file", options->key_file, "The file that holds the secret");
  verb.add_option("--start", options->start, "Move the trace to begin then: 2026-01-05T00:00:00Z")
      ->type_name("TIME");
  verb.callback([options, &chosen] {
    chosen = [options] {
      print_written(options->output, anonymize_trace(*options));
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
