#pragma once

#include "lambda/config.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"
#include "scenario/wiring.h"

namespace skyreplay::replay {

/// A function's parameters, read from the resolved message. `service` is its index in the recorder.
lambda::FunctionConfig function_config(const scenario::ConcreteService& service,
                                       std::uint32_t index);

/// The account's Lambda limits (L40, L41, L45, L48).
lambda::AccountConfig account_config(const proto::LambdaAccount& account);

/// Adds to `meters` what a function is billed for: its requests (L81) and its duration (L80, L92),
/// by architecture; where the trace has bytes what it answers to the internet (E142); where it has
/// them its provisioned concurrency (L82) and its ephemeral storage (L83). Throws InputError where
/// the region has no price for one of them.
lambda::MeterItems lambda_items(const proto::LambdaFunction& function, const std::string& region,
                                bool has_bytes, pricing::Meters& meters);

}  // namespace skyreplay::replay
