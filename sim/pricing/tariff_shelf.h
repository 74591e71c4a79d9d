#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "pricing/tariff.h"

namespace skyreplay::pricing {

/// Tariffs that are made when they are first asked for, and stay where they are. Safe to ask from
/// several threads.
class TariffShelf {
 public:
  /// The tariff of that line item and region, made by `make` where it is not there. O(log n).
  template <class Make>
  const Tariff& get(std::string_view line_item, std::string_view region, Make make) {
    const std::lock_guard lock(mutex_);
    const auto key = std::pair(std::string(line_item), std::string(region));
    const auto at = tariffs_.find(key);
    return at != tariffs_.end() ? at->second : tariffs_.emplace(key, make()).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Tariff> tariffs_;  ///< a map's elements never move
};

}  // namespace skyreplay::pricing
