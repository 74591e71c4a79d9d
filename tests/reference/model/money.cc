#include "reference/model/money.h"

#include <algorithm>

namespace skyreplay::reference {
namespace {

constexpr std::uint64_t kHour = 3600;
constexpr std::uint64_t kMonth = 730 * kHour;
constexpr std::uint64_t kGibMs = 1'024'000;  // MiB x ms in GiB x s

/// USD for one unit of sale, as a decimal, and how many meter units that is.
struct Price {
  const char* item;
  const char* usd;
  std::uint64_t meter_units;
};
constexpr Price kPrices[] = {
    {"lambda.requests_x86", "0.0000002", 1},
    {"lambda.requests_arm", "0.0000002", 1},
    {"lambda.duration_x86", "0.0000166667", kGibMs},
    {"lambda.duration_arm", "0.0000133334", kGibMs},
    {"lambda.provisioned_duration_x86", "0.0000097222", kGibMs},
    {"lambda.provisioned_duration_arm", "0.0000077778", kGibMs},
    {"lambda.provisioned_concurrency_x86", "0.0000041667", kGibMs},
    {"lambda.provisioned_concurrency_arm", "0.0000033334", kGibMs},
    {"lambda.ephemeral_storage_over_512mb", "0.0000000309", kGibMs},
    {"lambda.snapstart_cache", "0.0000015046", kGibMs},
    {"lambda.snapstart_restore", "0.0001397998", 1024},
    {"apigateway_http.requests", "0.000001", 1},
    {"apigateway_rest.requests", "0.0000035", 1},
    {"sqs.standard_requests", "0.0000004", 1},
    {"data_transfer.internet_out", "0.09", 1ULL << 30},
    {"alb.load_balancer", "0.0225", kHour},
    {"alb.lcu", "0.008", 1'000'000'000},
    {"ec2.on_demand.m7i.large", "0.1008", kHour},
    {"ec2.on_demand.t3.small", "0.0208", kHour},
    {"ec2.on_demand.c7g.medium", "0.0363", kHour},
    {"ec2.on_demand.c6i.xlarge", "0.17", kHour},
    {"ec2.reserved_1y.m7i.large", "0.0666288", kHour},
    {"ec2.reserved_1y.t3.small", "0.0130416", kHour},
    {"ec2.reserved_1y.c7g.medium", "0.0239217", kHour},
    {"ec2.reserved_1y.c6i.xlarge", "0.11237", kHour},
    {"ec2.spot.m7i.large", "0.032256", kHour},
    {"ec2.spot.t3.small", "0.00728", kHour},
    {"ec2.spot.c7g.medium", "0.013068", kHour},
    {"ec2.spot.c6i.xlarge", "0.068", kHour},
    {"ec2.savings_plan", "1", 1'000'000 * kHour},
    {"ebs_gp2.storage", "0.1", 1024 * kMonth},
    {"ebs_gp3.storage", "0.08", 1024 * kMonth},
    {"ebs_gp3.iops_over_3000", "0.005", kMonth},
    {"ebs_gp3.throughput_over_125", "0.04", kMonth},
    {"fargate.linux_x86_vcpu", "0.04048", 1024 * kHour},
    {"fargate.linux_x86_memory", "0.004445", 1024 * kHour},
    {"fargate.linux_arm_vcpu", "0.03238", 1024 * kHour},
    {"fargate.linux_arm_memory", "0.00356", 1024 * kHour},
    {"fargate.spot_linux_x86_vcpu", "0.012144", 1024 * kHour},
    {"fargate.spot_linux_x86_memory", "0.0013335", 1024 * kHour},
    {"fargate.spot_linux_arm_vcpu", "0.009714", 1024 * kHour},
    {"fargate.spot_linux_arm_memory", "0.001068", 1024 * kHour},
    {"fargate.ephemeral_storage_over_20gb", "0.000111", 1024 * kHour},
    {"cloudwatch.detailed_monitoring_per_instance", "2.1", kMonth},
    {"cloudwatch.alarm_standard", "0.1", kMonth},
    {"cloudwatch.alarm_high_resolution", "0.3", kMonth},
    {"cloudwatch.custom_metric", "0.3", kMonth},
    {"cloudwatch.high_resolution_metric", "0.45", kMonth},
    {"vpc.public_ipv4_in_use", "0.005", kHour},
    {"external.requests", "", 1},
};

/// Before what an item of Lambda is called that a Savings Plan pays for (L95).
const std::string kPlan = "lambda.savings_plan_";

const Price& price_of(const std::string& item) {
  static const Price changed[] = {{"", kSpotPrices[0], kHour}, {"", kSpotPrices[1], kHour}};
  if (item.find("ec2.spot.") == 0 && item.ends_with(".2")) return changed[0];
  if (item.find("ec2.spot.") == 0 && item.ends_with(".3")) return changed[1];
  if (item.find(kPlan) == 0) return price_of("lambda." + item.substr(kPlan.size()));
  return *std::find_if(std::begin(kPrices), std::end(kPrices),
                       [&](const Price& price) { return price.item == item; });
}

}  // namespace

std::string usd_of(const std::string& item) { return price_of(item).usd; }

namespace {

Wide half_to_even(Wide numerator, Wide denominator) {
  const Wide whole = numerator / denominator;
  const Wide twice = numerator % denominator * 2;
  return whole + (twice > denominator || (twice == denominator && whole % 2 == 1) ? 1 : 0);
}

std::uint64_t share(std::uint64_t count, Time part, Time whole) {
  return static_cast<std::uint64_t>(Wide{count} * part.count() / whole.count());
}

/// The charge of one hour, in 10^-9 LCU-hour: the largest dimension (E118, E119).
std::uint64_t nano_lcu(const Fleet& fleet, const BalancerUse& use, const BalancerRules& how) {
  const Wide nano = 1'000'000'000;
  const Wide per_connection = fleet.requests_per_connection_milli;
  const Wide opened = Wide{use.requests} * 1000;  // x 1 / per_connection
  const Wide rules = how.rules_count && fleet.rules > 10 ? fleet.rules - 10 : 0;
  const Wide new_connections = opened * nano / (per_connection * 25 * 3600);
  const Wide active = (opened * 60'000 + Wide{use.in_flight_ms} * per_connection) * nano /
                      (per_connection * 60'000 * 3000 * 60);
  const Wide tenths = how.has_functions ? 4 : 10;
  const Wide bytes = Wide{use.bytes} * nano * 10 / (tenths * (1 << 30));
  const Wide evaluations = Wide{use.requests} * rules * nano / 3'600'000;
  return static_cast<std::uint64_t>(std::max({new_connections, active, bytes, evaluations}));
}

/// All hours up to the last of `ends`: what was used between two readings is split at an hour's
/// end in proportion to time.
std::uint64_t nano_lcu(const Fleet& fleet, const Span& span, const std::vector<Time>& ends,
                       const std::vector<BalancerUse>& uses, const BalancerRules& how) {
  std::uint64_t past = 0;
  BalancerUse hour;
  Time from = span.start;
  const auto add = [&hour](const BalancerUse& use) {
    hour.requests += use.requests;
    hour.bytes += use.bytes;
    hour.in_flight_ms += use.in_flight_ms;
  };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    BalancerUse fresh = uses[i];
    if (i > 0) {
      fresh.requests -= uses[i - 1].requests;
      fresh.bytes -= uses[i - 1].bytes;
      fresh.in_flight_ms -= uses[i - 1].in_flight_ms;
    }
    const auto hour_end = [&] {
      const Time one = std::chrono::hours{1};
      return span.start + ((from - span.start) / one + 1) * one;
    };
    for (Time end = hour_end(); end <= ends[i]; end = hour_end()) {
      const BalancerUse before{share(fresh.requests, end - from, ends[i] - from),
                               share(fresh.bytes, end - from, ends[i] - from),
                               share(fresh.in_flight_ms, end - from, ends[i] - from)};
      add(before);
      past += nano_lcu(fleet, hour, how);
      hour = {};
      fresh.requests -= before.requests;
      fresh.bytes -= before.bytes;
      fresh.in_flight_ms -= before.in_flight_ms;
      from = end;
    }
    add(fresh);
    from = ends[i];
  }
  return past + nano_lcu(fleet, hour, how);
}

}  // namespace

std::uint64_t billed_seconds(const Span& span, Time from, Time until, bool minimum) {
  if (from >= span.end) return 0;
  const bool ran_before = from < span.start;
  const Time begin = std::max(from, span.start);
  const Time end = std::max(begin, std::min(until, span.end));
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(end - begin).count();
  const std::int64_t least = ran_before || !minimum ? 0 : 60;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, least));
}

/// How seconds that ran are paid for (E143).
struct Paid {
  std::uint64_t reserved = 0, plan = 0, on_demand = 0;
};

/// What a plan of one year asks for an instance-hour, in 10^-12 USD.
std::uint64_t plan_price(const std::string& type) {
  if (type == "m7i.large") return 74'088'000'000;
  if (type == "t3.small") return 14'996'800'000;
  if (type == "c7g.medium") return 26'027'100'000;
  return 122'910'000'000;
}

/// Of one clock hour: first what is reserved, then what the plan pays for, the rest on demand.
Paid paid_in_hour(const Fleet& fleet, const Span& span, Time hour, std::uint64_t ran) {
  const Time from = std::max(hour, span.start);
  const Time to = std::max(from, std::min<Time>(hour + std::chrono::hours{1}, span.end));
  const auto length =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(to - from).count());
  Paid paid;
  paid.reserved = std::min<std::uint64_t>(ran, length * fleet.reserved_instances);
  const Wide can_pay =
      Wide{fleet.savings_plan} * 1'000'000 * length / plan_price(fleet.instance_type);
  paid.plan = static_cast<std::uint64_t>(std::min<Wide>(ran - paid.reserved, can_pay));
  paid.on_demand = ran - paid.reserved - paid.plan;
  return paid;
}

