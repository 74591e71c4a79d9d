#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/distribution.h"
#include "scenario/scenario.h"
#include "trace/format.h"

namespace skyreplay::scenario {

/// One service of a run. `for_each_route` has been expanded and `from_trace` replaced by numbers.
struct ConcreteService {
  std::string name;                        ///< "web", or "fn/<route>"; any bytes but NUL
  const proto::Service* config = nullptr;  ///< into the Scenario's message, which must outlive this
  std::uint32_t memory_mib = 0;            ///< configured memory (L70, L73)
};

/// Which service answers which route of one trace.
///
/// **Order** Services by their name in the scenario (bytewise), a for_each_route service's routes
/// in the order of the trace's route table.
struct Wiring {
  std::vector<ConcreteService> services;
  std::vector<std::uint32_t> route_to_service;  ///< by route number: an index into `services`
  /// By route number: reference-core seconds in one second of recorded work (`recorded_on`).
  std::vector<double> recorded_speed;
};

/// Wires a scenario to the routes of a trace. Throws InputError naming the routes that no rule
/// matches, whose memory is not known or beyond Lambda's range, and reserved concurrency that does
/// not fit the account once expanded (L41). Cost: routes × rules.
Wiring expand(const Scenario& scenario, const trace::TraceInfo& trace);

/// The law a resolved message spells. REQUIRES a message out of a Scenario.
Distribution to_distribution(const proto::Distribution& message);
/// Nanoseconds of a resolved message.
inline Duration to_duration(const proto::Duration& message) { return Duration{message.ns()}; }

}  // namespace skyreplay::scenario
