#include "balancing/health_checks.h"

#include "core/check.h"

namespace skyreplay::balancing {

void HealthChecks::add(std::uint32_t index, std::uint64_t ordinal, Health health) {
  if (targets_.size() <= index) targets_.resize(index + std::size_t{1});
  Target& target = targets_[index];
  SKY_CHECK(!target.checked);
  target = {.serial = target.serial + 1, .health = health, .checked = true};
  if (config_.interval == Duration{}) return;
  RandomEngine draw = beats_.at(ordinal);
  schedule(loop_.now() + first_beat_.sample(draw), kBeat, index);
}

void HealthChecks::remove(std::uint32_t index) {
  Target& target = targets_[index];
  if (target.pending) ++target.late;  // while it drains its answer still comes
  target.pending = false;
  target.checked = false;
}

}  // namespace skyreplay::balancing
