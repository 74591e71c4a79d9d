#include "balancing/zone_balance.h"

#include <algorithm>

namespace skyreplay::balancing {

std::optional<std::uint32_t> ZoneBalance::find(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - names_.begin());
}

ZoneBalance::Choice ZoneBalance::choose() {
  Choice choice;
  std::vector<bool> tried(names_.size(), false);
  for (std::size_t tries = 0; tries < names_.size(); ++tries) {
    std::optional<std::uint32_t> emptiest;
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
      const auto count = [this](std::uint32_t zone) { return members_[zone] + failed_[zone]; };
      if (!tried[i] && (!emptiest || count(i) < count(*emptiest))) emptiest = i;
    }
    if (has_capacity(*emptiest)) {
      choice.zone = emptiest;
      return choice;
    }
    choice.without_capacity.push_back(*emptiest);
    tried[*emptiest] = true;
    if (!balanced_only_) continue;
    ++failed_[*emptiest];
    return choice;
  }
  return choice;
}

std::optional<std::uint32_t> ZoneBalance::lagging(std::uint32_t surplus,
                                                  const std::vector<bool>& may_give) const {
  std::vector<std::uint32_t> members = members_;
  const auto fullest = [&] {
    std::optional<std::uint32_t> found;
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      if (may_give[i] && (!found || members[i] >= members[*found])) found = i;
    }
    return found;
  };
  for (; surplus > 0 && fullest() && members[*fullest()] > 0; --surplus) --members[*fullest()];
  std::optional<std::uint32_t> emptiest;
  for (std::uint32_t i = 0; i < members.size(); ++i) {
    if (!has_capacity(i)) continue;
    if (!emptiest || members[i] < members[*emptiest]) emptiest = i;
  }
  const std::optional<std::uint32_t> from = fullest();
  if (!emptiest || !from || members[*from] < members[*emptiest] + 2) return std::nullopt;
  return emptiest;
}

}  // namespace skyreplay::balancing
