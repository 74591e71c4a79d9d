#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lambda/async_queue.h"
#include "lambda/config.h"
#include "lambda/front.h"
#include "lambda/sqs_poller.h"
#include "lambda/stream_poller.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"
#include "scenario/wiring.h"

namespace skyreplay::replay {

/// A function's parameters, read from the resolved message. `service` is its index in the recorder.
lambda::FunctionConfig function_config(const scenario::ConcreteService& service,
                                       std::uint32_t index);

/// REQUIRES the function has an event_invoke_config.
lambda::EventInvokeConfig event_invoke_config(const proto::LambdaFunction& function);

/// What reads the function's queue, but for its span. REQUIRES the function has an event source
/// mapping.
lambda::SqsConfig sqs_config(const scenario::ConcreteService& service, std::uint32_t index,
                             const proto::Account& account);

/// What reads the function's stream. REQUIRES as above.
lambda::StreamConfig stream_config(const scenario::ConcreteService& service);

/// The account's limits of Lambda (L40, L41, L45, L46, L48) and of API Gateway (L51).
/// The functions are counted as CloudWatch does where the recorder says so (L100).
lambda::AccountConfig account_config(const proto::Account& account,
                                     const proto::Recorder& recorder);

/// What stands before a function, if anything. A load balancer adds its items to `billing.meters`
/// and runs for its span.
struct FrontBilling {
  const std::string& region;
  pricing::BilledSpan span;
  pricing::Meters& meters;
};
std::unique_ptr<lambda::Front> front_of(const proto::LambdaFunction& function,
                                        const FrontBilling& billing);

/// Adds to `meters` what a function is billed for: its requests (L81) and its duration (L80, L92),
/// by architecture; where the trace has bytes what it answers to the internet (E142); where it has
/// them its provisioned concurrency (L82), its ephemeral storage (L83), the requests to SQS that
/// its events make (L57, L60), its snapshots (L84) and its API (L97). What a Savings Plan pays for
/// (L95) has tariffs of the scenario's own, which are appended to `tariffs` and stay there. Throws
/// InputError where the region has no price for one of them.
lambda::MeterItems lambda_items(const scenario::ConcreteService& service, const std::string& region,
                                bool has_bytes, pricing::Meters& meters,
                                std::deque<pricing::Tariff>& tariffs);

/// What a reader has to know of the functions' memory: who has less than its requests used where
/// the trace was recorded, which Lambda would end for lack of it.
std::vector<std::string> memory_notes(const scenario::Wiring& wiring,
                                      const trace::TraceInfo& trace);

}  // namespace skyreplay::replay
