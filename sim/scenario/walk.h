#pragma once

#include <string>

#include "scenario/field_path.h"
#include "scenario/schema.h"

namespace skyreplay::scenario {

/// Calls `visit(inner, its_path)` for each message a field holds: the one it is set to, a list's
/// elements in order, or a map's values in no certain order. `path` is the field's own.
/// REQUIRES a field of messages.
template <typename Visit>
void for_each_message(Message& message, const FieldDescriptor& field, const std::string& path,
                      const Visit& visit) {
  const Reflection& get = *message.GetReflection();
  if (!field.is_repeated()) {
    if (get.HasField(message, &field)) visit(*get.MutableMessage(&message, &field), path);
    return;
  }
  for (int i = 0; i < get.FieldSize(message, &field); ++i) {
    Message& element = *get.MutableRepeatedMessage(&message, &field, i);
    if (!field.is_map()) {
      visit(element, join_index(path, static_cast<std::size_t>(i)));
      continue;
    }
    const Descriptor& pair = *element.GetDescriptor();
    const Reflection& entry = *element.GetReflection();
    visit(*entry.MutableMessage(&element, pair.map_value()),
          join_path(path, entry.GetString(element, pair.map_key())));
  }
}

}  // namespace skyreplay::scenario
