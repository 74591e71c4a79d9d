#include "scenario/resolve_spot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "pricing/discounted_prices.h"
#include "pricing/money.h"
#include "pricing/on_demand_prices.h"
#include "scenario/defaults.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

constexpr double kMonth = 730 * 3600;  // s
constexpr double kLongest = 36'500.0 * 86'400;

class SpotResolver {
 public:
  SpotResolver(proto::AutoScalingGroup& group, const std::string& region, const std::string& path,
               const Places& places, Mistakes& mistakes)
      : group_(group), region_(region), path_(path), places_(places), mistakes_(mistakes) {}

  void run() {
    if (!group_.has_instance_market_options()) return refuse_what_is_spots();
    refuse_commitments();
    proto::SpotAssumed& spot = *group_.mutable_assumed()->mutable_spot();
    fill_defaults(spot, path_ + ".assumed.spot", places_, mistakes_);
    max_price(*group_.mutable_instance_market_options()->mutable_spot_options());
    price(spot);
    price_changes(spot);
    if (!spot.has_interruption_rate()) interruption_rate(spot);
    if (!spot.has_time_between_shocks() && spot.interruption_rate() > 0) shocks(spot);
  }

 private:
  void mistake(const std::string& field, const std::string& text) {
    const std::string path = path_ + "." + field;
    mistakes_.add(places_.near(path), path, text);
  }

  void refuse_what_is_spots() {
    constexpr const char* kText =
        "is for Spot Instances: give instance_market_options: {market_type: spot} as well";
    if (group_.assumed().has_spot()) mistake("assumed.spot", kText);
    if (group_.capacity_rebalance()) mistake("capacity_rebalance", kText);
  }

  void refuse_commitments() {
    constexpr const char* kText = "does not pay for Spot Instances";
    if (group_.has_reserved_instances()) mistake("reserved_instances", kText);
    if (group_.has_savings_plan()) mistake("savings_plan", kText);
  }

  /// E36.
  void max_price(proto::SpotOptions& options) {
    if (options.has_max_price()) {
      if (pricing::Decimal::parse(options.max_price())) return;
      return mistake("instance_market_options.spot_options.max_price",
                     fmt::format("must be a decimal number of USD such as 0.0323, not {}",
                                 in_quotes(options.max_price())));
    }
    try {
      const std::string item =
          std::string(pricing::OnDemandPrices::kPrefix) + group_.instance_type();
      const pricing::Tariff& tariff = pricing::OnDemandPrices::builtin().tariff(item, region_);
      options.set_max_price(tariff.tiers().front().usd.to_string());
    } catch (const InputError&) {
      return;  // reported with the type
    }
  }

  void price(const proto::SpotAssumed& spot) {
    const std::string& type = group_.instance_type();
    if (spot.has_price()) {
      if (pricing::Decimal::parse(spot.price())) return;
      mistake("assumed.spot.price",
              fmt::format("must be a decimal number of USD such as 0.0323, not {}",
                          in_quotes(spot.price())));
      return;
    }
    try {
      pricing::DiscountedPrices::builtin().tariff(
          std::string(pricing::DiscountedPrices::kSpot) + type, region_);
    } catch (const InputError& error) {
      mistake("instance_market_options", fmt::format("{}; give assumed.spot.price", error.what()));
    }
  }

  /// E146. Decimals, in order of time: of instants among themselves and of offsets, for only a run
  /// knows the trace's start.
  void price_changes(const proto::SpotAssumed& spot) {
    constexpr int kMost = 1'000;
    if (spot.price_changes_size() > kMost) {
      return mistake("assumed.spot.price_changes",
                     "must be at most 1,000: each is a line of bills");
    }
    const proto::Moment* before = nullptr;
    for (int i = 0; i < spot.price_changes_size(); ++i) {
      const proto::SpotPrice& change = spot.price_changes(i);
      const std::string path =
          join_index("assumed.spot.price_changes", static_cast<std::size_t>(i));
      if (mistakes_.below(path_ + "." + path)) return;
      if (!pricing::Decimal::parse(change.price())) {
        mistake(path + ".price",
                fmt::format("must be a decimal number of USD such as 0.0323, not {}",
                            in_quotes(change.price())));
      }
      if (before != nullptr && before->when_case() != change.at().when_case()) {
        mistake(path + ".at", "must be an offset or an instant, as that of the change before it");
      } else if (before != nullptr && ns_of(*before) >= ns_of(change.at())) {
        mistake(path + ".at", "must be later than that of the change before it");
      }
      before = &change.at();
    }
  }
  static std::int64_t ns_of(const proto::Moment& moment) {
    return moment.has_offset_ns() ? moment.offset_ns() : moment.instant_ns();
  }

  /// E42.
  void interruption_rate(proto::SpotAssumed& spot) {
    try {
      spot.set_interruption_rate(pricing::monthly_interruptions(
          pricing::DiscountedPrices::builtin().interruption_band(group_.instance_type(), region_)));
    } catch (const InputError& error) {
      mistake("instance_market_options",
              fmt::format("{}; give assumed.spot.interruption_rate", error.what()));
    }
  }

  /// E42, E43: an instance's rate is -ln(1 - p) a month, a pool's as much more as a shock takes
  /// less.
  static void shocks(proto::SpotAssumed& spot) {
    const double mean = kMonth * spot.shock_share() / -std::log1p(-spot.interruption_rate());
    const double seconds = std::clamp(std::round(mean), 1.0, kLongest);
    spot.mutable_time_between_shocks()->set_ns(static_cast<std::int64_t>(seconds) *
                                               std::int64_t{1'000'000'000});
  }

  proto::AutoScalingGroup& group_;
  const std::string& region_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace

void resolve_spot(proto::AutoScalingGroup& group, const std::string& region,
                  const std::string& path, const Places& places, Mistakes& mistakes) {
  SpotResolver(group, region, path, places, mistakes).run();
}

}  // namespace skyreplay::scenario
