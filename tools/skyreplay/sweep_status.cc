#include <skyreplay/sweep.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>

#include "verbs.h"

namespace skyreplay::tool {

void add_sweep_status(CLI::App& sweep, Action& chosen) {
  const auto store = std::make_shared<std::filesystem::path>();
  CLI::App& verb = *sweep.add_subcommand("status", "How far a store is, and what is left");
  verb.add_option("DB", *store, "The store of a sweep")->required();
  verb.callback([store, &chosen] {
    chosen = [store] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      std::cout << sweep_status(*store,
                                std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
      return 0;
    };
  });
}

}  // namespace skyreplay::tool
