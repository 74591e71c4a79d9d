#include "scenario/defaults.h"

#include "core/check.h"
#include "scenario/field_path.h"
#include "scenario/walk.h"

namespace skyreplay::scenario {
namespace {

/// Reads the schema's own text for a default as if a scenario had given it.
void set_default(Message& message, const FieldDescriptor& field) {
  Mistakes none("scenario.proto");
  Places nowhere;
  const SourceNode value = read_yaml(rule_of(field).default_(), 0, none);
  Binder(none, nowhere).bind_field({field.name(), {}, value}, message, field, field.name());
  none.throw_if_any();
}

bool is_given(const Message& message, const FieldDescriptor& field) {
  const Reflection& get = *message.GetReflection();
  if (field.is_repeated()) return get.FieldSize(message, &field) > 0;
  const auto* choice = field.real_containing_oneof();
  return choice != nullptr ? get.HasOneof(message, choice) : get.HasField(message, &field);
}

}  // namespace

void fill_defaults(Message& message, const std::string& path, const Places& places,
                   Mistakes& mistakes) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const Form form = form_of(field);
    if (form == Form::kNotBuilt) continue;
    const std::string own = join_path(path, field.name());
    if (!is_given(message, field)) {
      const bool is_choice = field.real_containing_oneof() != nullptr;
      if (!rule_of(field).default_().empty()) {
        set_default(message, field);
      } else if (rule_of(field).required() && !places.contains(own)) {
        if (!path.empty() && mistakes.at(path)) continue;  // nothing of it was understood
        mistakes.add(places.near(path), own, "is missing");
      } else if (is_plain_message(field) && !is_choice && rule_of(field).absent().empty()) {
        message.GetReflection()->MutableMessage(&message, &field);
      }
    }
    if (form != Form::kMessage && form != Form::kDistribution) continue;
    for_each_message(message, field, own, [&](Message& inner, const std::string& inner_path) {
      fill_defaults(inner, inner_path, places, mistakes);
    });
  }
}

}  // namespace skyreplay::scenario
