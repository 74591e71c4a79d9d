#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "metrics/window_row.h"
#include "workload/request.h"

namespace skyreplay::workload {

/// What a service says to an attempt at once.
enum class Admission : std::uint8_t { kAccepted, kThrottled, kRefused };

struct Admitted {
  Admission admission = Admission::kAccepted;
  /// When the answer will come, where that is known at admission; kEndOfTime where it is not.
  TimePoint finish = kEndOfTime;
};

/// Where an attempt is, in its service's own words: for people and logs, not on the request path.
struct Place {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// Which environment, instance or task, numbered in the order of creation within the service;
  /// kNone where the service has no such thing, or none was found for the attempt.
  std::uint32_t ordinal = kNone;
  bool timed_out = false;  ///< of an answer now: its load balancer's idle timeout is up (E112)
  /// Of an attempt that was throttled: what stands before the service did it (L51).
  bool is_before_service = false;
  // Of a Lambda function alone.
  std::uint32_t memory_mib = 0;  ///< of its environment
  Duration init{};               ///< what REPORT calls Init Duration: 0 where it was warm
  Duration restore{};            ///< with SnapStart: what REPORT calls Restore Duration
  Duration billed_start{};       ///< of Init or Restore, what is billed
  Duration before_billing{};     ///< of a cold start, what nobody is billed for

  /// Of a cold start, the platform's part: what is neither Init nor Restore.
  Duration platform_init() const { return before_billing + billed_start - init - restore; }
};

/// How busy a service is. What has no meaning for it is 0.
struct Standing {
  std::uint32_t in_flight = 0;  ///< requests at it, waiting ones among them
  std::uint32_t queued = 0;     ///< waiting for a place
  std::uint32_t capacity = 0;   ///< environments, members in rotation, or connections
  std::uint32_t pending = 0;    ///< instances or tasks that were launched and are not in service
  std::uint32_t draining = 0;
  std::uint32_t concurrent_executions = 0;  ///< Lambda: of all functions of the account
  std::uint32_t limit = 0;                  ///< Lambda: concurrency that the service may have
};

/// Whether the calls that a request made went well.
enum class Called : std::uint8_t { kWell, kFailed };

/// What requests are sent to. One object may stand for many services (all functions of a region);
/// `unit` says which.
class Service {
 public:
  virtual ~Service() = default;
  /// An attempt arrives now. Once accepted, the service answers it through Clients::answer()
  /// exactly once, later. `index` names the request's record, `request` is that record; the service
  /// may write its `init` and `place`.
  virtual Admitted admit(std::uint32_t unit, std::uint32_t index, Request& request) = 0;
  /// An attempt that is no arrival is about to be admitted: what ends by itself at this instant
  /// ends before it (L11), though its event may be due after the attempt's.
  virtual void end_what_is_due(std::uint32_t) {}
  /// The calls that the service had begun for a request (Calls::begin) are over: the request goes
  /// on with its wait, or fails.
  virtual void resume(std::uint32_t unit, std::uint32_t index, Called called) = 0;
  /// Where an accepted attempt is, or was when it was answered just now.
  virtual Place place_of(std::uint32_t, const Request&) const { return {}; }
  virtual Standing standing(std::uint32_t) const { return {}; }
  /// Why the last attempt was not accepted. REQUIRES asked before the next one is admitted.
  virtual std::string refusal(std::uint32_t, const Request&) const { return {}; }
  /// Of the last attempt, where it was throttled: whether what stands before the service did it.
  /// REQUIRES as above.
  virtual bool throttled_before(std::uint32_t) const { return false; }
  /// Whether it is a source of events: takes requests on and makes the attempts for them itself, at
  /// another service, telling the watcher of each. admit() then may end the request at once, and
  /// writes Awaited::kBySource to those that it keeps.
  virtual bool is_source() const { return false; }
  /// The other service's answer to an attempt. REQUIRES is_source().
  virtual void answered(std::uint32_t, metrics::Outcome) {}
  /// An attempt for this unit will arrive shortly, most likely: a chance to prefetch. Changes no
  /// result.
  virtual void expect(std::uint32_t) {}
};

}  // namespace skyreplay::workload
