#pragma once

#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "core/time.h"
#include "kernel/loop.h"

namespace skyreplay::balancing {

/// Health checks of a target group, as its attributes have them (E107).
struct HealthCheckConfig {
  Duration interval = std::chrono::seconds{30};  ///< none: nothing is ever checked
  Duration timeout = std::chrono::seconds{5};    ///< REQUIRES below the interval
  std::uint32_t healthy_threshold = 5;
  std::uint32_t unhealthy_threshold = 2;
};

/// A registered target's health; one that drains has none (E109).
enum class Health : std::uint8_t { kInitial, kHealthy, kUnhealthy };

/// Whoever owns targets that are checked.
template <typename T>
concept CheckedTargets = requires(T& owner, std::uint32_t target, Health from, Health to) {
  /// A check is sent to the target; false where it turns it away at once. Its answer is told by
  /// HealthChecks::answered(), in the order in which checks were let in.
  { owner.send_check(target) } -> std::same_as<bool>;
  /// The target's health is another from now on. It must not remove the target.
  owner.health_changed(target, from, to);
};

/// Checks every target of a group again and again, on a beat of its own, from its
/// registration on (E7, E107, E108, E154).
///
///                 one passes                 unhealthy_threshold fail in a row
///     initial ----------------> healthy ---------------------------------------> unhealthy
///        |                         ^                                                ^ |
///        |                         +------ healthy_threshold pass in a row ---------+-+
///        +------ unhealthy_threshold fail in a row ---------------------------------+
///
/// A check passes when it is answered before the timeout; it fails when it is turned away, or at
/// the timeout. What is answered later counts for nothing. The first check of a target comes after
/// a share of the interval, drawn by its ordinal: real ones run on a beat that a registration does
/// not move.
/// **Cost** one event a check and one for its timeout; nothing on the request path.
class HealthChecks {
 public:
  static constexpr std::uint16_t kKinds = 2;

  /// Events of the kinds from `first_kind` on are scheduled in the owner's name.
  HealthChecks(kernel::Loop& loop, kernel::ProcessId owner, std::uint16_t first_kind,
               const HealthCheckConfig& config, RandomStream beats)
      : loop_(loop),
        owner_(owner),
        first_kind_(first_kind),
        config_(config),
        first_beat_(Distribution::Uniform{Duration{}, config.interval}),
        beats_(beats) {}

  /// Begins to check a target. REQUIRES not checked.
  void add(std::uint32_t target, std::uint64_t ordinal, Health health);
  /// Checks it no more: it drains, or is gone. What it has not answered is forgotten.
  void remove(std::uint32_t target);
  /// What is inside the target has been dropped: a check among that fails now.
  template <CheckedTargets Owner>
  void dropped(std::uint32_t index, Owner& owner) {
    Target& target = targets_[index];
    target.late = 0;
    if (!target.pending) return;
    target.pending = false;
    failed(index, owner);
  }
  Health health(std::uint32_t target) const { return targets_[target].health; }

  /// REQUIRES the event is one of the kinds from first_kind on.
  template <CheckedTargets Owner>
  void fire(const kernel::Event& event, Owner& owner) {
    Target& target = targets_[event.payload];
    if (!target.checked || target.serial != event.tag) return;
    if (event.kind == first_kind_ + kBeat) {
      beat(event.payload, owner);
    } else if (target.pending) {
      target.pending = false;
      ++target.late;
      failed(event.payload, owner);
    }
  }
  /// The target has answered a check. REQUIRES it was let in and has not been answered.
  template <CheckedTargets Owner>
  void answered(std::uint32_t index, Owner& owner) {
    Target& target = targets_[index];
    if (target.late > 0) {
      --target.late;
      return;
    }
    if (!target.checked) return;
    target.pending = false;
    passed(index, owner);
  }

 private:
  enum Kind : std::uint16_t { kBeat, kTimeout };

  struct Target {
    std::uint32_t serial = 0;  ///< numbers the times it was added: events of earlier ones are void
    std::uint32_t late = 0;    ///< checks inside that have failed already; they leave first
    std::uint32_t passes = 0;  ///< in a row
    std::uint32_t fails = 0;
    Health health = Health::kInitial;
    bool checked = false;
    bool pending = false;  ///< its latest check may still pass
  };

  void schedule(TimePoint at, Kind kind, std::uint32_t target) {
    loop_.schedule(at, owner_, static_cast<std::uint16_t>(first_kind_ + kind), target,
                   targets_[target].serial);
  }
  template <CheckedTargets Owner>
  void beat(std::uint32_t index, Owner& owner) {
    schedule(loop_.now() + config_.interval, kBeat, index);
    if (!owner.send_check(index)) return failed(index, owner);
    targets_[index].pending = true;
    schedule(loop_.now() + config_.timeout, kTimeout, index);
  }
  template <CheckedTargets Owner>
  void passed(std::uint32_t index, Owner& owner) {
    Target& target = targets_[index];
    target.fails = 0;
    ++target.passes;
    const std::uint32_t needed = target.health == Health::kInitial ? 1 : config_.healthy_threshold;
    if (target.health != Health::kHealthy && target.passes >= needed) {  // E108
      set(target, index, Health::kHealthy, owner);
    }
  }
  template <CheckedTargets Owner>
  void failed(std::uint32_t index, Owner& owner) {
    Target& target = targets_[index];
    target.passes = 0;
    ++target.fails;
    if (target.health != Health::kUnhealthy && target.fails >= config_.unhealthy_threshold) {
      set(target, index, Health::kUnhealthy, owner);
    }
  }
  template <CheckedTargets Owner>
  void set(Target& target, std::uint32_t index, Health health, Owner& owner) {
    owner.health_changed(index, std::exchange(target.health, health), health);
  }

  kernel::Loop& loop_;
  kernel::ProcessId owner_;
  std::uint16_t first_kind_;
  HealthCheckConfig config_;
  Distribution first_beat_;
  RandomStream beats_;
  std::vector<Target> targets_;
};

}  // namespace skyreplay::balancing
