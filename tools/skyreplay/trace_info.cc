#include <skyreplay/trace.h>

#include <iostream>
#include <memory>

#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {

void add_trace_info(CLI::App& trace, Action& chosen) {
  struct Flags {
    std::string path;
    std::size_t routes = 20;
    bool json = false;
  };
  const auto flags = std::make_shared<Flags>();
  CLI::App& verb = *trace.add_subcommand("info", "Say what a trace holds and where it comes from");
  verb.add_option("TRACE", flags->path, "The .skytrace file")->required();
  verb.add_option("--routes", flags->routes, "How many of the busiest routes to list")
      ->check(whole_number())
      ->capture_default_str();
  verb.add_flag("--json", flags->json, "One JSON object with everything");
  verb.callback([flags, &chosen] {
    chosen = [flags] {
      const TraceSummary summary = summarize_trace(flags->path);
      std::cout << (flags->json ? to_json(summary) : to_text(summary, flags->routes));
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
