#include "pricing/discounted_prices.h"

#include <fmt/format.h>

#include "core/check.h"
#include "core/error.h"
#include "pricing/on_demand_prices.h"

namespace skyreplay::pricing {

extern const std::string_view kEc2SavingsTsv;  // data/ec2_savings.tsv, embedded by the build
extern const std::string_view kEc2SpotTsv;     // data/ec2_spot.tsv

namespace {

/// "37.0" as thousandths; none where it is no percentage with at most one decimal.
std::optional<std::uint32_t> permille_of(std::string_view percent) {
  const auto value = Decimal::parse(percent);
  if (!value || value->scale() > 1) return std::nullopt;
  const std::int64_t thousandths = value->mantissa() * (value->scale() == 1 ? 1 : 10);
  if (thousandths > 1000) return std::nullopt;
  return static_cast<std::uint32_t>(thousandths);
}

std::string_view family_of(std::string_view instance_type) {
  return instance_type.substr(0, instance_type.find('.'));
}

Decimal on_demand_usd(std::string_view instance_type, std::string_view region) {
  const std::string item = fmt::format("{}{}", OnDemandPrices::kPrefix, instance_type);
  return OnDemandPrices::builtin().tariff(item, region).tiers()[0].usd;
}

Decimal less(Decimal usd, std::uint32_t permille) {
  const auto discounted = usd.less_permille(permille);
  SKY_CHECK(discounted);  // list prices have at most six decimals
  return *discounted;
}

}  // namespace

double monthly_interruptions(InterruptionBand band) {
  constexpr double kMiddle[] = {0.025, 0.075, 0.125, 0.175, 0.25};
  return kMiddle[static_cast<std::size_t>(band)];
}

DiscountedPrices::Savings DiscountedPrices::parse_savings(std::string_view cell) {
  Savings savings;
  std::string_view rest = cell;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t end = rest.find('/');
    const std::string_view figure = rest.substr(0, end);
    const bool is_last = end == std::string_view::npos;
    const auto permille = permille_of(figure);
    if ((!permille && figure != "-") || is_last != (i == 3)) {
      throw InputError(fmt::format(
          "'{}' are no savings; expected four percentages, such as 37.0/56.8/27.3/51.7", cell));
    }
    savings.permille[i / 2][i % 2] = permille;
    if (!is_last) rest.remove_prefix(end + 1);
  }
  return savings;
}

DiscountedPrices::SpotOffer DiscountedPrices::parse_spot(std::string_view cell) {
  const auto permille = permille_of(cell.substr(0, cell.size() - 1));
  const char band = cell.back();
  if (!permille || band < 'a' || band > 'e') {
    throw InputError(fmt::format(
        "'{}' is no Spot offer; expected a percentage and a band from a to e, such as 54b", cell));
  }
  return {*permille, static_cast<InterruptionBand>(band - 'a')};
}

DiscountedPrices::DiscountedPrices(std::string_view savings, const std::string& savings_file,
                                   std::string_view spot, const std::string& spot_file)
    : savings_(savings, savings_file, {.column = "family", .things = "families"},
               [](std::string_view cell, const auto&) { return parse_savings(cell); }),
      spot_(spot, spot_file, {.column = "instance_type", .things = "types"},
            [](std::string_view cell, const auto&) { return parse_spot(cell); }) {}

const DiscountedPrices& DiscountedPrices::builtin() {
  static const DiscountedPrices prices(kEc2SavingsTsv, "ec2_savings.tsv", kEc2SpotTsv,
                                       "ec2_spot.tsv");
  return prices;
}

bool DiscountedPrices::has(std::string_view line_item) {
  return line_item.starts_with(kSpot) || line_item.starts_with(kReserved1y) ||
         line_item.starts_with(kReserved3y);
}

std::uint32_t DiscountedPrices::permille(std::string_view instance_type, std::string_view region,
                                         Commitment commitment, Term term) const {
  const std::string_view family = family_of(instance_type);
  const Savings* const found = savings_.find(family, region);
  const auto permille =
      found == nullptr
          ? std::nullopt
          : found->permille[static_cast<std::size_t>(commitment)][static_cast<std::size_t>(term)];
  if (permille) return *permille;
  const auto* const row = savings_.row(family);
  throw InputError(fmt::format(
      "no {} price for {} year{} of the family {} in {} is known{}",
      commitment == Commitment::kStandard ? "Reserved Instance" : "Compute Savings Plan",
      term == Term::kOneYear ? "1" : "3", term == Term::kOneYear ? "" : "s", family, region,
      row == nullptr || found != nullptr ? std::string() : savings_.known_in(*row)));
}

const DiscountedPrices::SpotOffer& DiscountedPrices::spot_offer(std::string_view instance_type,
                                                                std::string_view region) const {
  if (const SpotOffer* const found = spot_.find(instance_type, region)) return *found;
  const auto* const row = spot_.row(instance_type);
  throw InputError(fmt::format("no Spot price of {} in {} is known{}", instance_type, region,
                               row == nullptr ? std::string() : spot_.known_in(*row)));
}

DiscountedPrices::Discounted DiscountedPrices::discounted(std::string_view line_item,
                                                          std::string_view region) const {
  if (line_item.starts_with(kSpot)) {
    const std::string_view type = line_item.substr(kSpot.size());
    const SpotOffer& offer = spot_offer(type, region);
    return {less(on_demand_usd(type, region), offer.permille), &spot_.sources().at(0)};
  }
  const bool one_year = line_item.starts_with(kReserved1y);
  const Term term = one_year ? Term::kOneYear : Term::kThreeYears;
  const std::string_view type = line_item.substr(kReserved1y.size());
  return {committed_usd(type, region, Commitment::kStandard, term), &savings_.sources().at(0)};
}

const Tariff& DiscountedPrices::tariff(std::string_view line_item, std::string_view region) const {
  SKY_CHECK(has(line_item));
  return shelf_.get(line_item, region, [&] {
    const Discounted price = discounted(line_item, region);
    return Tariff(std::string(line_item), std::string(region), "hour",
                  {{.usd = price.usd, .source = price.source->name, .as_of = price.source->as_of}});
  });
}

Decimal DiscountedPrices::committed_usd(std::string_view instance_type, std::string_view region,
                                        Commitment commitment, Term term) const {
  return less(on_demand_usd(instance_type, region),
              permille(instance_type, region, commitment, term));
}

InterruptionBand DiscountedPrices::interruption_band(std::string_view instance_type,
                                                     std::string_view region) const {
  return spot_offer(instance_type, region).band;
}

}  // namespace skyreplay::pricing
