#include "pricing/instance_meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "pricing/on_demand_prices.h"

namespace skyreplay::pricing {
namespace {

constexpr std::chrono::seconds kMinimum{60};         // E138
constexpr std::chrono::hours kFreeIfInterrupted{1};  // E41
constexpr std::string_view kSavingsPlan = "ec2.savings_plan";

/// Exact: list prices have at most twelve decimals.
PicoUsd pico_usd(Decimal usd) {
  SKY_CHECK(usd.scale() <= 12);
  auto pico = static_cast<std::uint64_t>(usd.mantissa());
  for (int i = usd.scale(); i < 12; ++i) pico *= 10;
  return PicoUsd{pico};
}

const Tariff& running_tariff(const Catalogue& catalogue, std::string_view type,
                             std::string_view region, const Purchase& purchase) {
  if (purchase.spot_tariff != nullptr) return *purchase.spot_tariff;
  const std::string_view prefix = purchase.spot ? DiscountedPrices::kSpot : OnDemandPrices::kPrefix;
  return catalogue.tariff(fmt::format("{}{}", prefix, type), region);
}

std::vector<TimePoint> changes_of(const Purchase& purchase) {
  std::vector<TimePoint> changes;
  if (purchase.spot_changes == nullptr) return changes;
  for (const auto& [at, tariff] : *purchase.spot_changes) changes.push_back(at);
  return changes;
}

/// A Savings Plan's commitment costs what it is, used or not.
const Tariff& savings_plan_tariff() {
  static const Tariff tariff(std::string(kSavingsPlan), "*", "USD",
                             {{.usd = *Decimal::parse("1"), .source = "the commitment itself"}});
  return tariff;
}

}  // namespace

InstanceMeter::InstanceMeter(const Catalogue& catalogue, std::string_view instance_type,
                             std::string_view region, BilledSpan span, Meters& meters,
                             const Purchase& purchase)
    : time_(span, kMinimum, purchase.spot ? Duration{kFreeIfInterrupted} : Duration{},
            changes_of(purchase)),
      purchase_(purchase),
      item_(meters.add_item(running_tariff(catalogue, instance_type, region, purchase))) {
  if (purchase.spot_changes != nullptr) {
    for (const auto& [at, tariff] : *purchase.spot_changes) {
      changed_items_.push_back(meters.add_item(tariff));
    }
  }
  Coverage coverage{.reserved_instances = purchase.reserved_instances};
  if (purchase.reserved_instances > 0) {
    const std::string_view prefix = purchase.reserved_term == Term::kOneYear
                                        ? DiscountedPrices::kReserved1y
                                        : DiscountedPrices::kReserved3y;
    reserved_item_ =
        meters.add_item(catalogue.tariff(fmt::format("{}{}", prefix, instance_type), region));
  }
  if (purchase.savings_plan_micro_usd > 0) {
    coverage.commitment = PicoUsd{purchase.savings_plan_micro_usd * 1'000'000};
    coverage.plan_price = pico_usd(DiscountedPrices::builtin().committed_usd(
        instance_type, region, purchase.savings_plan, purchase.savings_plan_term));
    plan_item_ = meters.add_item(savings_plan_tariff());
  }
  coverage_ = coverage;
  if (reserved_item_ + plan_item_ > 0) covered_.emplace(coverage, span);
}

void InstanceMeter::interrupt(RunningId id, TimePoint at) {
  SKY_CHECK(purchase_.spot);
  time_.interrupt(id, at);
}

void InstanceMeter::read(TimePoint now, Meters& meters) {
  if (!covered_) {
    const std::vector<std::uint64_t> seconds = time_.by_price(now);
    meters.advance_to(item_, seconds[0]);
    for (std::size_t i = 0; i < changed_items_.size(); ++i) {
      meters.advance_to(changed_items_[i], seconds[i + 1]);
    }
    return;
  }
  const std::uint64_t seconds = time_.at(now);
  covered_->read(now, seconds);
  read_until_ = now;
  meters.advance_to(item_, covered_->seconds().on_demand);
  const std::uint64_t elapsed = covered_->elapsed(now);
  if (reserved_item_ > 0) meters.advance_to(reserved_item_, elapsed * purchase_.reserved_instances);
  if (plan_item_ > 0) meters.advance_to(plan_item_, elapsed * purchase_.savings_plan_micro_usd);
}

std::optional<CoveredSeconds> InstanceMeter::covered() const {
  return covered_ ? std::optional(covered_->seconds()) : std::nullopt;
}

std::vector<CommitmentUse> InstanceMeter::commitments() const {
  std::vector<CommitmentUse> uses;
  if (!covered_) return uses;
  const CoveredSeconds of = covered_->seconds();
  const auto elapsed = static_cast<double>(covered_->elapsed(read_until_));
  const auto ran = static_cast<double>(of.reserved + of.plan + of.on_demand);
  const auto add = [&](std::string what, double could, std::uint64_t seconds) {
    const auto used = static_cast<double>(seconds);
    uses.push_back({.what = std::move(what),
                    .hours = could / 3600,
                    .unused_hours = std::max(0.0, could - used) / 3600,
                    .used_percent = could > 0 ? used / could * 100 : 0,
                    .covered_percent = ran > 0 ? used / ran * 100 : 0});
  };
  const auto years = [](Term term) { return term == Term::kOneYear ? "1 year" : "3 years"; };
  if (reserved_item_ > 0) {
    const std::uint32_t count = purchase_.reserved_instances;
    add(fmt::format("{} Reserved Instance{} for {} {}", count, count == 1 ? "" : "s",
                    years(purchase_.reserved_term), count == 1 ? "is" : "are"),
        elapsed * count, of.reserved);
  }
  if (plan_item_ > 0) {
    const double instances = static_cast<double>(static_cast<std::uint64_t>(coverage_.commitment)) /
                             static_cast<double>(static_cast<std::uint64_t>(coverage_.plan_price));
    add(fmt::format("a Savings Plan of {} USD an hour for {} is",
                    static_cast<double>(purchase_.savings_plan_micro_usd) / 1e6,
                    years(purchase_.savings_plan_term)),
        elapsed * instances, of.plan);
  }
  return uses;
}

}  // namespace skyreplay::pricing
