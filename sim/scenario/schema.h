#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "skyreplay/scenario.pb.h"

namespace skyreplay::scenario {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// What the schema says of a field, or of an enumeration's value.
const proto::FieldRule& rule_of(const FieldDescriptor& field);
const proto::ValueRule& rule_of(const EnumValueDescriptor& value);

/// How a field's value is spelled, where that is not a message's map of fields.
enum class Form {
  kBool,
  kUint32,
  kUint64,
  kDouble,
  kText,
  kEnum,
  kDuration,
  kMemorySize,
  kDistribution,
  kDataSize,
  kDataRate,
  kMoment,
  kAny,       ///< whatever another field takes
  kMessage,   ///< a map of fields
  kNotBuilt,  ///< refused by name
};

Form form_of(const FieldDescriptor& field);

/// True if the field's values are single messages whose fields a resolver fills in one by one.
bool is_plain_message(const FieldDescriptor& field);

/// The names a message's map may have, in the schema's order.
std::vector<std::string> field_names(const Descriptor& message);

/// The spellings of an enumeration, in the schema's order, without the unspecified value.
std::vector<std::string> spellings(const EnumDescriptor& type);

}  // namespace skyreplay::scenario
