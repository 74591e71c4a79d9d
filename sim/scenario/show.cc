#include "scenario/show.h"

#include <fmt/format.h>

#include <map>

#include "core/check.h"
#include "scenario/data_size.h"
#include "scenario/law.h"
#include "scenario/yaml_text.h"

namespace skyreplay::scenario {
namespace {

std::string memory_text(const proto::MemorySize& size) {
  return size.from_trace() ? "from_trace" : std::to_string(size.mib());
}

/// "{a: 1, b: [x]}": the fields that are set, of what holds no map of its own.
std::string map_text(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  std::string text;
  for (const FieldDescriptor* field : fields) {
    text += (text.empty() ? "" : ", ") + field->name() + ": " + to_text(message, *field);
  }
  return "{" + text + "}";
}

std::string list_text(const Message& message, const FieldDescriptor& field) {
  const Reflection& get = *message.GetReflection();
  std::string text;
  for (int i = 0; i < get.FieldSize(message, &field); ++i) {
    text += i == 0 ? "" : ", ";
    if (form_of(field) == Form::kText) {
      text += yaml_text(get.GetRepeatedString(message, &field, i));
    } else if (form_of(field) == Form::kDouble) {
      text += fmt::format("{}", get.GetRepeatedDouble(message, &field, i));
    } else if (form_of(field) == Form::kEnum) {
      text += rule_of(*get.GetRepeatedEnum(message, &field, i)).spelled();
    } else {
      text += map_text(get.GetRepeatedMessage(message, &field, i));
    }
  }
  return "[" + text + "]";
}

/// Writes messages of fields in block style.
class Writer {
 public:
  explicit Writer(Comments comments) : comments_(comments) {}

  void write(const Message& message, std::size_t indent) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) write_field(message, *type.field(i), indent);
  }
  std::string take() { return std::move(out_); }

 private:
  void line(std::size_t indent, const std::string& text) {
    out_ += std::string(indent, ' ') + text + "\n";
  }

  void write_field(const Message& message, const FieldDescriptor& field, std::size_t indent) {
    if (form_of(field) == Form::kNotBuilt) return;
    const Reflection& get = *message.GetReflection();
    if (field.is_map()) {
      write_map(message, field, indent);
    } else if (field.is_repeated()) {
      write_list(message, field, indent);
    } else if (!get.HasField(message, &field)) {
      write_absent(field, indent);
    } else if (form_of(field) == Form::kMessage) {
      line(indent, field.name() + ":");
      write(get.GetMessage(message, &field), indent + 2);
    } else {
      line(indent, field.name() + ": " + to_text(message, field));
    }
  }

  void write_absent(const FieldDescriptor& field, std::size_t indent) {
    const std::string& absent = rule_of(field).absent();
    const bool is_shown = comments_ == Comments::kAbsentFields && !absent.empty();
    if (is_shown) line(indent, fmt::format("# {}: not given: {}", field.name(), absent));
  }

  void write_map(const Message& message, const FieldDescriptor& field, std::size_t indent) {
    const Reflection& get = *message.GetReflection();
    const bool is_left_out = get.FieldSize(message, &field) == 0 && !rule_of(field).required();
    if (is_left_out) return write_absent(field, indent);
    std::map<std::string, const Message*> sorted;
    for (int i = 0; i < get.FieldSize(message, &field); ++i) {
      const Message& pair = get.GetRepeatedMessage(message, &field, i);
      const Reflection& entry = *pair.GetReflection();
      const Descriptor& type = *pair.GetDescriptor();
      sorted.emplace(entry.GetString(pair, type.map_key()),
                     &entry.GetMessage(pair, type.map_value()));
    }
    line(indent, field.name() + ":");
    for (const auto& [key, value] : sorted) {
      line(indent + 2, yaml_text(key) + ":");
      write(*value, indent + 4);
    }
  }

  /// Elements on one line each: the lists of this language hold small records.
  void write_list(const Message& message, const FieldDescriptor& field, std::size_t indent) {
    const Reflection& get = *message.GetReflection();
    const int size = get.FieldSize(message, &field);
    if (size == 0) return write_absent(field, indent);
    if (form_of(field) != Form::kMessage) {
      return line(indent, field.name() + ": " + to_text(message, field));
    }
    line(indent, field.name() + ":");
    for (int i = 0; i < size; ++i) {
      line(indent + 2, "- " + map_text(get.GetRepeatedMessage(message, &field, i)));
    }
  }

  Comments comments_;
  std::string out_;
};

std::string moment_text(const proto::Moment& moment) {
  if (moment.has_offset_ns()) return "+" + format_duration(Duration{moment.offset_ns()});
  return to_rfc3339(TimePoint{Duration{moment.instant_ns()}});
}

std::string message_text(const Message& value, Form form) {
  if (form == Form::kDuration) {
    return format_duration(to_duration(static_cast<const proto::Duration&>(value)));
  }
  if (form == Form::kMemorySize) return memory_text(static_cast<const proto::MemorySize&>(value));
  if (form == Form::kDataSize) {
    return format_data_size(static_cast<const proto::DataSize&>(value).bytes());
  }
  if (form == Form::kDataRate) {
    const auto& rate = static_cast<const proto::DataRate&>(value);
    return format_data_size(rate.bytes_per_second()) + "/s";
  }
  if (form == Form::kMoment) return moment_text(static_cast<const proto::Moment&>(value));
  if (form == Form::kAny) return static_cast<const proto::AnyValue&>(value).yaml();
  SKY_CHECK(form == Form::kDistribution);
  return to_string(to_distribution(static_cast<const proto::Distribution&>(value)));
}

}  // namespace

std::string to_text(const Message& message, const FieldDescriptor& field) {
  const Reflection& get = *message.GetReflection();
  const Form form = form_of(field);
  if (field.is_repeated()) return list_text(message, field);
  if (form == Form::kMessage) return map_text(get.GetMessage(message, &field));
  if (form == Form::kBool) return get.GetBool(message, &field) ? "true" : "false";
  if (form == Form::kUint32) return std::to_string(get.GetUInt32(message, &field));
  if (form == Form::kUint64) return std::to_string(get.GetUInt64(message, &field));
  if (form == Form::kDouble) return fmt::format("{}", get.GetDouble(message, &field));
  if (form == Form::kText) return yaml_text(get.GetString(message, &field));
  if (form == Form::kEnum) {
    const std::string& word = rule_of(*get.GetEnum(message, &field)).spelled();
    return rule_of(field).one_element_list() ? "[" + word + "]" : word;
  }
  return message_text(get.GetMessage(message, &field), form);
}

std::string to_yaml(const Message& message, Comments comments) {
  Writer writer(comments);
  writer.write(message, 0);
  return writer.take();
}

}  // namespace skyreplay::scenario
