#include <skyreplay/trace.h>

#include <iostream>
#include <memory>

#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {

void add_trace_head(CLI::App& trace, Action& chosen) {
  struct Flags {
    std::string path;
    std::uint64_t rows = 10;
  };
  const auto flags = std::make_shared<Flags>();
  CLI::App& verb = *trace.add_subcommand("head", "Print the first requests of a trace as CSV");
  verb.add_option("TRACE", flags->path, "The .skytrace file")->required();
  verb.add_option("-n,--rows", flags->rows, "How many")
      ->check(whole_number())
      ->capture_default_str();
  verb.callback([flags, &chosen] {
    chosen = [flags] {
      print_trace_head(flags->path, flags->rows, std::cout);
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
