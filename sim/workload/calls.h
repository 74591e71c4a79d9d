#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "kernel/loop.h"
#include "metrics/recorder.h"
#include "workload/clients.h"
#include "workload/service.h"

namespace skyreplay::workload {

/// One kind of call that a service makes for each of its requests.
struct CallConfig {
  std::string name;        ///< entity of its draws, the same whatever else a scenario holds
  Service* to = nullptr;   ///< the callee
  std::uint32_t unit = 0;  ///< of the callee
  std::uint32_t flow = 0;  ///< what the recorder counts it under
  std::uint16_t count = 1;
  double probability = 1.0;  ///< of each of them
  bool caller_waits = true;  ///< synchronous
  bool fails_caller = true;  ///< of a synchronous one that failed
  Distribution work;         ///< CPU work at the callee, at the reference speed
  Distribution wait;         ///< I/O time at the callee, its own calls not included
};

/// Calls between services: what a request does after its work and before its wait, holding its
/// place. The calls of a list are made one after another; a synchronous one is waited for, an
/// asynchronous one is not. A call is one attempt: no timeout and no retry of its own.
///
///     begin -> call -> answer -> call -> ... -> resume the caller
///                         |
///                         failed, and fails_caller -> resume it as failed
///
/// A caller that was answered meanwhile (its function was cut by its timeout) makes no further
/// calls; those under way go on and are counted as their callee's.
///
/// **Order** Draws are keyed by the call's name and counted by (trace row, attempt, path), the path
/// naming the chain of calls that led here, so no draw depends on how events interleave. **Cost**
/// O(1) a call.
class Calls {
 public:
  Calls(kernel::Loop& loop, metrics::Recorder& recorder, Clients& clients, std::uint64_t seed);

  /// The calls that each request of `unit` of `from` makes, in order; returns the list's number.
  std::uint32_t add(Service& from, std::uint32_t unit, const std::vector<CallConfig>& calls);

  /// The request has done its work. `from` is resumed when its calls are over, at once or later,
  /// once.
  void begin(std::uint32_t list, std::uint32_t request);

  /// A callee's answer.
  void answer(std::uint32_t request, metrics::Outcome outcome);

  /// Calls under way.
  std::uint64_t in_flight() const { return in_flight_; }

 private:
  struct Call {
    CallConfig config;
    std::uint64_t key = 0;  ///< tells this call's paths from other calls'
    RandomStream happens;
    RandomStream work_draws;
    RandomStream wait_draws;
  };
  struct List {
    Service* from = nullptr;
    std::uint32_t unit = 0;
    std::vector<Call> calls;
  };

  void go_on(std::uint32_t request);
  Admitted admit(const Call& call, std::uint32_t index);
  std::uint32_t make(const Call& call, std::uint32_t caller, std::uint64_t path);
  void end(std::uint32_t request, metrics::Outcome outcome);
  void resume(std::uint32_t request, Called called);

  kernel::Loop& loop_;
  metrics::Recorder& recorder_;
  Clients& clients_;
  std::uint64_t seed_;
  std::vector<List> lists_;
  std::vector<ServiceUnit> callees_;  ///< by flow
  std::uint64_t in_flight_ = 0;
};

}  // namespace skyreplay::workload
