#pragma once

#include <string>

#include "scenario/schema.h"

namespace skyreplay::scenario {

/// A message as YAML in the schema's order, maps by key; fields that are not built are left out.
/// With `comments`, a field that is absent by choice appears as a comment that says what that
/// means.
enum class Comments : bool { kNone, kAbsentFields };
std::string to_yaml(const Message& message, Comments comments);

/// One value as a scenario spells it on one line, e.g. "{lognormal: {p50: 143ms, p99: 220ms}}".
/// REQUIRES a field that is set, or a list, and no map.
std::string to_text(const Message& message, const FieldDescriptor& field);

}  // namespace skyreplay::scenario
