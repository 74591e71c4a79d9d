#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pricing/money.h"

namespace skyreplay::sweep {

/// What the decision looks at.
struct Standing {
  std::string name;
  bool meets = false;         ///< stable, and every requirement holds
  pricing::NanoUsd cost = 0;  ///< of the trace
};

/// The index of the cheapest that meets the requirements, equals by name (bytewise); nothing if
/// none does.
std::optional<std::size_t> cheapest(std::span<const Standing> standings);

/// Who wins at one work share.
struct AtShare {
  double share = 0;
  std::optional<std::size_t> winner;
};

/// Between which neighboring work shares the winner is another. REQUIRES ascending shares.
struct Change {
  AtShare from;
  AtShare to;
};
std::vector<Change> changes(std::span<const AtShare> points);

}  // namespace skyreplay::sweep
