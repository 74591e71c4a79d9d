#include "scenario/binder.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/field_path.h"
#include "scenario/values.h"
#include "scenario/yaml_text.h"

namespace skyreplay::scenario {
namespace {

/// An empty list, or nothing where a list would be, is a way to say that there are none.
bool says_nothing(const SourceNode& node, const FieldDescriptor& field) {
  if (node.kind == SourceNode::Kind::kEmpty || node.kind == SourceNode::Kind::kNull) return true;
  const bool is_many = node.kind == SourceNode::Kind::kList || node.kind == SourceNode::Kind::kMap;
  return field.is_repeated() && is_many && node.entries.empty();
}

std::vector<std::string> known_fields(const Descriptor& type) {
  std::vector<std::string> names = field_names(type);
  // A constant has no name: it is written as the duration itself.
  if (&type == proto::Distribution::descriptor()) std::erase(names, "constant");
  return names;
}

/// The field whose value alone may stand for the whole message; null for messages without one.
const FieldDescriptor* short_form_of(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (rule_of(*type.field(i)).short_form()) return type.field(i);
  }
  return nullptr;
}

}  // namespace

Place Places::near(std::string_view path) const {
  while (true) {
    const auto found = places_.find(path);
    if (found != places_.end()) return found->second;
    const std::size_t cut = path.find_last_of(".[");
    if (cut == std::string_view::npos) return {0, 1, 1};
    path = path.substr(0, cut);
  }
}

void Binder::bind_message(const SourceNode& node, Message& message, const std::string& path) {
  const Descriptor& type = *message.GetDescriptor();
  const FieldDescriptor* whole = short_form_of(type);
  if (whole != nullptr && node.kind == SourceNode::Kind::kScalar) {
    return bind_field({whole->name(), node.place, node}, message, *whole, path);
  }
  if (!expect(node, SourceNode::Kind::kMap, path, "a map of fields")) return;
  const std::vector<std::string> names = known_fields(type);
  for (const Entry& entry : node.entries) {
    if (std::find(names.begin(), names.end(), entry.key) == names.end()) {
      mistakes_.note(join_path(path, entry.key));
      mistakes_.add(
          entry.key_place, "",
          fmt::format("unknown field {}{}", in_quotes(entry.key), suggestion(entry.key, names)));
      continue;
    }
    bind_field(entry, message, *type.FindFieldByName(entry.key), join_path(path, entry.key));
  }
}

bool Binder::refuse_unfit(const Entry& entry, const Message& message, const FieldDescriptor& field,
                          const std::string& path) {
  const SourceNode& node = entry.value;
  if (form_of(field) == Form::kNotBuilt) {
    if (!says_nothing(node, field)) {
      mistakes_.add(entry.key_place, path, rule_of(field).not_built());
    }
    return true;
  }
  if (node.kind == SourceNode::Kind::kBroken) mistakes_.note(path);
  if (form_of(field) == Form::kAny && node.kind == SourceNode::Kind::kNull) return false;
  if (node.kind == SourceNode::Kind::kBroken || node.kind == SourceNode::Kind::kNull) return true;
  if (node.kind == SourceNode::Kind::kEmpty) {
    mistakes_.add(entry.key_place, path,
                  form_of(field) == Form::kMessage && !field.is_repeated()
                      ? "has no value; write {} for all defaults, or leave the field out"
                      : "has no value; leave the field out for its default");
    return true;
  }
  const auto* choice = field.real_containing_oneof();
  if (choice == nullptr) return false;
  const FieldDescriptor* other = message.GetReflection()->GetOneofFieldDescriptor(message, choice);
  if (other == nullptr) return false;
  mistakes_.add(entry.key_place, path,
                fmt::format("excludes '{}', which is given too", other->name()));
  return true;
}

void Binder::bind_field(const Entry& entry, Message& message, const FieldDescriptor& field,
                        const std::string& path) {
  const bool is_given = entry.value.kind != SourceNode::Kind::kNull || form_of(field) == Form::kAny;
  if (is_given) places_.add(path, entry.value.place);
  if (refuse_unfit(entry, message, field, path)) return;
  if (field.is_map()) {
    bind_map(entry.value, message, field, path);
  } else if (field.is_repeated()) {
    bind_list(entry.value, message, field, path);
  } else {
    bind_one(entry.value, message, field, path);
  }
}

