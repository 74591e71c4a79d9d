#include "ec2/health_replacement.h"

#include <algorithm>

namespace skyreplay::ec2 {
namespace {

using MemberState = balancing::Fleet::MemberState;
using balancing::Health;

constexpr std::uint32_t kShareAtATime = 10;  // E14: a tenth

bool is_in_service(const MemberState& state) {
  return state.serves_since != kEndOfTime && !state.is_draining;
}

}  // namespace

void HealthReplacement::suspend(bool health_checks, bool replacements) {
  checks_suspended_ = health_checks;
  replacements_suspended_ = replacements;
  look_at(loop_.now());
}

void HealthReplacement::member_in_service(std::uint32_t member) {
  const MemberState state = *fleet_.member(member);
  if (records_.size() <= member) records_.resize(member + std::size_t{1});
  records_[member] = {.passed = state.health == Health::kHealthy};
  for (const Duration after : {config_.grace, config_.warmup}) {
    if (state.serves_since + after > loop_.now()) look_at(state.serves_since + after);
  }
}

void HealthReplacement::health_changed(std::uint32_t member) {
  records_[member].passed |= fleet_.member(member)->health == Health::kHealthy;
  look_at(loop_.now());
}

void HealthReplacement::fire(const kernel::Event&) {
  if (!checks_suspended_) mark();
  if (replacements_suspended_) return;
  const std::uint32_t at_a_time = std::max(1U, fleet_.desired() / kShareAtATime);
  for (auto member = next(); member && missing() < at_a_time; member = next()) {
    fleet_.terminate(
        *member,
        "an instance was taken out of service in response to an ELB system health check "
        "failure");
  }
}

void HealthReplacement::mark() {
  fleet_.for_each_member([this](std::uint32_t member, const MemberState& state) {
    if (!is_in_service(state) || state.health != Health::kUnhealthy) return;
    if (state.serves_since + config_.grace <= loop_.now()) records_[member].marked = true;
  });
}

std::uint32_t HealthReplacement::missing() const {
  std::uint32_t there = 0;
  fleet_.for_each_member([&](std::uint32_t member, const MemberState& state) {
    if (!is_in_service(state)) return;
    const Record& record = records_[member];
    const bool is_warm = state.serves_since + config_.warmup <= loop_.now();
    there += record.marked || (record.passed && is_warm) ? 1 : 0;
  });
  return fleet_.desired() > there ? fleet_.desired() - there : 0;
}

std::optional<std::uint32_t> HealthReplacement::next() const {
  std::optional<std::uint32_t> first;
  std::uint32_t ordinal = 0;
  fleet_.for_each_member([&](std::uint32_t member, const MemberState& state) {
    if (!is_in_service(state) || !records_[member].marked) return;
    if (first && ordinal < state.ordinal) return;
    first = member;
    ordinal = state.ordinal;
  });
  return first;
}

}  // namespace skyreplay::ec2
