#include "sweep/field_at.h"

namespace skyreplay::sweep {

using scenario::Descriptor;
using scenario::FieldDescriptor;
using scenario::FieldPath;
using scenario::PathStep;

const FieldDescriptor* field_at(const FieldPath& path) {
  const Descriptor* message = proto::Scenario::descriptor();
  const FieldDescriptor* field = nullptr;
  for (const PathStep& step : path) {
    if (field != nullptr && field->is_map()) {
      // The step was the key.
      field = nullptr;
      continue;
    }
    if (step.kind != PathStep::Kind::kName) {
      if (field == nullptr) return nullptr;
      field = nullptr;
      continue;
    }
    if (message == nullptr) return nullptr;
    field = message->FindFieldByName(step.name);
    if (field == nullptr) return nullptr;
    message = field->message_type();
    if (field->is_map()) message = message->FindFieldByName("value")->message_type();
  }
  return field;
}

bool holds_whole_numbers(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  const scenario::Form form = scenario::form_of(field);
  return form == scenario::Form::kUint32 || form == scenario::Form::kUint64 ||
         form == scenario::Form::kMemorySize;
}

}  // namespace skyreplay::sweep
