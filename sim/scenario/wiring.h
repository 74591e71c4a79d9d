#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/law.h"
#include "scenario/scenario.h"
#include "trace/format.h"

namespace skyreplay::scenario {

/// How a route's requests reach its service.
enum class Delivery : std::uint8_t {
  kDirect,        ///< somebody waits for the answer, as is taken of every kind that is not below
  kAsynchronous,  ///< as events of a function that has an event_invoke_config (L54)
  kQueue,         ///< as messages that an event source mapping of the function reads (L60), or a
                  ///< service's workers, whatever the kind of its routes (L65)
  kStream,        ///< as records that one reads (L66)
};
Delivery delivery_of(const proto::Service& service, trace::InvocationKind kind);
/// What a result calls it: async, sqs, stream; empty: kDirect.
std::string_view to_string(Delivery delivery);

/// One service of a run. `for_each_route` has been expanded and `from_trace` replaced by numbers.
struct ConcreteService {
  std::string name;                        ///< "web", or "fn/<route>"; any bytes but NUL
  const proto::Service* config = nullptr;  ///< into the Scenario's message, which must outlive this
  std::uint32_t memory_mib = 0;            ///< configured memory (L70, L73)
  /// Of the requests that are events, which are of one kind; kDirect where none is.
  Delivery events = Delivery::kDirect;
  /// Of a cluster: the cluster, and its group as a service on EC2, which `config` is. Each capacity
  /// provider of several is a service of its own, "pool/spot", of a cluster that has its group
  /// alone.
  std::shared_ptr<const proto::Cluster> cluster{};
  std::shared_ptr<const proto::Service> group{};
  std::string cluster_name{};
  std::string provider{};  ///< its name; empty: the cluster has but one group
};

/// One kind of call between two services of a run.
struct ConcreteCall {
  /// "calls.web/db", and "calls.web/db#2" for the second that goes the same way: the entity of its
  /// draws, which no other call of the scenario changes.
  std::string name;
  std::uint32_t from = 0;  ///< index in Wiring::services
  std::uint32_t to = 0;
  const proto::Call* config = nullptr;  ///< into the Scenario's message, which must outlive this
};

/// Which service answers which route of one trace.
///
/// **Order** Services by their name in the scenario (bytewise), a for_each_route service's routes
/// in the order of the trace's route table; then clusters by theirs, the capacity providers of one
/// by theirs.
struct Wiring {
  std::vector<ConcreteService> services;
  std::vector<std::uint32_t> route_to_service;  ///< by route number: an index into `services`
  std::vector<trace::InvocationKind> kinds;     ///< by route number: the rule's, or the trace's
  /// By route number: reference-core seconds in one second of recorded work (`recorded_on`).
  std::vector<double> recorded_speed;
  /// In the scenario's order; a call of a for_each_route service once for each of its services.
  std::vector<ConcreteCall> calls;
};

/// Wires a scenario to the routes of a trace. Throws InputError naming the routes that no rule
/// matches, whose memory is not known or beyond Lambda's range, and reserved concurrency that does
/// not fit the account once expanded (L41), of the scenario and of what its timed changes make of
/// it. Cost: routes × rules × changes.
Wiring expand(const Scenario& scenario, const trace::TraceInfo& trace);

/// The same for the scenario as it is after a timed change (`TimedChange::after`); services, routes
/// and calls keep their numbers. `filename` is what messages call the scenario.
Wiring expand(const proto::Scenario& scenario, const std::string& filename,
              const trace::TraceInfo& trace);

/// What nobody else can use of the account's concurrency (L43): what the function has reserved, or
/// else the most that it may have provisioned.
std::uint32_t set_aside(const proto::LambdaFunction& function);
/// "" or why setting aside so much does not fit the account (L35, L41).
std::string reserved_mistake(const proto::LambdaAccount& account, std::uint64_t reserved);

}  // namespace skyreplay::scenario
