#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace skyreplay::sweep {

/// A value that decides and that nobody publishes.
struct Assumption {
  std::string path;  ///< as `--set` takes it; with several services, `*` in place of the name
  std::string value;
  bool is_default = false;  ///< the schema's default, so perhaps never thought about
};

/// Every assumption of a resolved scenario, in the schema's order: the fields that the schema marks
/// as assumed, where they act on the service at hand, and what the trace's durations were recorded
/// on. Several services with equal values share an entry.
std::vector<Assumption> assumptions_of(const scenario::Scenario& scenario);

}  // namespace skyreplay::sweep
