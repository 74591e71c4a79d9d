#include "pricing/volume_meter.h"

namespace skyreplay::pricing {
namespace {

constexpr std::chrono::seconds kMinimum{60};  // E140
constexpr std::uint32_t kIncludedIops = 3000;
constexpr std::uint32_t kIncludedMibps = 125;
constexpr std::uint64_t kMibPerGib = 1024;

}  // namespace

VolumeMeter::VolumeMeter(const Catalogue& catalogue, const Volume& volume, std::string_view region,
                         BilledSpan span, Meters& meters)
    : time_(span, kMinimum) {
  const auto add = [&](std::string_view line_item, std::uint64_t units) {
    items_.push_back({meters.add_item(catalogue.tariff(line_item, region)), units});
  };
  const bool gp3 = volume.type == Volume::Type::kGp3;
  add(gp3 ? "ebs_gp3.storage" : "ebs_gp2.storage", volume.size_gib * kMibPerGib);
  if (gp3 && volume.iops > kIncludedIops)
    add("ebs_gp3.iops_over_3000", volume.iops - kIncludedIops);
  if (gp3 && volume.throughput_mibps > kIncludedMibps)
    add("ebs_gp3.throughput_over_125", volume.throughput_mibps - kIncludedMibps);
}

void VolumeMeter::read(TimePoint now, Meters& meters) const {
  const std::uint64_t seconds = time_.at(now);
  for (const Item& item : items_) meters.advance_to(item.index, seconds * item.units);
}

}  // namespace skyreplay::pricing
