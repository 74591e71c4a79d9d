#include "pricing/instance_meter.h"

#include <fmt/format.h>

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
    : time_(span, kMinimum, purchase.spot ? Duration{kFreeIfInterrupted} : Duration{}),
      purchase_(purchase),
      item_(meters.add_item(running_tariff(catalogue, instance_type, region, purchase))) {
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
  if (reserved_item_ + plan_item_ > 0) covered_.emplace(coverage, span);
}

void InstanceMeter::interrupt(RunningId id, TimePoint at) {
  SKY_CHECK(purchase_.spot);
  time_.interrupt(id, at);
}

void InstanceMeter::read(TimePoint now, Meters& meters) {
  const std::uint64_t seconds = time_.at(now);
  if (!covered_) return meters.advance_to(item_, seconds);
  covered_->read(now, seconds);
  meters.advance_to(item_, covered_->seconds().on_demand);
  const std::uint64_t elapsed = covered_->elapsed(now);
  if (reserved_item_ > 0) meters.advance_to(reserved_item_, elapsed * purchase_.reserved_instances);
  if (plan_item_ > 0) meters.advance_to(plan_item_, elapsed * purchase_.savings_plan_micro_usd);
}

std::optional<CoveredSeconds> InstanceMeter::covered() const {
  return covered_ ? std::optional(covered_->seconds()) : std::nullopt;
}

}  // namespace skyreplay::pricing
