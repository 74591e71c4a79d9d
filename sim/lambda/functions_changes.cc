#include <utility>

#include "lambda/functions.h"

// Timed changes of functions and of the account: rare, and apart from what every request passes.

namespace skyreplay::lambda {

/// What a configuration says of an invocation that starts now.
void Functions::set_limits(std::uint32_t unit, const FunctionConfig& config) {
  Function& function = functions_[unit];
  function.memory = static_cast<std::uint16_t>(config.memory_size);
  function.timeout = config.timeout;
  function.stretch = 1.0 / (vcpu_share(config.memory_size, config.parallelism) * config.cpu_speed);
  function.stretches = function.stretch != 1.0;
  function.is_reserved = config.reserved_concurrent_executions.has_value();
  set_aside_ += set_aside(config);
  cold_[unit].reserved_rate = request_rate(config.reserved_concurrent_executions.value_or(0),
                                           account_.requests_per_second_factor);
}

void Functions::change(std::uint32_t unit, const FunctionConfig& config) {
  Function& function = functions_[unit];
  const FunctionConfig before = cold_[unit].config;
  set_aside_ -= set_aside(before);
  in_flight_[function.is_reserved] -= function.in_flight;
  const bool is_update =
      before.memory_size != config.memory_size || before.timeout != config.timeout;
  set_limits(unit, config);
  in_flight_[function.is_reserved] += function.in_flight;
  cold_[unit].config = config;
  cold_[unit].config.items = before.items;
  if (is_update) retire_all(unit);  // concurrency alone is no update of the function
  if (is_update) publish(unit);
  see_concurrency();
  if (!config.provisioned) return;
  const bool is_other =
      config.provisioned->concurrent_executions != before.provisioned->concurrent_executions;
  if (is_update || is_other) set_provisioned(unit);
}

void Functions::set_concurrent_executions(std::uint32_t limit) {
  if (limit == account_.concurrent_executions) return;
  account_.concurrent_executions = limit;
  account_rate_ = request_rate(limit, account_.requests_per_second_factor);
}

void Functions::retire_all(std::uint32_t unit) {
  Function& function = functions_[unit];
  while (!function.idle.empty()) end_environment(function.idle.take_oldest().environment);
  if (provisioned_[unit] != nullptr) retire_provisioned(unit);
  for (std::uint32_t i = 0; i < environments_.capacity(); ++i) {
    if (environments_[i].alive && environments_[i].function == unit) retire(i);
  }
}

/// A busy environment will end when it is next idle.
void Functions::retire(std::uint32_t index) {
  Environment& environment = environments_[index];
  if (std::exchange(environment.retires, true)) return;
  ++cold_[environment.function].retiring;
  functions_[environment.function].some_retire = true;
}

}  // namespace skyreplay::lambda
