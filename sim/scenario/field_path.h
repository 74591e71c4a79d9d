#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/node.h"

namespace skyreplay::scenario {

/// One step of a field path.
struct PathStep {
  enum class Kind {
    kName,   ///< a field or a map's key
    kIndex,  ///< [0]: a list's element
    kWhere,  ///< [name=web]: the list's element whose field `name` is `value`
  };
  Kind kind = Kind::kName;
  std::string name;
  std::size_t index = 0;
  std::string value;
};

/// A field path: names joined by dots, a key with a dot, a bracket or the like in ["..."], list
/// elements as [0] or [name=...] (a value with a bracket in quotes).
using FieldPath = std::vector<PathStep>;

/// `services["GET /"].lambda`: a path and one more name below it.
std::string join_path(std::string_view path, std::string_view name);
/// `routes[2]`.
std::string join_index(std::string_view path, std::size_t index);

/// What `--set PATH=VALUE` says.
struct Setting {
  FieldPath path;
  std::string path_text;  ///< the path as it was written
  std::string value;      ///< YAML, in practice in flow style
};

/// Splits PATH=VALUE. Throws InputError that shows the text and says what was expected.
Setting parse_setting(std::string_view text);

/// Reads a field path by itself. Throws InputError that says what was expected.
FieldPath parse_path(std::string_view text);

/// Puts a value where a path says, making maps on the way as needed. Mistakes are reported at the
/// value's place under `path_text`.
void put_value(const FieldPath& path, const std::string& path_text, const SourceNode& value,
               SourceNode& root, Mistakes& mistakes);

/// Puts the value where its path says, making maps on the way as needed. Mistakes (a list without
/// that element, a step into a plain value) are reported under the setting.
void apply_setting(const Setting& setting, SourceNode& root, Mistakes& mistakes);

}  // namespace skyreplay::scenario
