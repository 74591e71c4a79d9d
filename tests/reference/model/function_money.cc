// What functions are billed (L22 to L27, L34, L80 to L95).
#include <algorithm>

#include "reference/model/function_service.h"

namespace skyreplay::reference {

void FunctionService::finish(Time end) {
  expire(end - Time{1});
  for (const Running& running : running_) {
    if (running.over || end <= running.environment->billed_from) continue;
    bill(end - Time{1}, end - running.environment->billed_from, *running.environment);
  }
}

Meters FunctionService::meters(const std::vector<Time>& ends) const {
  const std::string processor = config().function.arm ? "arm" : "x86";
  std::uint64_t requests = 0, mib_ms = 0, bytes = 0, provisioned = 0, storage = 0;
  for (const Time at : requests_) requests += at < ends.back() ? 1 : 0;
  for (const auto& [at, units] : mib_ms_) mib_ms += at < ends.back() ? units : 0;
  for (const auto& [at, units] : provisioned_mib_ms_) provisioned += at < ends.back() ? units : 0;
  for (const auto& [at, units] : storage_) storage += at < ends.back() ? units : 0;
  for (const auto& [at, count] : bytes_out_) bytes += at < ends.back() ? count : 0;
  const std::uint64_t paid = configured(ends.back());
  Meters meters{{"lambda.requests_" + processor, requests},
                {"lambda.duration_" + processor, mib_ms - of_plan(mib_ms)}};
  if (world_.has_bytes()) meters.push_back({"data_transfer.internet_out", bytes});
  if (config().function.provisioned) {
    meters.push_back(
        {"lambda.provisioned_duration_" + processor, provisioned - of_plan(provisioned)});
    meters.push_back({"lambda.provisioned_concurrency_" + processor, paid - of_plan(paid)});
  }
  if (config().function.storage > 512) {
    meters.push_back({"lambda.ephemeral_storage_over_512mb", storage});
  }
  if (world_.pays_queue_requests(service_)) {
    meters.push_back({"sqs.standard_requests", world_.queue_requests(service_, ends.back())});
  }
  if (config().function.restore && config().function.runtime != "java21") {
    std::uint64_t restored = 0;
    for (const auto& [at, mib] : restored_) restored += at < ends.back() ? mib : 0;
    meters.push_back({"lambda.snapstart_cache", cached(ends.back())});
    meters.push_back({"lambda.snapstart_restore", restored});
  }
  const bool balanced = config().function.front == Function::Front::kBalancer;
  if (!balanced) front_.add_meters(ends, meters);
  if (config().function.plan_permille > 0) {  // L95
    meters.push_back({"lambda.savings_plan_duration_" + processor, of_plan(mib_ms)});
    if (config().function.provisioned) {
      meters.push_back(
          {"lambda.savings_plan_provisioned_duration_" + processor, of_plan(provisioned)});
      meters.push_back({"lambda.savings_plan_provisioned_concurrency_" + processor, of_plan(paid)});
    }
  }
  if (balanced) front_.add_meters(ends, meters);
  if (provisioned_scaling_ && provisioned_scaling_->alarms() > 0) {
    const Time length = std::min(ends.back(), world_.scenario.end) - world_.scenario.start;
    const auto passed = std::chrono::ceil<std::chrono::seconds>(length).count();
    meters.push_back({"cloudwatch.alarm_standard",
                      static_cast<std::uint64_t>(passed) * provisioned_scaling_->alarms()});
  }
  return meters;
}

std::uint64_t FunctionService::of_plan(std::uint64_t units) const {
  if (config().function.plan_permille == 0) return 0;
  if (world_.broken(Mutation::kPlanPaysForAll)) return units;
  return static_cast<std::uint64_t>(Wide{units} * config().function.plan_ppm / 1'000'000);
}

void FunctionService::publish() {
  if (!versions_.empty()) versions_.back().until = world_.now();
  versions_.push_back({world_.now(), config().function.memory});
}

std::uint64_t FunctionService::cached(Time at) const {
  std::uint64_t sum = 0;
  for (const Slot& version : versions_) {
    const Time until = std::min(version.until.value_or(at), std::min(at, world_.scenario.end));
    const Time since = std::max(version.since, world_.scenario.start);
    if (until <= since) continue;
    const Time least = world_.broken(Mutation::kCacheByTheSecond) ? Time{} : std::chrono::hours{3};
    const Time billed = std::max(until - since, least);
    sum += static_cast<std::uint64_t>((billed.count() + 999'999) / 1'000'000) * version.memory;
  }
  return sum;
}

std::uint64_t FunctionService::configured(Time at) const {
  std::uint64_t sum = 0;
  for (const Slot& slot : slots_) {
    const Time until = std::min(slot.until.value_or(at), std::min(at, world_.scenario.end));
    const Time since = std::max(slot.since, world_.scenario.start);
    const Time step = world_.broken(Mutation::kProvisionedByTheMinute) ? Time{60'000'000'000}
                                                                       : Time{300'000'000'000};
    if (until <= since) continue;
    sum += static_cast<std::uint64_t>((until - since + step - Time{1}) / step *
                                      (step / std::chrono::milliseconds{1})) *
           slot.memory;
  }
  return sum;
}

void FunctionService::bill(Time at, Time length, const Environment& environment) {
  bill_duration(environment.provisioned ? provisioned_mib_ms_ : mib_ms_, at, length,
                environment.memory);
  bill_duration(storage_, at, length, config().function.storage - 512);  // L83
}

void FunctionService::bill_duration(Metered& to, Time at, Time length, std::uint32_t mib) {
  const std::int64_t up = world_.broken(Mutation::kMillisecondsRoundedDown) ? 0 : 999'999;
  const std::int64_t ms = (length.count() + up) / 1'000'000;  // L23
  to.emplace_back(at, static_cast<std::uint64_t>(ms) * mib);
}

}  // namespace skyreplay::reference
