#include "ecs/cluster_share.h"

#include <algorithm>

#include "ecs/cluster.h"

namespace skyreplay::ecs {
namespace {

/// Two groups may each have a Spot price of their own.
bool are_alike(const pricing::Tariff& a, const pricing::Tariff& b) {
  return a.line_item() == b.line_item() &&
         a.tiers().front().usd.to_string() == b.tiers().front().usd.to_string();
}

}  // namespace

ClusterShare::ClusterShare(Cluster& cluster, std::uint32_t tenant, pricing::Meters& meters)
    : cluster_(cluster), tenant_(tenant), first_(meters.size()) {
  for (std::uint32_t provider = 0; provider < cluster.providers(); ++provider) {
    const pricing::Meters& whole = cluster.whole(provider);
    for (std::uint32_t item = 0; item < whole.size(); ++item) {
      std::uint32_t own = first_;
      while (own < meters.size() && !are_alike(meters.tariff(own), whole.tariff(item))) ++own;
      // Of one group they are what they are there, whatever else has the same price.
      if (own == meters.size() || provider == 0) own = meters.add_item(whole.tariff(item));
      items_.push_back({.provider = provider, .of_whole = item, .own = own});
    }
  }
  sum_.resize(meters.size() - first_);
}

void ClusterShare::read(TimePoint until, pricing::Meters& meters) {
  std::fill(sum_.begin(), sum_.end(), 0);
  for (const Item& item : items_) {
    sum_[item.own - first_] += cluster_.part(item.provider, tenant_, item.of_whole, until);
  }
  for (std::uint32_t i = 0; i < sum_.size(); ++i) meters.advance_to(first_ + i, sum_[i]);
}

}  // namespace skyreplay::ecs