void Binder::bind_one(const SourceNode& node, Message& message, const FieldDescriptor& field,
                      const std::string& path) {
  const bool is_wrapped = rule_of(field).one_element_list() &&
                          node.kind == SourceNode::Kind::kList && node.entries.size() == 1;
  const SourceNode& value = is_wrapped ? node.entries.front().value : node;
  if (form_of(field) == Form::kMessage) {
    bind_message(value, *message.GetReflection()->MutableMessage(&message, &field), path);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    bind_special(value, message, field, path);
  } else {
    bind_scalar(value, message, field, path);
  }
}

void Binder::bind_scalar(const SourceNode& node, Message& message, const FieldDescriptor& field,
                         const std::string& path) {
  const Reflection& set = *message.GetReflection();
  const Form form = form_of(field);
  if (form == Form::kBool) {
    const auto read = read_bool(node);
    if (accept(read, node, path)) set.SetBool(&message, &field, read.value);
  } else if (form == Form::kText) {
    const auto read = read_text(node);
    if (accept(read, node, path)) set.SetString(&message, &field, read.value);
  } else if (form == Form::kDouble) {
    const auto read = read_number(node, field);
    if (accept(read, node, path)) set.SetDouble(&message, &field, read.value);
  } else if (form == Form::kEnum) {
    const auto read = read_enum(node, *field.enum_type());
    if (accept(read, node, path)) set.SetEnumValue(&message, &field, read.value);
  } else {
    const auto read = read_whole(node, field);
    if (!accept(read, node, path)) return;
    if (form == Form::kUint64) return set.SetUInt64(&message, &field, read.value);
    // Every 32-bit field of the schema has a range that fits: a test holds that.
    set.SetUInt32(&message, &field, static_cast<std::uint32_t>(read.value));
  }
}

void Binder::bind_special(const SourceNode& node, Message& message, const FieldDescriptor& field,
                          const std::string& path) {
  Message& value = *message.GetReflection()->MutableMessage(&message, &field);
  const Form form = form_of(field);
  if (form == Form::kDuration) {
    const auto read = read_duration(node, field);
    if (accept(read, node, path)) static_cast<proto::Duration&>(value).set_ns(read.value.count());
  } else if (form == Form::kMemorySize) {
    const auto read = read_memory_size(node, field);
    if (accept(read, node, path)) static_cast<proto::MemorySize&>(value) = read.value;
  } else if (form == Form::kDataSize) {
    const auto read = read_data_size(node, field);
    if (accept(read, node, path)) static_cast<proto::DataSize&>(value).set_bytes(read.value);
  } else if (form == Form::kDataRate) {
    const auto read = read_data_rate(node, field);
    if (!accept(read, node, path)) return;
    static_cast<proto::DataRate&>(value).set_bytes_per_second(read.value);
  } else if (form == Form::kMoment) {
    const auto read = read_moment(node);
    if (accept(read, node, path)) static_cast<proto::Moment&>(value) = read.value;
  } else if (form == Form::kAny) {
    static_cast<proto::AnyValue&>(value).set_yaml(flow_text(node));
  } else {
    bind_distribution(node, static_cast<proto::Distribution&>(value), path);
  }
}

void Binder::bind_list(const SourceNode& node, Message& message, const FieldDescriptor& field,
                       const std::string& path) {
  if (!expect(node, SourceNode::Kind::kList, path, "a list")) return;
  for (std::size_t i = 0; i < node.entries.size(); ++i) {
    const std::string element = join_index(path, i);
    places_.add(element, node.entries[i].value.place);
    bind_element(node.entries[i].value, message, field, element);
  }
}

void Binder::bind_element(const SourceNode& node, Message& message, const FieldDescriptor& field,
                          const std::string& path) {
  const Reflection& add = *message.GetReflection();
  if (form_of(field) == Form::kMessage) {
    return bind_message(node, *add.AddMessage(&message, &field), path);
  }
  if (form_of(field) == Form::kDouble) {
    const auto read = read_number(node, field);
    if (accept(read, node, path)) add.AddDouble(&message, &field, read.value);
    return;
  }
  if (form_of(field) == Form::kEnum) {
    const auto read = read_enum(node, *field.enum_type());
    if (accept(read, node, path)) add.AddEnumValue(&message, &field, read.value);
    return;
  }
  // Every other list of the schema is one of texts.
  const auto read = read_text(node);
  if (accept(read, node, path)) add.AddString(&message, &field, read.value);
}

