#include "replay/result_digest.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <optional>

#include "core/check.h"

namespace skyreplay::replay {
namespace {

constexpr std::size_t kGroups = 5;

std::optional<std::size_t> group_of(Section section) {
  switch (section) {
    case Section::kHeader:
    case Section::kTable:
      return 0;
    case Section::kWindow:
      return 1;
    case Section::kActivities:
      return 2;
    case Section::kBill:
      return 3;
    case Section::kSummary:
    case Section::kSpans:
      return 4;
    case Section::kProvenance:
    case Section::kFooter:
      break;
  }
  return std::nullopt;
}

struct FreeState {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

}  // namespace

struct ResultDigest::State {
  std::array<std::unique_ptr<XXH3_state_t, FreeState>, kGroups> groups;
};

ResultDigest::ResultDigest() : state_(std::make_unique<State>()) {
  for (auto& group : state_->groups) {
    group.reset(XXH3_createState());
    SKY_CHECK(group != nullptr);
    XXH3_128bits_reset(group.get());
  }
}

ResultDigest::~ResultDigest() = default;

void ResultDigest::add(Section section, std::string_view payload) {
  const auto group = group_of(section);
  if (!group) return;
  std::array<unsigned char, 8> length;
  for (std::size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<unsigned char>(payload.size() >> (8 * i));
  }
  XXH3_state_t* state = state_->groups[*group].get();
  XXH3_128bits_update(state, length.data(), length.size());
  XXH3_128bits_update(state, payload.data(), payload.size());
}

std::string ResultDigest::hex() const {
  std::array<XXH128_canonical_t, kGroups> parts;
  for (std::size_t i = 0; i < kGroups; ++i) {
    XXH128_canonicalFromHash(&parts[i], XXH3_128bits_digest(state_->groups[i].get()));
  }
  const XXH128_hash_t hash = XXH3_128bits(parts.data(), sizeof(parts));
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace skyreplay::replay
