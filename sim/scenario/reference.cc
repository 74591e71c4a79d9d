#include "scenario/reference.h"

#include <fmt/format.h>

#include <vector>

#include "scenario/schema.h"

namespace skyreplay::scenario {
namespace {

std::string code(const std::string& text) { return "`" + text + "`"; }

/// "PATH.name", where NAME and [] stand for a map's key and a list's number.
std::string path_of(const std::string& parent, const FieldDescriptor& field) {
  const std::string path = parent.empty() ? field.name() : parent + "." + field.name();
  return path + (field.is_map() ? ".NAME" : field.is_repeated() ? "[]" : "");
}

std::string type_of(const FieldDescriptor& field) {
  if (field.is_repeated() && form_of(field) == Form::kText) return "list of names";
  if (field.is_repeated() && form_of(field) == Form::kDouble) return "list of numbers";
  switch (form_of(field)) {
    case Form::kBool:
      return "`true` or `false`";
    case Form::kUint32:
    case Form::kUint64:
      return "whole number";
    case Form::kDouble:
      return "number";
    case Form::kText:
      return "text";
    case Form::kDuration:
      return "duration";
    case Form::kDataSize:
      return "size of data";
    case Form::kDataRate:
      return "rate of data";
    case Form::kMoment:
      return "time, or `+` and a duration";
    case Form::kAny:
      return "what the field takes";
    case Form::kMemorySize:
      return "whole number or `from_trace`";
    case Form::kDistribution:
      return "distribution";
    case Form::kEnum:
      return (field.is_repeated() ? "list, each one of " : "one of ") +
             fmt::format("`{}`", fmt::join(spellings(*field.enum_type()), "`, `"));
    case Form::kMessage:
    case Form::kNotBuilt:
      break;
  }
  return field.is_map() ? "map by name" : field.is_repeated() ? "list" : "fields below";
}

/// What a value must be: its type, unit and range.
std::string value_of(const FieldDescriptor& field) {
  const proto::FieldRule& rule = rule_of(field);
  std::string text = type_of(field);
  if (!rule.unit().empty()) text += ", " + rule.unit();
  if (rule.min().empty()) return text;
  return text + (rule.min() == rule.max() ? fmt::format("; {}", rule.min())
                                          : fmt::format("; {} to {}", rule.min(), rule.max()));
}

/// What it means to leave a field out.
std::string absence_of(const FieldDescriptor& field) {
  const proto::FieldRule& rule = rule_of(field);
  if (!rule.not_built().empty()) return "not built yet";
  if (!rule.default_().empty()) return code(rule.default_());
  if (rule.required()) return "**required**";
  if (!rule.absent().empty()) return rule.absent();
  if (!rule.derived().empty()) return rule.derived();
  return field.real_containing_oneof() != nullptr ? "" : "its fields' defaults";
}

std::string remarks_of(const FieldDescriptor& field) {
  const proto::FieldRule& rule = rule_of(field);
  std::string text = rule.doc();
  if (form_of(field) == Form::kEnum) {
    const EnumDescriptor& type = *field.enum_type();
    for (int i = 0; i < type.value_count(); ++i) {
      const proto::ValueRule& value = rule_of(*type.value(i));
      if (value.spelled().empty()) continue;
      text += fmt::format(" `{}`: {}", value.spelled(), value.doc());
      if (!value.not_built().empty()) text += " Not built yet.";
    }
  }
  if (rule.changeable()) text += " May change.";
  if (!rule.assumed().empty()) text += " ASSUMED: " + rule.assumed() + ".";
  if (!rule.rule().empty()) text += " (" + rule.rule() + ")";
  return text;
}

std::string row_of(const FieldDescriptor& field) {
  const bool is_unbuilt = form_of(field) == Form::kNotBuilt;
  return fmt::format("| `{}` | {} | {} | {} |\n", field.name(), is_unbuilt ? "" : value_of(field),
                     absence_of(field), remarks_of(field));
}

void add_section(const Descriptor& type, const std::string& path, std::string& page) {
  page += fmt::format("\n### {}\n\n{}\n\n", path.empty() ? "Top level" : code(path),
                      type.options().GetExtension(proto::sky_doc));
  page += "| field | value | if left out | meaning |\n| --- | --- | --- | --- |\n";
  for (int i = 0; i < type.field_count(); ++i) page += row_of(*type.field(i));
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (form_of(field) != Form::kMessage) continue;
    if (field.is_map() && form_of(*field.message_type()->map_value()) != Form::kMessage) continue;
    const Descriptor& inner =
        field.is_map() ? *field.message_type()->map_value()->message_type() : *field.message_type();
    add_section(inner, path_of(path, field), page);
  }
}

}  // namespace

std::string reference_page() { return reference_page(*proto::Scenario::descriptor()); }

std::string reference_page(const Descriptor& top) {
  std::string page;
  add_section(top, "", page);
  return page;
}

}  // namespace skyreplay::scenario