std::uint64_t on_demand_seconds(const Fleet& fleet, const Span& span,
                                const std::vector<std::uint64_t>& seconds,
                                const std::vector<Time>& ends, bool apart) {
  const Time one = std::chrono::hours{1};
  Time hour = span.start / one * one;
  Time from = span.start;
  std::uint64_t past = 0, here = 0, seen = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    std::uint64_t fresh = seconds[i] - seen;
    seen = seconds[i];
    for (; ends[i] > hour + one; hour += one) {
      const std::uint64_t before = share(fresh, hour + one - from, ends[i] - from);
      past += paid_in_hour(fleet, span, hour, here + before).on_demand;
      here = 0;
      fresh -= before;
      from = hour + one;
    }
    here += fresh;
    from = ends[i];
  }
  if (!apart) {  // as if what one hour leaves were still there in the next
    const auto elapsed = static_cast<std::uint64_t>(
        std::chrono::ceil<std::chrono::hours>(std::min(ends.back(), span.end) - span.start)
            .count());
    Fleet all = fleet;
    all.reserved_instances *= static_cast<std::uint32_t>(elapsed);
    all.savings_plan *= elapsed;
    return paid_in_hour(all, {hour, hour + one}, hour, seen).on_demand;
  }
  return past + paid_in_hour(fleet, span, hour, here).on_demand;
}

