#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.h"

namespace skyreplay::scaling {

/// What a policy has to know of what it scales: a group of instances, a service of tasks. Counts
/// are as one policy sees them, whose warmup says which instances are warming.
struct ScalableTarget {
  std::uint32_t desired = 0;
  std::uint32_t minimum = 0;
  std::uint32_t maximum = 0;
  std::uint32_t current = 0;  ///< in service and warmed up (E4)
  std::uint32_t warming = 0;  ///< launched and not that far yet (E51)
  /// Warmed up and on the way out: they count when more are to go (E52).
  std::uint32_t terminating = 0;
  /// A simple policy's activity is not finished, or its cooldown runs (E73).
  bool is_cooling_down = false;
  /// While a cooldown of Application Auto Scaling runs after a scale-out: what was current when it
  /// began. Additions count from there, so that only a larger one adds anything (C101, C109).
  std::optional<std::uint32_t> cools_down_from{};
  /// While one runs after a scale-in: nothing is taken away (C101).
  bool holds_scale_in = false;
};

/// What additions count from.
inline std::uint32_t base_of_additions(const ScalableTarget& target) {
  return target.cools_down_from.value_or(target.current);
}

/// Another capacity, and why.
struct Decision {
  std::uint32_t desired = 0;
  std::string cause;                       ///< in words and numbers
  std::optional<Duration> cooldown{};      ///< of the policy that took it, where it has one
  std::optional<std::uint32_t> maximum{};  ///< it is another from now on (E80)
};

/// Who is scaled.
class Scaled {
 public:
  virtual ~Scaled() = default;
  /// As a policy with this warmup sees it.
  virtual ScalableTarget target(Duration warmup) const = 0;
  virtual void scale(const Decision& decision) = 0;
  /// Who asks for a decision, as its cause has it.
  virtual std::string trigger(const std::string& alarm, const std::string& policy) const;
  /// An alarm has another state; what it is and why.
  virtual void alarm_changed(const std::string& what) = 0;
  /// A predictive policy has made a forecast: all of it, in words.
  virtual void forecast_made(const std::string& what) = 0;
};

}  // namespace skyreplay::scaling
