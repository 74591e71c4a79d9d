#include <skyreplay/sweep.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "verbs.h"

namespace skyreplay::tool {
namespace {

struct Options {
  std::filesystem::path store;
  std::vector<std::filesystem::path> others;
};

}  // namespace

void add_sweep_merge(CLI::App& sweep, Action& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      *sweep.add_subcommand("merge", "Add the results of other stores, such as shards'");
  verb.add_option("DB", options->store, "The store to add to; made where there is none")
      ->required();
  verb.add_option("OTHER", options->others, "Stores of the same sweep")->required();
  verb.callback([options, &chosen] {
    chosen = [options] {
      merge_sweeps(options->store, options->others);
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