Meters balancer_meters(const Fleet& fleet, const Span& span, const std::vector<Time>& ends,
                       const std::vector<BalancerUse>& uses, const BalancerRules& rules) {
  const Time hour = std::chrono::hours{1};
  const Time now = ends.back();
  // An hour that has begun is due in full; one that would begin at the span's end is not begun.
  const auto begun =
      now < span.end ? (now - span.start) / hour + 1
                     : std::max<std::int64_t>(1, (span.end - span.start + hour - Time{1}) / hour);
  const auto hours = static_cast<std::uint64_t>(begun) * kHour;
  const auto partial =
      static_cast<std::uint64_t>((std::min(now, span.end) - span.start).count() / 1'000'000'000);
  return {{"alb.load_balancer", rules.full_hours ? hours : partial},
          {"alb.lcu", nano_lcu(fleet, span, ends, uses, rules)}};
}

std::vector<std::uint64_t> seconds_by_price(const Fleet& fleet, const Span& span, Time from,
                                            std::uint64_t seconds, bool of_launch) {
  std::vector<std::uint64_t> by_price(fleet.price_changes.size() + 1);
  const Time begin = std::max(from, span.start);
  for (std::uint64_t second = 0; second < seconds; ++second) {
    const Time hour = begin + std::chrono::hours(of_launch ? 0 : second / 3600);
    std::size_t price = 0;
    for (const Time change : fleet.price_changes) price += span.start + change <= hour ? 1 : 0;
    ++by_price[price];
  }
  return by_price;
}

Meters fleet_meters(const Fleet& fleet, const Span& span,
                    const std::vector<std::uint64_t>& all_seconds, const Ran& ran,
                    const std::vector<Time>& ends, const std::vector<BalancerUse>& uses,
                    bool has_bytes, const BalancerRules& rules) {
  const Time now = ends.back();
  const std::uint64_t seconds = ran.seconds;
  Meters meters;
  if (fleet.unreached) return meters;
  const bool has_balancer = !fleet.is_cluster && !fleet.has_queue;
  if (has_balancer) {
    meters = balancer_meters(fleet, span, ends, uses, rules);
    if (has_bytes) meters.push_back({"data_transfer.internet_out", uses.back().bytes_out});
  }
  if (fleet.cluster) return meters;
  if (fleet.fargate) {
    const std::string kind = fleet.arm ? "linux_arm_" : "linux_x86_";
    bool on_demand = fleet.providers.empty(), spot = false;
    for (const Provider& provider : fleet.providers) (provider.spot ? spot : on_demand) = true;
    const auto add = [&](const std::string& item, std::uint64_t cpu, std::uint64_t memory) {
      meters.push_back({item + kind + "vcpu", cpu});
      meters.push_back({item + kind + "memory", memory});
    };
    if (on_demand) add("fargate.", ran.cpu - ran.spot_cpu, ran.memory - ran.spot_memory);
    if (spot) add("fargate.spot_", ran.spot_cpu, ran.spot_memory);
    if (fleet.storage_gib > 20) {
      meters.push_back(
          {"fargate.ephemeral_storage_over_20gb", seconds * (fleet.storage_gib - 20) * 1024});
    }
    return meters;
  }
  meters.push_back({(fleet.spot ? "ec2.spot." : "ec2.on_demand.") + fleet.instance_type,
                    on_demand_seconds(fleet, span, all_seconds, ends, rules.hours_are_apart)});
  const auto elapsed = static_cast<std::uint64_t>(
      std::chrono::ceil<std::chrono::seconds>(std::min(now, span.end) - span.start).count());
  if (fleet.reserved_instances > 0) {
    meters.push_back(
        {"ec2.reserved_1y." + fleet.instance_type, elapsed * fleet.reserved_instances});
  }
  if (fleet.savings_plan > 0) meters.push_back({"ec2.savings_plan", elapsed * fleet.savings_plan});
  if (fleet.volume_gib == 0) return meters;
  const std::string volume = fleet.gp2 ? "ebs_gp2" : "ebs_gp3";
  meters.push_back({volume + ".storage", seconds * fleet.volume_gib * 1024});
  if (!fleet.gp2 && fleet.iops > 3000) {
    meters.push_back({"ebs_gp3.iops_over_3000", seconds * (fleet.iops - 3000)});
  }
  if (!fleet.gp2 && fleet.throughput > 125) {
    meters.push_back({"ebs_gp3.throughput_over_125", seconds * (fleet.throughput - 125)});
  }
  return meters;
}

std::int64_t amount(const std::string& item, std::uint64_t units, const Service& service) {
  const Price& price = price_of(item);
  const std::string usd = item == "external.requests" ? service.external.price : price.usd;
  Wide digits = 0, scale = 1;
  bool fraction = false;
  for (const char c : usd) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    digits = digits * 10 + (c - '0');
    if (fraction) scale *= 10;
  }
  if (item.find(kPlan) == 0) {
    digits *= 1000 - service.function.plan_permille;
    scale *= 1000;
  }
  return static_cast<std::int64_t>(
      half_to_even(Wide{units} * digits * 1'000'000'000, scale * price.meter_units));
}

std::string quantity(const std::string& item, std::uint64_t units) {
  const std::uint64_t per_unit = price_of(item).meter_units;
  std::string fraction;
  Wide decimals = half_to_even(Wide{units % per_unit} * 1'000'000'000'000'000, per_unit);
  const Wide whole =
      units / per_unit + static_cast<std::uint64_t>(decimals / 1'000'000'000'000'000);
  decimals %= 1'000'000'000'000'000;
  for (int i = 0; i < 15; ++i, decimals /= 10) {
    fraction.insert(fraction.begin(), static_cast<char>('0' + static_cast<int>(decimals % 10)));
  }
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(static_cast<std::uint64_t>(whole)) +
         (fraction.empty() ? "" : "." + fraction);
}

}  // namespace skyreplay::reference
