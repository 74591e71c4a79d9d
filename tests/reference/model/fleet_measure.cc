// What was used, and what is measured of it.
#include <algorithm>

#include "reference/model/fleet_service.h"

namespace skyreplay::reference {

Wide FleetService::busy(std::size_t member, Time from, Time to) const {
  return members_[member].server->busy(to) - members_[member].server->busy(from);
}

Wide FleetService::available(std::size_t member, Time from, Time to) const {
  return Wide{(to - from).count()} * members_[member].server->cpu_units();
}

std::uint32_t FleetService::measured(const Fleet& task) const {
  if (world_.broken(Mutation::kSoftLimitIsNoMeasure)) return task.memory;
  return task.memory_reservation.value_or(task.memory);
}

double FleetService::memory(std::size_t member, Time from, Time to) const {
  const Fleet task = revision(members_[member].revision);
  if (!task.memory_base) return 0;
  const Wide there_was = Wide{(to - from).count()} * measured(task) * 1024 * 1024;
  if (world_.broken(Mutation::kMemoryIsWhatThereIs)) return 100;
  return 100.0 * static_cast<double>(members_[member].server->memory_used(from, to)) /
         static_cast<double>(there_was);
}

std::uint64_t FleetService::bytes(std::size_t member, bool in, Time from, Time to) const {
  std::uint64_t sum = 0;
  for (const Answered& answered : bytes_) {
    if (answered.member != member || answered.at < from || answered.at >= to) continue;
    sum += in ? answered.in : answered.out;
  }
  return sum;
}

std::uint64_t FleetService::sent(Time from, Time to) const {
  std::uint64_t count = 0;
  for (const Time at : sent_) count += at >= from && at < to ? 1 : 0;
  return count;
}

std::uint64_t FleetService::failed(Time from, Time to) const {
  std::uint64_t count = 0;
  for (const Answered& answered : bytes_) {
    count += answered.failed && answered.at >= from && answered.at < to ? 1 : 0;
  }
  return count;
}

std::vector<Time> FleetService::response_times(Time from, Time to) const {
  std::vector<Time> times;
  for (const Answered& answered : bytes_) {
    if (answered.at >= from && answered.at < to) times.push_back(answered.took);
  }
  return times;
}

void FleetService::fill(WindowRow& row, Time end) {
  row.desired = desired_level_.integral(row.start, end);
  row.pending = pending_level_.integral(row.start, end);
  // Whole vCPU x ns of the time since the start; never more than there was (E150).
  row.cpu_available = cpu(end, false) / 1024 - cpu(row.start, false) / 1024;
  row.cpu_busy = std::min(cpu(end, true) / 1024 - cpu_told_, row.cpu_available);
  cpu_told_ += row.cpu_busy;
  if (fleet().is_cluster) {  // C123: whole units x ms of the window
    for (const bool memory : {false, true}) {
      Wide tasks = 0;
      for (const Tenant* tenant : hall().tenants_) {
        tasks += tenant->held(row.start, end, memory, pool());
      }
      row.reservation[memory ? 2 : 0] = static_cast<std::uint64_t>(tasks / 1'000'000);
      row.reservation[memory ? 3 : 1] =
          static_cast<std::uint64_t>(held(row.start, end, memory, pool()) / 1'000'000);
    }
  }
  if (!fleet().memory_base) return;
  // Whole MiB x ns of the time since the start.
  for (const bool used : {true, false}) {
    constexpr Wide kMib = Wide{1024} * 1024;
    row.memory[used ? 0 : 1] = static_cast<std::uint64_t>(memory_time(end, used) / kMib -
                                                          memory_time(row.start, used) / kMib);
  }
  for (const Time at : killed_) row.memory[2] += at >= row.start && at < end ? 1 : 0;
}

Meters FleetService::meters(const std::vector<Time>& ends) const {
  return with_cluster(own_meters(ends), ends);
}

Meters FleetService::own_meters(const std::vector<Time>& ends) const {
  const Span span{world_.scenario.start, world_.scenario.end};
  const bool minimum = !world_.broken(Mutation::kNoMinimumOf60Seconds);
  std::vector<std::uint64_t> seconds;
  for (const Time end : ends) {
    seconds.push_back(0);
    for (const Member& member : members_) {
      if (!member.billed_from || *member.billed_from >= end) continue;
      const Time until = std::min(member.gone.value_or(Time::max()), end);
      if (fleet().spot && is_free(member, span, end)) continue;
      seconds.back() += billed_seconds(span, *member.billed_from, until, minimum);
    }
  }
  std::vector<BalancerUse> uses;
  for (const Time end : ends) uses.push_back(use_until(end));
  Ran ran;  // also where a Spot Instance is free
  for (const Member& member : members_) {
    if (!member.billed_from || *member.billed_from >= ends.back()) continue;
    const Time until = std::min(member.gone.value_or(Time::max()), ends.back());
    const std::uint64_t billed = billed_seconds(span, *member.billed_from, until, minimum);
    const Deployment none;
    const Deployment& own = member.revision == 0 ? none : fleet().deployments[member.revision - 1];
    const std::uint64_t cpu = billed * own.cpu.value_or(fleet().cpu);
    const std::uint64_t memory = billed * own.memory.value_or(fleet().memory);
    ran.seconds += billed;
    ran.cpu += cpu;
    ran.memory += memory;
    const bool is_spot = !fleet().providers.empty() && fleet().providers[member.provider].spot;
    if (!is_spot || world_.broken(Mutation::kSpotIsOnDemand)) continue;
    ran.spot_cpu += cpu;
    ran.spot_memory += memory;
  }
  Meters meters = fleet_meters(fleet(), span, seconds, ran, ends, uses, world_.has_bytes(),
                               {.full_hours = !world_.broken(Mutation::kHoursAreNotBegun),
                                .rules_count = !world_.broken(Mutation::kLargestOfThreeDimensions),
                                .hours_are_apart = !world_.broken(Mutation::kCoverageCarriesOver)});
  if (has_queue()) {
    meters.insert(meters.begin(), {"sqs.standard_requests", sqs_requests(ends.back())});
  }
  divide_by_price(meters, span, ends.back());
  add_addresses(meters, ran.seconds, std::min(ends.back(), span.end) - span.start);
  // E102.
  if (fleet().detailed)
    meters.push_back({"cloudwatch.detailed_monitoring_per_instance", ran.seconds});
  const Time length = std::min(ends.back(), span.end) - span.start;
  const auto passed =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(length).count());
  const auto add = [&](const char* item, std::uint64_t count) {
    if (count > 0) meters.push_back({item, passed * count});
  };
  if (fleet().managed) add("cloudwatch.alarm_standard", 2);
  if (scaling_) {
    add("cloudwatch.alarm_standard", scaling_->alarms(false));
    add("cloudwatch.alarm_high_resolution", scaling_->alarms(true));
    add("cloudwatch.custom_metric", scaling_->has_custom_metric() ? 1 : 0);
  }
  const std::uint64_t close = (fleet().close_cpu ? 1 : 0) + (fleet().close_memory ? 1 : 0);
  const bool free = world_.broken(Mutation::kCloseMetricsAreFree);
  add("cloudwatch.high_resolution_metric", free ? 0 : close);
  return meters;
}

