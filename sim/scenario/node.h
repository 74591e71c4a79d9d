#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenario/mistakes.h"

namespace skyreplay::scenario {

struct Entry;

/// What a user wrote, before it means anything: the tree of a YAML document with positions.
struct SourceNode {
  enum class Kind {
    kEmpty,   ///< nothing where a value should be
    kNull,    ///< `null` or `~`: the field is left unset
    kScalar,  ///< a value in one word
    kList,
    kMap,
    kBroken,  ///< a mistake was reported here; say nothing more
  };

  Kind kind = Kind::kEmpty;
  Place place;
  bool is_quoted = false;      ///< of a scalar: "5" is text, 5 a number
  std::string scalar;          ///< of a scalar
  std::vector<Entry> entries;  ///< of a list (keys empty) or a map
};

/// A list's element or a map's entry.
struct Entry {
  std::string key;
  Place key_place;
  SourceNode value;
};

/// The entry with this key, or nullptr. Cost: linear.
inline Entry* find(SourceNode& map, std::string_view key) {
  for (Entry& entry : map.entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

/// "a map", "a list", "'abc'": how a message names what was found.
std::string describe(const SourceNode& node);

/// Deepest nesting and most nodes of a document.
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 1'000'000;

/// Reads one YAML (or JSON) document. Refused with their positions: bytes that are not UTF-8,
/// control characters, duplicate keys, anchors and aliases, tags, a second document, nesting above
/// kMaxDepth, more than kMaxNodes nodes. Mistakes go to `mistakes` under `source`; where the text
/// cannot be read on, throws InputError through it.
SourceNode read_yaml(std::string_view text, std::uint32_t source, Mistakes& mistakes);

}  // namespace skyreplay::scenario
