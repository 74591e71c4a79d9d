#include "scenario/schema.h"

#include "core/check.h"

namespace skyreplay::scenario {
namespace {

Form form_of_message(const FieldDescriptor& field) {
  const Descriptor* type = field.message_type();
  if (type == proto::NotBuilt::descriptor()) return Form::kNotBuilt;
  if (type == proto::Duration::descriptor()) return Form::kDuration;
  if (type == proto::MemorySize::descriptor()) return Form::kMemorySize;
  if (type == proto::Distribution::descriptor()) return Form::kDistribution;
  if (type == proto::DataSize::descriptor()) return Form::kDataSize;
  if (type == proto::DataRate::descriptor()) return Form::kDataRate;
  if (type == proto::Moment::descriptor()) return Form::kMoment;
  if (type == proto::AnyValue::descriptor()) return Form::kAny;
  return Form::kMessage;
}

}  // namespace

const proto::FieldRule& rule_of(const FieldDescriptor& field) {
  return field.options().GetExtension(proto::sky);
}

const proto::ValueRule& rule_of(const EnumValueDescriptor& value) {
  return value.options().GetExtension(proto::sky_value);
}

Form form_of(const FieldDescriptor& field) {
  if (!rule_of(field).not_built().empty()) return Form::kNotBuilt;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Form::kBool;
    case FieldDescriptor::CPPTYPE_UINT32:
      return Form::kUint32;
    case FieldDescriptor::CPPTYPE_UINT64:
      return Form::kUint64;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Form::kDouble;
    case FieldDescriptor::CPPTYPE_STRING:
      return Form::kText;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Form::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return form_of_message(field);
    default:
      break;
  }
  SKY_CHECK(false && "the schema uses a type that has no spelling");
}

bool is_plain_message(const FieldDescriptor& field) {
  return !field.is_repeated() && form_of(field) == Form::kMessage;
}

std::vector<std::string> field_names(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return names;
}

std::vector<std::string> spellings(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(rule_of(*type.value(i)).spelled());
  }
  return names;
}

}  // namespace skyreplay::scenario
