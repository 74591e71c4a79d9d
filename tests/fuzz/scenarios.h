#pragma once

#include <vector>

#include "fuzz/support.h"
#include "scenario/scenario.h"

namespace skyreplay::fuzz {

/// Loads a scenario. A refusal names the place of each mistake; what is accepted, shown and loaded
/// again is the same scenario.
inline void load_and_show(std::string_view text, const std::string& filename,
                          const std::vector<std::string>& sets = {}) {
  using scenario::Scenario;
  try {
    const Scenario loaded = Scenario::parse(text, filename, sets);
    const Scenario again = Scenario::parse(loaded.to_yaml(), "again.yaml");
    SKY_CHECK(again.digest() == loaded.digest());
    SKY_CHECK(again.to_yaml() == loaded.to_yaml());
    SKY_CHECK(again.expectations().size() == loaded.expectations().size());
    SKY_CHECK(again.changes().size() == loaded.changes().size());
    SKY_CHECK(Scenario::parse(loaded.replayed_yaml(), "replayed.yaml").digest() == loaded.digest());
  } catch (const InputError& error) {
    const std::string_view what = error.what();
    SKY_CHECK(what.starts_with(filename + ":") || what.starts_with("--set "));
  }
}

}  // namespace skyreplay::fuzz
