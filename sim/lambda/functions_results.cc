#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/text.h"
#include "lambda/billed_ms.h"
#include "lambda/functions.h"

// What a run's result is told of functions.

namespace skyreplay::lambda {

// --- For whoever watches

/// Its first Init, which the limit may have cut (L3).
Duration Functions::init_of(const Environment& environment) const {
  const FunctionConfig& config = cold_[environment.function].config;
  RandomEngine draw = cold_[environment.function].init_draws.at(environment.ordinal);
  return std::min(config.init_duration.sample(draw), config.init_limit);
}

workload::Place Functions::place_of(std::uint32_t unit, const workload::Request& request) const {
  const Environment& environment = environments_[request.place];
  workload::Place place{.ordinal = environment.ordinal,
                        .memory_mib = environment.memory,
                        .init = {},
                        .before_billing = {}};
  place.timed_out = fronts_[unit] != nullptr && !is_event(request) &&
                    fronts_[unit]->config().timeout &&
                    request.attempt + *fronts_[unit]->config().timeout == loop_.now();
  // An Init that a timeout made necessary runs inside of the Invoke (L7) and is none of REPORT's.
  const bool is_first = environment.retires_at == request.attempt + cold_[unit].age_ring->length();
  if (request.init > Duration{} && is_first) {
    place.before_billing = environment.billing_start - request.attempt;
    if (cold_[unit].config.snap_start) {
      place.restore = restore_of(environment);
      place.billed_start = billed_of_restore(unit, place.restore);
    } else {
      place.init = init_of(environment);
      place.billed_start = cold_[unit].config.init_is_billed ? place.init : Duration{};
    }
  }
  return place;
}

workload::Standing Functions::standing(std::uint32_t unit) const {
  const auto& reserved = cold_[unit].config.reserved_concurrent_executions;
  return {.in_flight = in_flight_of(unit),
          .capacity = cold_[unit].alive,
          .concurrent_executions = concurrent_executions(),
          .limit = reserved ? *reserved
                            : account_.concurrent_executions -
                                  std::min(account_.concurrent_executions, set_aside_)};
}

std::string Functions::refusal(std::uint32_t unit, const workload::Request& request) const {
  if (request.more && functions_[unit].is_special && !is_event(request) &&
      is_too_large(unit, request.bytes_in)) {
    return fmt::format("a request of {} bytes is too large", request.bytes_in);
  }
  return limit_in_words(throttled_now(unit, last_reason_, last_limit_));
}

Duration Functions::handler_time(const Function& function, const workload::Request& request) const {
  const double work = static_cast<double>(request.work.count()) * function.stretch + 0.5;
  return Duration{static_cast<std::int64_t>(work)} + request.wait;
}

std::vector<std::string> Functions::notes() const {
  if (too_long_ == 0) return {};
  std::uint64_t invocations = 0;
  for (const Function& function : functions_) invocations += function.requests;
  const double percent = 100.0 * static_cast<double>(too_long_) / static_cast<double>(invocations);
  return {
      fmt::format("{} of {} invocations of functions ({:.3g} %) needed more than the 15 minutes "
                  "that a function "
                  "may run: they were cut and billed, and Lambda cannot serve them",
                  grouped(too_long_), grouped(invocations), percent)};
}

// --- Windows and the end

void Functions::fed_by(std::uint32_t unit, EventSource& source) {
  if (sources_.size() <= unit) sources_.resize(unit + std::size_t{1});
  sources_[unit] = &source;
}

void Functions::complete(std::uint32_t unit, const metrics::Window& window,
                         metrics::WindowRow& row) {
  if (provisioned_[unit] != nullptr) row.provisioned = provisioned_counts(unit, window.end);
  if (functions_[unit].is_special || functions_[unit].is_counted) row.function = take_counts(unit);
  if (unit < sources_.size() && sources_[unit] != nullptr) sources_[unit]->complete(unit, row);
}

namespace {

/// L95: a share of what was used is the plan's, the rest on demand. Both only grow with it.
void advance(pricing::Meters& meters, const MeterItems& items, std::uint32_t on_demand,
             std::uint32_t covered, std::uint64_t units) {
  if (items.plan_coverage_ppm == 0) return meters.advance_to(on_demand, units);
  using Wide = unsigned __int128;
  const auto of_plan =
      static_cast<std::uint64_t>(Wide{units} * items.plan_coverage_ppm / 1'000'000);
  meters.advance_to(on_demand, units - of_plan);
  meters.advance_to(covered, of_plan);
}

}  // namespace

void Functions::read_meters(std::uint32_t unit, TimePoint until, pricing::Meters& meters) {
  const Usage used = usage(unit);
  const MeterItems& items = cold_[unit].config.items;
  meters.advance_to(items.requests, used.requests);
  advance(meters, items, items.duration, items.plan_duration, used.mib_ms);
  if (items.transfer) meters.advance_to(*items.transfer, used.bytes_out);
  if (items.provisioned_concurrency) {
    advance(meters, items, *items.provisioned_duration, items.plan_provisioned_duration,
            used.provisioned_mib_ms);
    advance(meters, items, *items.provisioned_concurrency, items.plan_provisioned_concurrency,
            provisioned_[unit]->configured.mib_ms(until));
    if (provisioned_[unit]->scaling) provisioned_[unit]->scaling->read_meters(until, meters);
  }
  if (items.ephemeral_storage) meters.advance_to(*items.ephemeral_storage, used.storage_mib_ms);
  if (items.snapstart_cache) {
    meters.advance_to(*items.snapstart_cache, cold_[unit].snapshots->mib_ms(until));
    meters.advance_to(*items.snapstart_restore, used.restored_mib);
  }
  if (items.api_requests) meters.advance_to(*items.api_requests, used.api_requests);
  if (fronts_[unit] != nullptr) fronts_[unit]->read_balancer(until, meters);
  if (items.queue_requests) {
    meters.advance_to(*items.queue_requests, sources_[unit]->queue_requests(unit, until));
  }
}

void Functions::finish(TimePoint end) {
  std::vector<bool> busy(environments_.capacity(), true);
  for (const Function& function : functions_) function.idle.unmark(busy);
  for (const auto& of : provisioned_) {
    if (of != nullptr) of->ready.unmark(busy);
  }
  for (std::uint32_t i = 0; i < environments_.capacity(); ++i) {
    const Environment& environment = environments_[i];
    if (!environment.alive || !busy[i]) continue;
    const TimePoint start = billing_start(clients_->request(in_hand_[i]));
    if (end <= start) continue;
    const std::uint32_t unit = environment.function;
    std::uint64_t& mib_ms =
        environment.provisioned ? provisioned_[unit]->mib_ms : functions_[unit].mib_ms;
    mib_ms += std::uint64_t{billed_ms(end - start)} * environment.memory;
    count_storage(unit, billed_ms(end - start));
  }
}

Usage Functions::usage(std::uint32_t unit) const {
  return {.requests = functions_[unit].requests,
          .mib_ms = functions_[unit].mib_ms,
          .provisioned_mib_ms = provisioned_[unit] ? provisioned_[unit]->mib_ms : 0,
          .storage_mib_ms = cold_[unit].storage_mib_ms,
          .restored_mib = cold_[unit].restored_mib,
          .api_requests = fronts_[unit] ? fronts_[unit]->billed_requests() : 0,
          .bytes_out = cold_[unit].bytes_out};
}

std::uint32_t Functions::environments(std::uint32_t unit) const { return cold_[unit].alive; }

void Functions::take_activities(std::vector<workload::Activity>& activities) {
  if (metrics_ != nullptr) metrics_->begin_window(account_concurrency());
  activities.insert(activities.end(), activities_.begin(), activities_.end());
  activities_.clear();
  std::vector<Throttles> taken = take_throttles();
  std::sort(taken.begin(), taken.end(), [](const Throttles& a, const Throttles& b) {
    return std::tie(a.first, a.function, a.reason) < std::tie(b.first, b.function, b.reason);
  });
  for (const Throttles& t : taken) {
    activities.push_back({.time = t.first,
                          .service = cold_[t.function].config.service,
                          .kind = "limit",
                          .cause = cause(t),
                          .from = std::nullopt,
                          .to = std::nullopt});
  }
}

std::vector<Throttles> Functions::take_throttles() {
  std::vector<Throttles> taken;
  for (const auto& [key, throttles] : throttles_) taken.push_back(throttles);
  throttles_.clear();
  return taken;
}

}  // namespace skyreplay::lambda
