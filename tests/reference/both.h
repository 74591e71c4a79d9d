#pragma once

#include <string>

#include "reference/model/mutation.h"
#include "reference/model/result.h"

namespace skyreplay::reference {

/// The scenario in the language of docs/scenario.md.
std::string to_yaml(const Scenario& scenario);

/// What skyreplay's own models make of it: the YAML is read, the requests are a trace in memory.
struct Replayed {
  Result result;
  std::string digest;
};
Replayed replay_it(const Scenario& scenario);

/// The first number in which two results differ, with both values; empty where they are equal.
std::string difference(const Scenario& scenario, const Result& replayed, const Result& reference);

/// A smaller scenario that still differs: requests, calls, changes and options taken away one
/// after the other for as long as that is so.
Scenario shrunk(Scenario scenario, Mutation mutation);

/// Everything that is needed to see what went wrong.
std::string report(std::uint64_t number, const Scenario& scenario, Mutation mutation);

}  // namespace skyreplay::reference
