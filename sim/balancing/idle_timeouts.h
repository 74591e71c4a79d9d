#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compute/servers.h"
#include "kernel/loop.h"
#include "kernel/slab.h"
#include "workload/clients.h"

namespace skyreplay::balancing {

/// Answers in the stead of targets that do not within the idle timeout (E112, E114: 504).
///
/// **Method** Most requests are answered long before, so none has a timer from the start: twice in
/// an idle timeout, all that is at the targets is looked through, and what will be due before the
/// next look has its timer set. **Order** What is due at one instant, after everything else of
/// that instant (kernel::Turn), is answered by row, attempt and path of calls. **Cost** nothing a
/// request; O(present at the targets) a look.
class IdleTimeouts {
 public:
  /// How many kinds of event there are, from first_kind on.
  static constexpr std::uint16_t kKinds = 2;

  /// Events are scheduled in the owner's name; it hands them to fire(). The first look is half an
  /// idle timeout from now. A timeout of none: nobody is answered for.
  IdleTimeouts(kernel::Loop& loop, kernel::ProcessId owner, std::uint16_t first_kind,
               Duration timeout);

  /// Whether a request whose attempt began at `attempt` has its timeout at this very instant.
  bool ends_now(TimePoint attempt) const { return attempt + timeout_ == loop_.now(); }

  /// `is_request` says of a job's tag at `servers` that it is a request's index at `clients`.
  /// REQUIRES the event is one of the kinds from first_kind on.
  template <typename IsRequest>
  void fire(const kernel::Event& event, const compute::Servers& servers, workload::Clients& clients,
            IsRequest&& is_request) {
    if (event.kind == first_kind_ + kDue) return end_due(event, clients);
    servers.for_each_job([&](std::uint32_t tag) {
      if (is_request(tag)) consider(tag, clients);
    });
    set_timers();
  }

 private:
  enum Kind : std::uint16_t { kLook, kDue };

  struct Timer {
    TimePoint due;
    std::uint64_t row = 0;
    std::uint64_t path = 0;
    kernel::SlabId request;
    std::uint8_t attempts = 0;
  };

  void consider(std::uint32_t index, workload::Clients& clients);
  void set_timers();
  void schedule_next();
  void end_due(const kernel::Event& event, workload::Clients& clients);
  Duration between_looks() const { return (timeout_ + Duration{1}) / 2; }
  void schedule(TimePoint at, Kind kind) {
    loop_.schedule(at, owner_, static_cast<std::uint16_t>(first_kind_ + kind), 0);
  }

  kernel::Loop& loop_;
  kernel::ProcessId owner_;
  std::uint16_t first_kind_;
  Duration timeout_;
  std::vector<Timer> timers_;  ///< from next_ on, in the order in which they are answered
  std::size_t next_ = 0;
  bool is_scheduled_ = false;  ///< an event is pending for the first of those
};

}  // namespace skyreplay::balancing
