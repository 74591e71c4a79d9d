#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/window_row.h"
#include "workload/watcher.h"

namespace skyreplay::replay {

/// One attempt of a request, or one call made on its behalf: what the service said, where it went
/// and how it ended.
struct StoryStep {
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  std::uint32_t flow = 0;        ///< route, or call: the recorder's
  std::size_t caller = kNobody;  ///< the step that made this call
  bool caller_waits = false;     ///< of a call: it is synchronous
  std::uint32_t attempt = 0;     ///< of a client's request: 1, 2, ...
  TimePoint began;
  workload::Standing before;  ///< of its service, when it came
  workload::Admission admission = workload::Admission::kAccepted;
  std::string refusal;             ///< why it was not accepted
  workload::Place place;           ///< where it went, once answered
  std::optional<TimePoint> ended;  ///< none: still under way where the story stops
  metrics::Outcome outcome = metrics::Outcome::kCompleted;
  workload::Then then = workload::Then::kEnded;
  /// From `began` to `ended`, where it was completed; of another, what is known of it: queue, init,
  /// downstream.
  metrics::LatencyParts parts;
};

/// Watches one request of a run from arrival to its last answer, with every attempt and call.
class RequestStory final : public workload::Watcher {
 public:
  explicit RequestStory(std::uint64_t row) : row_(row) {}

  bool wants(std::uint64_t row) override { return row == row_; }
  void attempting(std::uint32_t index, const workload::Request& request,
                  const workload::ServiceUnit& at) override;
  void attempted(const workload::Request& request, const workload::ServiceUnit& at,
                 const workload::Admitted& admitted) override;
  void answered(const workload::Request& request, const workload::ServiceUnit& by, TimePoint now,
                metrics::Outcome outcome, workload::Then then) override;
  void given_up(const workload::Request&, const workload::ServiceUnit&, TimePoint,
                metrics::Outcome) override {
    is_over_ = true;
  }
  bool wants_more() const override { return !is_over_; }

  /// In the order in which they began; empty where the run has no such row.
  const std::vector<StoryStep>& steps() const { return steps_; }
  /// Whether its client has had the last answer.
  bool is_over() const { return is_over_; }

 private:
  StoryStep& step_of(const workload::Request& request);

  std::uint64_t row_;
  std::vector<StoryStep> steps_;
  std::vector<std::uint32_t> records_;  ///< by step: the index of its record
  std::vector<std::uint64_t> paths_;    ///< by step
  bool is_over_ = false;
};

}  // namespace skyreplay::replay
