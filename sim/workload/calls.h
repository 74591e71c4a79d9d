#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "core/random.h"
#include "kernel/loop.h"
#include "metrics/recorder.h"
#include "workload/clients.h"
#include "workload/service.h"

namespace skyreplay::workload {

/// Of a call by which chains of calls may come back to its caller: the numbers of both functions
/// among all that chains come back to (L67).
struct ChainPlaces {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

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
  std::optional<ChainPlaces> chain{};
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
/// O(1) a call; of one by which chains may come back, O(functions to which they may).
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

  /// How often the function that this call invokes was invoked in the chain of calls that led
  /// here, this time included; 1 where chains do not come back to it. From 255 on that. REQUIRES a
  /// live request.
  std::uint32_t times_in_chain(std::uint32_t request) const;

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

  std::optional<ChainPlaces> chain_of(std::uint32_t request) const;
  void follow_chain(const ChainPlaces& places, std::uint32_t caller, std::uint32_t request);
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
  // Only where chains of calls may come back.
  std::vector<std::optional<ChainPlaces>> chains_;  ///< by flow, as far as is needed
  std::size_t in_chains_ = 0;                       ///< functions that they come back to
  std::vector<std::uint8_t> times_;                 ///< by request and such a function
};

}  // namespace skyreplay::workload
