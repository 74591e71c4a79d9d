#include "replay/window_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "replay/lambda_model.h"

namespace skyreplay::replay {
namespace {

std::vector<pricing::BilledService> billed(const std::vector<std::string>& names,
                                           const std::vector<pricing::Meters>& meters) {
  std::vector<pricing::BilledService> services;
  for (std::size_t i = 0; i < names.size(); ++i) services.push_back({names[i], &meters[i]});
  return services;
}

/// "ReservedFunctionConcurrentInvocationLimitExceeded: 10 in flight of 10 reserved; 53 throttled in
/// this window".
std::string cause(const lambda::Throttles& throttles) {
  using enum lambda::ThrottleReason;
  std::string limit;
  switch (throttles.reason) {
    case kConcurrentInvocationLimitExceeded:
      limit = fmt::format("{} in flight in the account, limit {}", throttles.concurrent_executions,
                          throttles.limit);
      break;
    case kReservedFunctionConcurrentInvocationLimitExceeded:
      limit = fmt::format("{} in flight of {} reserved", throttles.in_flight, throttles.limit);
      break;
    case kFunctionInvocationRateLimitExceeded:
      limit = fmt::format("{} in flight, growing faster than {} environments a second",
                          throttles.in_flight, throttles.limit);
      break;
    case kReservedFunctionInvocationRateLimitExceeded:
    case kCallerRateLimitExceeded:
      limit = fmt::format("more than {} requests a second", throttles.limit);
      break;
  }
  return fmt::format("{}: {}; {} throttled in this window", lambda::to_string(throttles.reason),
                     limit, throttles.count);
}

}  // namespace

WindowCosts::WindowCosts(const std::vector<std::string>& names, std::vector<pricing::Meters> meters,
                         ResultWriter& writer, TimePoint start, TimePoint end)
    : names_(names),
      meters_(std::move(meters)),
      writer_(writer),
      ledger_(billed(names_, meters_)),
      costs_(names.size(), 0),
      usage_(names.size()),
      end_(end),
      queue_(start, end) {}

void WindowCosts::begin_window(const metrics::Window& window) {
  window_ = window;
  writer_.begin_window(window);
}

void WindowCosts::read_meters(std::uint32_t service) {
  pricing::Meters& meters = meters_[service];
  const lambda::Usage usage = functions_->usage(service);
  meters.add(kRequestsItem, usage.requests - meters.units(kRequestsItem));
  meters.add(kDurationItem, usage.mib_ms - meters.units(kDurationItem));
}

void WindowCosts::row(metrics::WindowRow& row) {
  read_meters(row.service);
  const pricing::NanoUsd cost = ledger_.settle(row.service);
  row.cost_nano_usd = cost - std::exchange(costs_[row.service], cost);
  usage_[row.service].add(row, window_, end_);
  queue_.add(window_, row.queue_depth_ns);
  writer_.row(row);
}

void WindowCosts::end_window() {
  writer_.end_window();
  std::vector<lambda::Throttles> throttles = functions_->take_throttles();
  std::stable_sort(throttles.begin(), throttles.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const lambda::Throttles& t : throttles) {
    writer_.activity({.time = t.first,
                      .service = t.function,
                      .kind = "limit",
                      .cause = cause(t),
                      .from = std::nullopt,
                      .to = std::nullopt});
  }
}

}  // namespace skyreplay::replay
