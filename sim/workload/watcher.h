#pragma once

#include <cstdint>
#include <optional>

#include "core/time.h"
#include "metrics/window_row.h"
#include "workload/request.h"
#include "workload/service.h"

namespace skyreplay::workload {

/// One service: a unit of what requests are sent to.
struct ServiceUnit {
  const Service* service = nullptr;
  std::uint32_t unit = 0;
};

/// What happens after an attempt's answer.
enum class Then : std::uint8_t { kRetried, kEnded };

/// Is told what becomes of the requests that it asked for, and of the calls made on their behalf.
/// It changes nothing: a run gives the same result watched or not. Without one, the request path
/// holds no instruction for it (docs/architecture.md).
class Watcher {
 public:
  virtual ~Watcher() = default;

  /// Whether the request of that row is to be watched: asked once, when it arrives.
  virtual bool wants(std::uint64_t row) = 0;
  /// An attempt, or a call, is about to be admitted, now: `request.attempt`. `index` is where its
  /// record stays until its answer; a call's `caller` names its maker's.
  virtual void attempting(std::uint32_t, const Request&, const ServiceUnit&) {}
  /// What the service said to it. Of one that was not accepted, answered() follows at once.
  virtual void attempted(const Request&, const ServiceUnit&, const Admitted&) {}
  /// An attempt was answered, or its client gave it up. A call is never retried.
  virtual void answered(const Request& request, const ServiceUnit& by, TimePoint now,
                        metrics::Outcome outcome, Then then) = 0;
  /// An event was given up by its source, between two attempts.
  virtual void given_up(const Request& request, const ServiceUnit& by, TimePoint now,
                        metrics::Outcome outcome) {
    answered(request, by, now, outcome, Then::kEnded);
  }
  /// False once nothing of the rest of the run matters: it may then end at once, without a result.
  virtual bool wants_more() const { return true; }
};

}  // namespace skyreplay::workload
