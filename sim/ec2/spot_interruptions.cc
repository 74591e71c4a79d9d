#include "ec2/spot_interruptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ec2/auto_scaling_group.h"

namespace skyreplay::ec2 {
namespace {

constexpr Duration kNoticeTime = std::chrono::minutes{2};  // E39

}  // namespace

SpotInterruptions::SpotInterruptions(kernel::Loop& loop, AutoScalingGroup& group, SpotConfig config,
                                     std::uint64_t seed, const std::string& entity)
    : loop_(loop),
      group_(group),
      config_(std::move(config)),
      process_(loop.add(*this)),
      gap_(Distribution::Exponential{config_.time_between_shocks.value_or(Duration{1})}),
      spread_(Distribution::Uniform{Duration{}, config_.shock_spread}),
      hits_(seed, entity, "interruption") {
  for (std::uint32_t zone = 0; zone < config_.zones.size(); ++zone) {
    const std::string pool = "pools." + config_.zones[zone] + "." + config_.instance_type;
    pools_.push_back({.gaps = {seed, pool, "shock"}});
    if (config_.time_between_shocks) schedule_shock(zone);
  }
  follow_prices();
}

void SpotInterruptions::schedule_shock(std::uint32_t zone) {
  RandomEngine draw = pools_[zone].gaps.at(pools_[zone].shocks);
  const Duration gap = gap_.sample(draw);
  if (gap < kEndOfTime - loop_.now()) loop_.schedule(loop_.now() + gap, process_, kShock, zone);
}

void SpotInterruptions::fire(const kernel::Event& event) {
  if (event.kind == kShock) return shock(event.payload);
  if (event.kind == kPrice) return price_changed();
  const auto member = group_.member(event.payload);
  if (!member || member->ordinal != event.tag) return;  // gone meanwhile
  if (event.kind == kReclaim) return group_.reclaim(event.payload);
  group_.rebalance(event.payload);
  if (event.kind == kNotice) return give_notice(event.payload, event.tag);
  warn(event.payload, event.tag, kNotice, loop_.now() + config_.recommendation_lead);
}

/// In the order of their launches.
std::vector<SpotInterruptions::Instance> SpotInterruptions::all() const {
  std::vector<Instance> instances;
  group_.for_each_member([&](std::uint32_t member, const balancing::Fleet::MemberState& state) {
    const bool serves = state.serves_since != kEndOfTime && !state.is_draining;
    instances.push_back({member, state.ordinal, state.serves_since, state.zone, serves});
  });
  std::sort(instances.begin(), instances.end(),
            [](const Instance& a, const Instance& b) { return a.ordinal < b.ordinal; });
  return instances;
}

std::vector<SpotInterruptions::Instance> SpotInterruptions::in_service() const {
  std::vector<Instance> instances = all();
  std::erase_if(instances, [](const Instance& instance) { return !instance.serves; });
  return instances;
}

void SpotInterruptions::shock(std::uint32_t zone) {
  const std::uint64_t number = pools_[zone].shocks++;
  std::uint32_t there = 0;
  std::uint32_t taken = 0;
  for (const Instance& instance : in_service()) {
    if (instance.zone != zone) continue;
    ++there;
    if (instance.serves_since + config_.reliable_time > loop_.now()) continue;
    RandomEngine draw = hits_.at(instance.ordinal, number, zone);
    if (draw.uniform() >= config_.shock_share) continue;
    ++taken;
    warn(instance.member, instance.ordinal, kRecommendation, loop_.now() + spread_.sample(draw));
  }
  if (there > 0) {
    group_.note("spot", fmt::format("EC2 needs Spot capacity of {} in {} back: {} of {} instances",
                                    config_.instance_type, config_.zones[zone], taken, there));
  }
  schedule_shock(zone);
}

void SpotInterruptions::warn(std::uint32_t member, std::uint32_t ordinal, Kind kind, TimePoint at) {
  loop_.schedule(at, process_, kind, member, ordinal);
}

void SpotInterruptions::give_notice(std::uint32_t member, std::uint32_t ordinal) {
  group_.note("spot", fmt::format("instance {} in {}: EC2 Spot Instance interruption notice, to be "
                                  "reclaimed in 2m",
                                  ordinal, config_.zones[group_.member(member)->zone]));
  warn(member, ordinal, kReclaim, loop_.now() + kNoticeTime);
}

void SpotInterruptions::interrupt(double share) {
  std::vector<Instance> oldest = in_service();
  const std::size_t all = oldest.size();
  oldest.resize(static_cast<std::size_t>(share * static_cast<double>(all) + 0.5));
  group_.note("fault", fmt::format("faults: {} of {} Spot Instances in service are interrupted",
                                   oldest.size(), all));
  for (const Instance& instance : oldest) {
    group_.rebalance(instance.member);
    give_notice(instance.member, instance.ordinal);
  }
}

// --- The price and its maximum (E36)

void SpotInterruptions::follow_prices() {
  while (next_price_ < config_.prices.size() && config_.prices[next_price_].from <= loop_.now()) {
    is_above_maximum_ = config_.prices[next_price_++].is_above_maximum;
  }
  if (is_above_maximum_) group_.withhold_capacity();
  schedule_price();
}

void SpotInterruptions::schedule_price() {
  if (next_price_ == config_.prices.size()) return;
  loop_.schedule(config_.prices[next_price_].from, process_, kPrice, 0);
}

void SpotInterruptions::price_changed() {
  const SpotPriceStep& price = config_.prices[next_price_++];
  schedule_price();
  if (price.is_above_maximum == std::exchange(is_above_maximum_, price.is_above_maximum)) return;
  group_.note("spot", fmt::format("the Spot price of {} is {}, {} the maximum price of {}",
                                  config_.instance_type, price.usd,
                                  is_above_maximum_ ? "above" : "not above", config_.max_price));
  if (!is_above_maximum_) return group_.offer_capacity();
  group_.withhold_capacity();
  for (const Instance& instance : all()) give_notice(instance.member, instance.ordinal);
}

std::string SpotInterruptions::too_dear() const {
  if (!is_above_maximum_) return "";
  return fmt::format(
      "SpotMaxPriceTooLow: the Spot request price of {} is lower than the Spot "
      "price of {}",
      config_.max_price, config_.prices[next_price_ - 1].usd);
}

}  // namespace skyreplay::ec2
