// What a window tells of functions (L42, L43, L100).
#include <algorithm>

#include "reference/model/function_service.h"

namespace skyreplay::reference {

bool FunctionService::always_has_a_row() const {
  const Function& function = config().function;
  return function.provisioned || function.front == Function::Front::kBalancer ||
         (function.restore && function.runtime != "java21") || world_.is_fed_by_queue(service_);
}

void FunctionService::fill(WindowRow& row, Time end) {
  fill_function(row, end);
  if (!config().function.provisioned) return;
  const auto in_window = [&](const std::vector<Time>& times) {
    return static_cast<std::uint64_t>(std::count_if(
        times.begin(), times.end(), [&](Time at) { return at >= row.start && at < end; }));
  };
  const UseSum use = sum_of(use_, row.start, end);
  const std::uint64_t began = in_window(began_provisioned_);
  row.provisioned = {began,
                     in_window(requests_) - began,
                     static_cast<std::uint64_t>(use.busy),
                     static_cast<std::uint64_t>(use.ready),
                     use.most_busy,
                     static_cast<std::uint64_t>(use.peak * 1e6 + 0.5)};
}

void FunctionService::fill_function(WindowRow& row, Time end) const {
  const auto is_in = [&](Time at) { return at >= row.start && at < end; };
  const auto count = [&](const std::vector<Time>& times) {
    return static_cast<std::uint64_t>(std::count_if(times.begin(), times.end(), is_in));
  };
  row.function[10] = count(stopped_);
  if (!world_.scenario.account.counts_functions) return;
  row.function[0] = count(requests_);
  row.function[5] = count(throttled_);
  if (world_.broken(Mutation::kThrottlesAreInvocations)) row.function[0] += row.function[5];
  for (const Invoked& invoked : ended_) {
    if (!is_in(invoked.ended)) continue;
    const auto us = static_cast<std::uint64_t>(invoked.duration / std::chrono::microseconds{1});
    ++row.function[1];
    row.function[2] += us;
    row.function[3] = std::max(row.function[3], us);
    row.function[4] += invoked.failed ? 1 : 0;
  }
  const auto& account = world_.lambda.steps;
  row.function[6] = largest(own_steps_, row.start, end, &ConcurrencyStep::executions);
  row.function[7] = largest(account, row.start, end, &ConcurrencyStep::executions);
  row.function[8] = largest(account, row.start, end, &ConcurrencyStep::unreserved);
  row.function[9] = largest(account, row.start, end, &ConcurrencyStep::claimed);
}

void FunctionService::note_use_of_account() {
  own_steps_.push_back({.at = world_.now(), .executions = in_flight() + on_provisioned()});
  note_concurrency(world_);
}

}  // namespace skyreplay::reference
