#pragma once

#include "scenario/field_path.h"
#include "scenario/schema.h"

namespace skyreplay::sweep {

/// The scenario's field at a path's end; nullptr if the schema has none there.
const scenario::FieldDescriptor* field_at(const scenario::FieldPath& path);

/// Whether a field's values are whole numbers, of something counted or of memory.
bool holds_whole_numbers(const scenario::FieldDescriptor& field);

}  // namespace skyreplay::sweep
