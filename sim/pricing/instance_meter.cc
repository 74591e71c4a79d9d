#include "pricing/instance_meter.h"

#include <fmt/format.h>

#include "pricing/on_demand_prices.h"

namespace skyreplay::pricing {
namespace {

constexpr std::chrono::seconds kMinimum{60};  // E138

}  // namespace

InstanceMeter::InstanceMeter(const Catalogue& catalogue, std::string_view instance_type,
                             std::string_view region, BilledSpan span, Meters& meters)
    : time_(span, kMinimum),
      item_(meters.add_item(
          catalogue.tariff(fmt::format("{}{}", OnDemandPrices::kPrefix, instance_type), region))) {}

}  // namespace skyreplay::pricing
