#pragma once

#include <cstdint>
#include <string_view>

#include "pricing/billed_time.h"
#include "pricing/catalogue.h"
#include "pricing/meters.h"

namespace skyreplay::pricing {

/// An EBS volume as it is provisioned.
struct Volume {
  enum class Type : std::uint8_t { kGp2, kGp3 };

  Type type = Type::kGp3;
  std::uint32_t size_gib = 0;
  std::uint32_t iops = 3000;             ///< gp3 only: 3,000 are included
  std::uint32_t throughput_mibps = 125;  ///< gp3 only: 125 MiB/s are included
};

/// Meters the EBS volumes of one kind (E140): storage and, of gp3, IOPS above 3,000 and throughput
/// above 125 MiB/s, from a volume's creation to its deletion whatever its instance does, by the
/// second, at least 60 s a volume. A month has 730 hours, as everywhere in the bill.
class VolumeMeter {
 public:
  /// Adds "ebs_gp3.storage" (or ebs_gp2) to `meters`, and "ebs_gp3.iops_over_3000" and
  /// "ebs_gp3.throughput_over_125" for volumes that have more. Throws InputError where a price in
  /// `region` is not known.
  VolumeMeter(const Catalogue& catalogue, const Volume& volume, std::string_view region,
              BilledSpan span, Meters& meters);

  RunningId create(TimePoint at) { return time_.start(at); }
  void remove(RunningId id, TimePoint at) { time_.end(id, at); }

  /// Brings `meters` up to `now`: MiB x s, IOPS x s and MiB/s x s. Cost: O(volumes).
  void read(TimePoint now, Meters& meters) const;

 private:
  /// One line item, and how many of its units a volume has.
  struct Item {
    std::uint32_t index;
    std::uint64_t units;
  };

  BilledTime time_;
  std::vector<Item> items_;
};

}  // namespace skyreplay::pricing
