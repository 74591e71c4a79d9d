#pragma once

#include <algorithm>
#include <cstdint>

namespace skyreplay::ecs {

/// How many failed tasks are too many (C43, C44).
struct CircuitBreakerConfig {
  enum class Threshold : std::uint8_t { kBoundedPercent, kUnboundedPercent, kCount };

  bool enable = false;
  bool rollback = false;
  Threshold threshold = Threshold::kBoundedPercent;
  std::uint32_t value = 50;  ///< a percentage, or the number
  bool reset_on_healthy_task = true;
};

/// Counts the tasks of one deployment that fail, and says when these are too many (C43, C44, C45).
class CircuitBreaker {
 public:
  explicit CircuitBreaker(const CircuitBreakerConfig& config) : config_(config) {}

  bool rolls_back() const { return config_.rollback; }
  std::uint32_t failures() const { return failures_; }

  /// Another deployment. A rollback is not watched: there is nothing to go back to from it.
  void begin(bool watched) {
    watched_ = watched && config_.enable;
    failures_ = 0;
  }
  /// One of its tasks is healthy for the first time.
  void healthy() {
    if (config_.reset_on_healthy_task) failures_ = 0;
  }
  /// One of its tasks has failed. True where the deployment has, of so many desired tasks.
  bool failed(std::uint32_t desired) {
    if (!watched_) return false;
    ++failures_;
    if (failures_ < threshold(desired)) return false;
    watched_ = false;
    return true;
  }
  std::uint32_t threshold(std::uint32_t desired) const {
    if (config_.threshold == CircuitBreakerConfig::Threshold::kCount) return config_.value;
    const auto part =
        static_cast<std::uint32_t>((std::uint64_t{desired} * config_.value + 99) / 100);
    const bool is_bounded = config_.threshold == CircuitBreakerConfig::Threshold::kBoundedPercent;
    return is_bounded ? std::clamp(part, kLeast, kMost) : std::max(part, 1U);
  }

 private:
  static constexpr std::uint32_t kLeast = 3;
  static constexpr std::uint32_t kMost = 200;

  CircuitBreakerConfig config_;
  bool watched_ = false;
  std::uint32_t failures_ = 0;
};

}  // namespace skyreplay::ecs
