#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace skyreplay::balancing {

/// Which zone a fleet launches in: how many members each has, and which have capacity.
///
/// A launch belongs to the zone with the fewest members, the first of equals. Where that has no
/// capacity it is made in the next that has (best effort), or fails there (balanced only; E20).
/// **Cost** O(zones).
class ZoneBalance {
 public:
  /// REQUIRES names not empty.
  ZoneBalance(std::vector<std::string> names, bool balanced_only)
      : names_(std::move(names)),
        balanced_only_(balanced_only),
        members_(names_.size(), 0),
        failed_(names_.size(), 0),
        closed_(names_.size(), 0) {}

  const std::string& name(std::uint32_t zone) const { return names_[zone]; }
  /// The zone of that name, if there is one.
  std::optional<std::uint32_t> find(const std::string& name) const;
  std::uint32_t members(std::uint32_t zone) const { return members_[zone]; }
  void add(std::uint32_t zone) { ++members_[zone]; }
  void remove(std::uint32_t zone) { --members_[zone]; }

  /// The zone has no capacity, until it was opened as often as closed. REQUIRES closed before.
  void close(std::uint32_t zone) {
    ++closed_[zone];
    was_always_open_ = false;
  }
  void open(std::uint32_t zone) { --closed_[zone]; }
  bool has_capacity(std::uint32_t zone) const { return closed_[zone] == 0; }
  bool was_always_open() const { return was_always_open_; }

  /// Launches are tried from here on: what has failed before counts no more.
  void begin_round() { failed_.assign(failed_.size(), 0); }
  struct Choice {
    std::optional<std::uint32_t> zone;  ///< none: the launch fails
    std::vector<std::uint32_t> without_capacity;
  };
  /// Where the next launch goes. One that fails under balanced only counts where it belongs for the
  /// rest of the round.
  Choice choose();

  /// E21: the zone that a member should be launched in because another zone with a member that may
  /// go (`may_give[zone]`) has two more or above; what is above desired capacity already, `surplus`
  /// members, is taken to go from the fullest zones.
  std::optional<std::uint32_t> lagging(std::uint32_t surplus,
                                       const std::vector<bool>& may_give) const;

 private:
  std::vector<std::string> names_;
  bool balanced_only_;
  std::vector<std::uint32_t> members_;  ///< by zone
  std::vector<std::uint32_t> failed_;   ///< of the round
  std::vector<std::uint32_t> closed_;   ///< how often, by zone
  bool was_always_open_ = true;
};

}  // namespace skyreplay::balancing