// E141: one item of instances' addresses and of those that the load balancer has in each zone.
void FleetService::add_addresses(Meters& meters, std::uint64_t ran, Time length) const {
  const bool facing = !fleet().is_cluster && !fleet().unreached && !fleet().internal &&
                      !world_.broken(Mutation::kBalancersHaveNoAddress);
  if (!facing && !fleet().public_addresses) return;
  const auto seconds =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(length).count());
  const auto after = fleet().is_cluster ? meters.begin() : meters.begin() + 2;  // hours and units
  meters.insert(after, {"vpc.public_ipv4_in_use", (facing ? fleet().zones * seconds : 0) +
                                                      (fleet().public_addresses ? ran : 0)});
}

// E146: the one item of Spot Instances becomes one a price.
void FleetService::divide_by_price(Meters& meters, const Span& span, Time now) const {
  if (fleet().price_changes.empty()) return;
  std::vector<std::uint64_t> sums(fleet().price_changes.size() + 1);
  for (const Member& member : members_) {
    if (!member.billed_from || *member.billed_from >= now || is_free(member, span, now)) continue;
    const Time until = std::min(member.gone.value_or(Time::max()), now);
    const bool minimum = !world_.broken(Mutation::kNoMinimumOf60Seconds);
    const auto parts = seconds_by_price(fleet(), span, *member.billed_from,
                                        billed_seconds(span, *member.billed_from, until, minimum),
                                        world_.broken(Mutation::kPriceOfTheLaunch));
    for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += parts[p];
  }
  const std::string item = "ec2.spot." + fleet().instance_type;
  const auto is_it = [&](const auto& meter) { return meter.first == item; };
  auto at = std::find_if(meters.begin(), meters.end(), is_it);
  at->second = sums[0];
  for (std::size_t p = 1; p < sums.size(); ++p) {
    at = meters.insert(at + 1, {item + "." + std::to_string(p + 1), sums[p]});
  }
}

bool FleetService::is_free(const Member& member, const Span& span, Time at) const {
  if (*member.billed_from < span.start) return false;
  const Time hour = *member.billed_from + std::chrono::hours{1};
  if (!member.gone || *member.gone >= at) return at < hour && at < span.end;
  if (world_.broken(Mutation::kInterruptedIsBilled)) return false;
  return member.interrupted && *member.gone < hour && *member.gone < span.end;
}

Wide FleetService::cpu(Time until, bool busy) const {
  Wide sum = 0;
  for (const Stint& stint : stints_) {
    if (stint.from >= until) continue;
    const Time end = std::min(stint.to, until);
    sum += busy ? stint.server->busy(end)
                : Wide{(end - stint.from).count()} * stint.server->cpu_units();
  }
  for (const Member& member : members_) {
    if (!member.served_from || *member.served_from >= until) continue;
    const Time end = std::min(member.drained.value_or(Time::max()), until);
    sum += busy ? member.server->busy(end)
                : Wide{(end - *member.served_from).count()} * member.server->cpu_units();
  }
  return sum;
}

Wide FleetService::memory_time(Time until, bool used) const {
  Wide sum = 0;
  for (const Member& member : members_) {
    if (!member.served_from || *member.served_from >= until) continue;
    const Time end = std::min(member.drained.value_or(Time::max()), until);
    sum += used ? member.server->memory_used(*member.served_from, end)
                : Wide{(end - *member.served_from).count()} * measured(revision(member.revision)) *
                      1024 * 1024;
  }
  return sum;
}

BalancerUse FleetService::use_until(Time at) const {
  BalancerUse use;
  for (const Time request : requests_) use.requests += request < at ? 1 : 0;
  for (const Answered& answered : bytes_) {
    if (answered.at < at) use.bytes += answered.in + answered.out;
    if (answered.at < at) use.bytes_out += answered.out;
  }
  use.in_flight_ms =
      static_cast<std::uint64_t>(outstanding_.integral(world_.scenario.start, at) / 1'000'000);
  return use;
}

}  // namespace skyreplay::reference
