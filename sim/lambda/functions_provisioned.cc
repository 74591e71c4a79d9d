#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "lambda/billed_ms.h"
#include "lambda/functions.h"

// Functions with provisioned concurrency, and those that are billed for ephemeral storage.

namespace skyreplay::lambda {
namespace {

/// L36: 6,000 environments a minute.
constexpr Duration kAllocation = std::chrono::milliseconds{10};
constexpr Duration kInitLimit = std::chrono::seconds{130};  // L4, where the timeout is not longer

}  // namespace

void Functions::add_special(std::uint32_t unit, const FunctionConfig& config) {
  functions_[unit].is_special =
      config.provisioned.has_value() || config.has_payloads || config.idle.lifetime.has_value() ||
      config.ephemeral_storage > kFreeStorage || config.stops_loops || config.crash_probability > 0;
  functions_[unit].is_counted = metrics_ != nullptr;
  provisioned_.emplace_back();
  fronts_.emplace_back();
  publish(unit);
  if (!config.provisioned) return;
  recorder_.always(config.service);
  provisioned_[unit] = std::make_unique<Provisioned>(config.provisioned->span);
  set_provisioned(unit);
  if (!config.provisioned->ready_at_start) return;
  Provisioned& of = *provisioned_[unit];
  loop_.cancel(std::exchange(of.allocation, {}));
  for (; of.alive < of.wanted; ++of.alive) add_provisioned(unit);
  note_use(unit);
}

/// As configured from now on.
void Functions::set_provisioned(std::uint32_t unit) {
  const FunctionConfig& config = cold_[unit].config;
  Provisioned& of = *provisioned_[unit];
  of.wanted = config.provisioned->concurrent_executions;
  of.rate = request_rate(of.wanted, account_.requests_per_second_factor);
  of.configured.configure(loop_.now(), of.wanted, config.memory_size);
  loop_.cancel(std::exchange(of.allocation, {}));
  for (; of.alive > of.wanted; --of.alive) take_out_provisioned(unit);
  note_use(unit);
  if (of.alive == of.wanted) return;
  const Duration takes = config.provisioned->preparation + kAllocation * (of.wanted - of.alive);
  of.allocation = loop_.schedule_cancellable(loop_.now() + takes, process_, kAllocated, unit);
}

/// L36: nothing of an allocation can be used until all of it can.
void Functions::allocated(std::uint32_t unit) {
  Provisioned& of = *provisioned_[unit];
  const FunctionConfig& config = cold_[unit].config;
  of.allocation = {};
  end_what_is_due(unit);
  activities_.push_back(
      {.time = loop_.now(),
       .service = config.service,
       .kind = "launch",
       .cause = fmt::format("provisioned concurrency is READY: {} environments", of.wanted),
       .from = of.alive,
       .to = of.wanted});
  for (; of.alive < of.wanted; ++of.alive) {
    RandomEngine draw = cold_[unit].init_draws.at(cold_[unit].created);
    const Duration init =
        std::min(config.init_duration.sample(draw), std::max(kInitLimit, config.timeout));
    of.mib_ms += std::uint64_t{billed_ms(init)} * config.memory_size;  // L38
    add_provisioned(unit);
  }
  note_use(unit);
}

/// L100: from now on.
void Functions::note_use(std::uint32_t unit) {
  Provisioned& of = *provisioned_[unit];
  const std::uint32_t busy = of.alive - of.ready.size();
  of.window_use.set(loop_.now(), busy, of.alive);
  if (of.scaling) of.minute_use.set(loop_.now(), busy, of.alive);
}

/// Of the window that ends at `end`.
metrics::ProvisionedCounts Functions::provisioned_counts(std::uint32_t unit, TimePoint end) {
  Provisioned& of = *provisioned_[unit];
  const std::uint64_t requests = functions_[unit].requests;
  const std::uint64_t began = of.invocations - std::exchange(of.invocations_told, of.invocations);
  const std::uint64_t all = requests - std::exchange(of.requests_told, requests);
  const ProvisionedUse::Sum use = of.window_use.take(end);
  return {.invocations = began,
          .spillovers = all - began,
          .busy = use.busy_ns,
          .ready = use.ready_ns,
          .busy_max = use.busy_max,
          .utilization_max_ppm = static_cast<std::uint32_t>(use.utilization_max * 1e6 + 0.5)};
}

void Functions::add_provisioned(std::uint32_t unit) {
  const std::uint32_t index = make_environment(unit);
  environments_[index].provisioned = true;
  environments_[index].retires_at = kEndOfTime;
  provisioned_[unit]->ready.push({.freed = loop_.now(), .environment = index, .needs_init = false});
}

void Functions::take_out_provisioned(std::uint32_t unit) {
  IdleQueue& ready = provisioned_[unit]->ready;
  if (!ready.empty()) return end_environment(ready.take_oldest().environment);
  std::uint32_t first = static_cast<std::uint32_t>(environments_.capacity());
  for (std::uint32_t i = 0; i < environments_.capacity(); ++i) {
    const Environment& each = environments_[i];
    if (!each.alive || each.function != unit || !each.provisioned || each.retires) continue;
    if (first == environments_.capacity() || each.ordinal < environments_[first].ordinal) first = i;
  }
  SKY_CHECK(first < environments_.capacity());
  retire(first);
}

/// Another version of the function: what was provisioned is of the one before.
void Functions::retire_provisioned(std::uint32_t unit) {
  Provisioned& of = *provisioned_[unit];
  while (!of.ready.empty()) end_environment(of.ready.take_oldest().environment);
  of.alive = 0;  // retire_all() sees to the busy ones
  note_use(unit);
}

bool Functions::has_ready(std::uint32_t unit) {
  const auto& of = provisioned_[unit];
  return of != nullptr && !of->ready.empty() && of->rate.take(loop_.now());
}

std::uint32_t Functions::provisioned_wanted(std::uint32_t unit) const {
  return provisioned_[unit] == nullptr ? 0 : provisioned_[unit]->wanted;
}

void Functions::free_provisioned(std::uint32_t index, bool reset) {
  Environment& environment = environments_[index];
  if (reset) ++environment.resets;  // L7, L74
  if (!environment.retires) {
    provisioned_[environment.function]->ready.push(
        {.freed = loop_.now(), .environment = index, .needs_init = reset});
    note_use(environment.function);
    return;
  }
  functions_[environment.function].some_retire = --cold_[environment.function].retiring > 0;
  end_environment(index);
}

/// L83: of what is above 512 MB, for as long as is billed.
void Functions::count_storage(std::uint32_t unit, std::uint32_t ms) {
  cold_[unit].storage_mib_ms +=
      std::uint64_t{ms} * (cold_[unit].config.ephemeral_storage - kFreeStorage);
}

// --- What scales it (L39)

void Functions::scale_provisioned(std::uint32_t unit, const ProvisionedScalingConfig& config) {
  provisioned_[unit]->scaling = std::make_unique<ProvisionedScaling>(loop_, *this, unit, config);
  note_use(unit);
}

void Functions::set_provisioned_bounds(std::uint32_t unit, const scaling::CapacityChange& set) {
  provisioned_[unit]->scaling->set_bounds(set);
}

ProvisionedUse::Sum Functions::take_provisioned_use(std::uint32_t unit) {
  return provisioned_[unit]->minute_use.take(loop_.now());
}

void Functions::provision(std::uint32_t unit, std::uint32_t concurrent_executions,
                          const std::string& cause) {
  FunctionConfig& config = cold_[unit].config;
  const std::uint32_t before = config.provisioned->concurrent_executions;
  activities_.push_back({.time = loop_.now(),
                         .service = config.service,
                         .kind = concurrent_executions > before ? "scale_out" : "scale_in",
                         .cause = cause,
                         .from = before,
                         .to = concurrent_executions});
  set_aside_ -= set_aside(config);
  config.provisioned->concurrent_executions = concurrent_executions;
  set_aside_ += set_aside(config);
  see_concurrency();
  set_provisioned(unit);
}

void Functions::note(std::uint32_t unit, const char* kind, const std::string& cause) {
  activities_.push_back({.time = loop_.now(),
                         .service = cold_[unit].config.service,
                         .kind = kind,
                         .cause = cause,
                         .from = std::nullopt,
                         .to = std::nullopt});
}

}  // namespace skyreplay::lambda
