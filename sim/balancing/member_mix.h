#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace skyreplay::balancing {

/// Which kinds of members a fleet has, and how many of each: capacity providers of a service
/// (C71 to C73). A fleet of one kind has all of it.
///
/// The first `base` members are of the kind that has one; the others are split by weight. Fractions
/// are ours, as AWS does not say (C72): a launch goes to the kind that is farthest below its share
/// of all there are then, the first of equals; who goes is of the kind that is farthest above its
/// share of those that stay, the last of equals. **Cost** O(kinds).
class MemberMix {
 public:
  struct Share {
    std::uint32_t base = 0;
    std::uint32_t weight = 1;
  };

  MemberMix() : MemberMix({Share{}}) {}
  /// REQUIRES a weight or a base above 0, and a base of at most one.
  explicit MemberMix(std::vector<Share> shares) : shares_(std::move(shares)) {}

  std::uint32_t kinds() const { return static_cast<std::uint32_t>(shares_.size()); }
  /// The kind of the next launch, of so many members by kind.
  std::uint32_t next(const std::vector<std::uint32_t>& members) const;
  /// The kind of which one goes next. REQUIRES a member.
  std::uint32_t first_to_go(const std::vector<std::uint32_t>& members) const;

 private:
  /// How far a kind is above its share of `total` members, times the sum of the weights.
  std::int64_t excess(std::uint32_t kind, std::uint32_t of_it, std::uint32_t total) const;

  std::vector<Share> shares_;
};

}  // namespace skyreplay::balancing
