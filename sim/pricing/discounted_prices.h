#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pricing/region_table.h"
#include "pricing/tariff.h"
#include "pricing/tariff_shelf.h"

namespace skyreplay::pricing {

/// For how long one commits oneself.
enum class Term : std::uint8_t { kOneYear, kThreeYears };

/// How freely a commitment may be used (E143). A standard Reserved Instance and an EC2 Instance
/// Savings Plan belong to a family in a region, a Compute Savings Plan to nothing: the more it may
/// be used for, the less it saves.
enum class Commitment : std::uint8_t { kStandard, kConvertible };

/// How often Spot instances of a type are interrupted: the share of them in a month, as AWS
/// publishes it, in bands.
enum class InterruptionBand : std::uint8_t { kBelow5, k5To10, k10To15, k15To20, kAbove20 };

/// What of a band's instances is interrupted in a month. ASSUMED within the band: its middle, and
/// 25 % for the open one.
double monthly_interruptions(InterruptionBand band);

/// What EC2 instances cost below their on-demand price, without upfront payment: Reserved Instances
/// and Savings Plans (E143), and Spot at its typical price (E41, E146). Line items are
/// "ec2.reserved_1y.TYPE", "ec2.reserved_3y.TYPE" and "ec2.spot.TYPE", sold by the hour and metered
/// in instance-seconds. Each is the on-demand price less a published percentage, exactly.
class DiscountedPrices {
 public:
  static constexpr std::string_view kSpot = "ec2.spot.";
  static constexpr std::string_view kReserved1y = "ec2.reserved_1y.";
  static constexpr std::string_view kReserved3y = "ec2.reserved_3y.";

  /// What is compiled into the program (data/ec2_savings.tsv, data/ec2_spot.tsv).
  static const DiscountedPrices& builtin();

  /// Reads tab-separated text in the form of those files. Throws InputError with file, line and
  /// column for every cell that cannot be right, all at once.
  DiscountedPrices(std::string_view savings, const std::string& savings_file, std::string_view spot,
                   const std::string& spot_file);

  /// Whether a line item is one of these.
  static bool has(std::string_view line_item);
  /// The tariff of a line item in a region; it lives as long as this object. Throws InputError
  /// naming both where no such price is known. REQUIRES has(line_item).
  const Tariff& tariff(std::string_view line_item, std::string_view region) const;

  /// USD per hour of an instance under a commitment. Throws InputError where it is not known.
  Decimal committed_usd(std::string_view instance_type, std::string_view region,
                        Commitment commitment, Term term) const;
  /// Throws InputError where it is not known.
  InterruptionBand interruption_band(std::string_view instance_type, std::string_view region) const;

 private:
  /// Thousandths below the on-demand price, by commitment and term; none where not known.
  struct Savings {
    std::optional<std::uint32_t> permille[2][2];
  };
  struct SpotOffer {
    std::uint32_t permille = 0;
    InterruptionBand band = InterruptionBand::kBelow5;
  };
  struct Discounted {
    Decimal usd;
    const TableSource* source;
  };

  static Savings parse_savings(std::string_view cell);
  static SpotOffer parse_spot(std::string_view cell);
  Discounted discounted(std::string_view line_item, std::string_view region) const;
  const SpotOffer& spot_offer(std::string_view instance_type, std::string_view region) const;
  std::uint32_t permille(std::string_view instance_type, std::string_view region,
                         Commitment commitment, Term term) const;

  RegionTable<Savings> savings_;  ///< by family
  RegionTable<SpotOffer> spot_;   ///< by instance type
  mutable TariffShelf shelf_;
};

}  // namespace skyreplay::pricing