void Binder::bind_map(const SourceNode& node, Message& message, const FieldDescriptor& field,
                      const std::string& path) {
  if (!expect(node, SourceNode::Kind::kMap, path, "a map")) return;
  for (const Entry& entry : node.entries) {
    if (entry.value.kind == SourceNode::Kind::kNull)
      continue;  // `--set services.web=null` takes it away
    Message& pair = *message.GetReflection()->AddMessage(&message, &field);
    pair.GetReflection()->SetString(&pair, pair.GetDescriptor()->map_key(), entry.key);
    const FieldDescriptor& value = *pair.GetDescriptor()->map_value();
    bind_field(entry, pair, value, join_path(path, entry.key));
  }
}

void Binder::bind_distribution(const SourceNode& node, proto::Distribution& message,
                               const std::string& path) {
  const FieldDescriptor& constant =
      *message.GetDescriptor()->FindFieldByNumber(proto::Distribution::kConstantFieldNumber);
  if (node.kind == SourceNode::Kind::kScalar) return bind_special(node, message, constant, path);
  if (!expect(node, SourceNode::Kind::kMap, path, "a duration or a map with one law")) return;
  for (const Entry& entry : node.entries) {
    const bool is_own = entry.key == "uniform" || entry.key == "percentiles";
    if (!is_own) {
      bind_message({SourceNode::Kind::kMap, node.place, false, "", {entry}}, message, path);
      continue;
    }
    const std::string law = join_path(path, entry.key);
    places_.add(law, entry.value.place);
    if (refuse_unfit(entry, message, *message.GetDescriptor()->FindFieldByName(entry.key), law)) {
      continue;
    }
    if (entry.key == "uniform") {
      bind_uniform(entry.value, *message.mutable_uniform(), law);
    } else {
      bind_percentiles(entry.value, *message.mutable_percentiles(), law);
    }
  }
}

void Binder::bind_uniform(const SourceNode& node, proto::Distribution::Uniform& law,
                          const std::string& path) {
  if (!expect(node, SourceNode::Kind::kList, path, "a list of two durations")) return;
  if (node.entries.size() != 2) {
    mistakes_.add(node.place, path,
                  fmt::format("must be two durations [low, high], not {}", node.entries.size()));
    return;
  }
  const Descriptor& type = *law.GetDescriptor();
  bind_special(node.entries[0].value, law, *type.FindFieldByName("low"), join_index(path, 0));
  bind_special(node.entries[1].value, law, *type.FindFieldByName("high"), join_index(path, 1));
}

void Binder::bind_percentiles(const SourceNode& node, proto::Distribution::Percentiles& law,
                              const std::string& path) {
  if (!expect(node, SourceNode::Kind::kMap, path, "a map from percent to duration")) return;
  for (const Entry& entry : node.entries) {
    const std::string knot_path = join_path(path, entry.key);
    double percent = 0;
    if (!parse_number(entry.key, percent) || percent < 0 || percent > 100) {
      mistakes_.add(entry.key_place, path,
                    fmt::format("a percent must be a number between 0 and 100, not {}",
                                in_quotes(entry.key)));
      continue;
    }
    auto& knot = *law.add_knots();
    knot.set_percent(percent);
    bind_special(entry.value, knot, *knot.GetDescriptor()->FindFieldByName("value"), knot_path);
  }
  std::stable_sort(law.mutable_knots()->begin(), law.mutable_knots()->end(),
                   [](const auto& a, const auto& b) { return a.percent() < b.percent(); });
}

bool Binder::expect(const SourceNode& node, SourceNode::Kind kind, const std::string& path,
                    std::string_view expected) {
  if (node.kind == kind) return true;
  if (node.kind == SourceNode::Kind::kBroken) {
    mistakes_.note(path);
    return false;
  }
  mistakes_.add(node.place, path, fmt::format("must be {}, not {}", expected, describe(node)));
  return false;
}

template <typename T>
bool Binder::accept(const T& read, const SourceNode& node, const std::string& path) {
  if (read.ok()) return true;
  if (node.kind != SourceNode::Kind::kBroken) mistakes_.add(node.place, path, read.mistake);
  return false;
}

}  // namespace skyreplay::scenario
