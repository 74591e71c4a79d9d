#include "scenario/read_textproto.h"

#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <map>

#include "core/error.h"
#include "core/time.h"
#include "scenario/data_size.h"
#include "scenario/schema.h"
#include "scenario/text_check.h"

namespace skyreplay::scenario {
namespace {

using google::protobuf::TextFormat;
using Kind = SourceNode::Kind;
using Tree = TextFormat::ParseInfoTree;

Place place_at(std::uint32_t source, int line, int column) {
  return {source, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1)};
}

/// The text between the n-th pair of double quotes, from 0.
std::string quoted(const std::string& message, int n) {
  std::size_t start = 0;
  for (int i = 0; i < 2 * n + 1; ++i) start = message.find('"', start) + 1;
  return message.substr(start, message.find('"', start) - start);
}

/// Protobuf's complaints, the one of a field that is not there in this language's words.
class Complaints : public google::protobuf::io::ErrorCollector {
 public:
  Complaints(std::uint32_t source, Mistakes& mistakes) : source_(source), mistakes_(mistakes) {}

  void AddError(int line, int column, const std::string& message) override {
    mistakes_.add(place_at(source_, line, column), "", in_our_words(message));
  }

 private:
  static std::string in_our_words(const std::string& message) {
    if (!message.starts_with("Message type \"") || message.find("no field named") == message.npos) {
      return "not valid text format: " + message;
    }
    const Descriptor* type =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
            quoted(message, 0));
    const std::string word = quoted(message, 1);
    if (type == proto::NotBuilt::descriptor()) return "stands in a field that is not built yet";
    const std::string guess = type != nullptr ? suggestion(word, field_names(*type)) : "";
    return fmt::format("unknown field {}{}", in_quotes(word), guess);
  }

  std::uint32_t source_;
  Mistakes& mistakes_;
};

SourceNode node_at(const Place& place, Kind kind) {
  SourceNode node;
  node.kind = kind;
  node.place = place;
  return node;
}

SourceNode word(const Place& place, std::string text, bool is_quoted = false) {
  SourceNode node = node_at(place, Kind::kScalar);
  node.scalar = std::move(text);
  node.is_quoted = is_quoted;
  return node;
}

SourceNode duration(const Place& place, const proto::Duration& value) {
  return word(place, format_duration(Duration{value.ns()}));
}

void move_to(const Place& place, SourceNode& node) {
  node.place = place;
  for (Entry& entry : node.entries) {
    entry.key_place = place;
    move_to(place, entry.value);
  }
}

/// Turns a message into the tree that its YAML spelling has.
class TreeBuilder {
 public:
  TreeBuilder(std::uint32_t source, Mistakes& mistakes) : source_(source), mistakes_(mistakes) {}

  /// `tree` may be null, where a message was written in a way that keeps no positions.
  SourceNode message(const Message& message, const Tree* tree, const Place& place) {
    SourceNode node = node_at(place, Kind::kMap);
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const Place at = place_of(tree, *field, field->is_repeated() ? 0 : -1, place);
      SourceNode value = field->is_map()        ? map(message, *field, tree, at)
                         : field->is_repeated() ? list(message, *field, tree, at)
                                                : single(message, *field, tree, at);
      node.entries.push_back({field->name(), at, std::move(value)});
    }
    return node;
  }

 private:
  Place place_of(const Tree* tree, const FieldDescriptor& field, int index,
                 const Place& around) const {
    if (tree == nullptr) return around;
    const TextFormat::ParseLocation at = tree->GetLocation(&field, index);
    return at.line < 0 ? around : place_at(source_, at.line, at.column);
  }

  static const Tree* tree_of(const Tree* tree, const FieldDescriptor& field, int index) {
    return tree == nullptr ? nullptr : tree->GetTreeForNested(&field, index);
  }

  SourceNode map(const Message& message, const FieldDescriptor& field, const Tree* tree,
                 const Place& place) {
    SourceNode node = node_at(place, Kind::kMap);
    std::map<std::string, Place> keys;
    const Reflection& get = *message.GetReflection();
    for (int i = 0; i < get.FieldSize(message, &field); ++i) {
      const Message& pair = get.GetRepeatedMessage(message, &field, i);
      const Descriptor& type = *pair.GetDescriptor();
      const std::string key = pair.GetReflection()->GetString(pair, type.map_key());
      const Place at = place_of(tree, field, i, place);
      const auto [first, is_new] = keys.emplace(key, at);
      if (!is_new) {
        mistakes_.add(
            at, "",
            fmt::format("duplicate key {}, first on line {}", in_quotes(key), first->second.line));
        continue;
      }
      const Tree* inner = tree_of(tree, field, i);
      const FieldDescriptor& value = *type.map_value();
      node.entries.push_back({key, at,
                              this->message(pair.GetReflection()->GetMessage(pair, &value),
                                            tree_of(inner, value, -1), at)});
    }
    return node;
  }

  SourceNode list(const Message& message, const FieldDescriptor& field, const Tree* tree,
                  const Place& place) {
    SourceNode node = node_at(place, Kind::kList);
    const Reflection& get = *message.GetReflection();
    for (int i = 0; i < get.FieldSize(message, &field); ++i) {
      const Place at = place_of(tree, field, i, place);
      node.entries.push_back({"", at, element(message, field, i, tree, at)});
    }
    return node;
  }

  SourceNode element(const Message& message, const FieldDescriptor& field, int index,
                     const Tree* tree, const Place& at) {
    const Reflection& get = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      return word(at, get.GetRepeatedString(message, &field, index), true);
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      return word(at, fmt::format("{}", get.GetRepeatedDouble(message, &field, index)));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      return enumerator(*get.GetRepeatedEnum(message, &field, index), at);
    }
    return this->message(get.GetRepeatedMessage(message, &field, index),
                         tree_of(tree, field, index), at);
  }

  SourceNode enumerator(const EnumValueDescriptor& value, const Place& at) {
    const std::string& spelling = rule_of(value).spelled();
    return word(at, spelling.empty() ? value.name() : spelling);
  }

  SourceNode single(const Message& message, const FieldDescriptor& field, const Tree* tree,
                    const Place& at) {
    const Reflection& get = *message.GetReflection();
    switch (form_of(field)) {
      case Form::kBool:
        return word(at, get.GetBool(message, &field) ? "true" : "false");
      case Form::kUint32:
        return word(at, std::to_string(get.GetUInt32(message, &field)));
      case Form::kUint64:
        return word(at, std::to_string(get.GetUInt64(message, &field)));
      case Form::kDouble:
        return word(at, fmt::format("{}", get.GetDouble(message, &field)));
      case Form::kText:
        return word(at, get.GetString(message, &field), true);
      case Form::kEnum:
        return enumerator(*get.GetEnum(message, &field), at);
      case Form::kNotBuilt:
        return word(at, field.name());
      case Form::kMessage:
        return this->message(get.GetMessage(message, &field), tree_of(tree, field, -1), at);
      default:
        return special(get.GetMessage(message, &field), form_of(field), at);
    }
  }

  /// A value with a spelling of its own.
  SourceNode special(const Message& message, Form form, const Place& at) {
    switch (form) {
      case Form::kDuration:
        return duration(at, static_cast<const proto::Duration&>(message));
      case Form::kMemorySize:
        return memory(static_cast<const proto::MemorySize&>(message), at);
      case Form::kDataSize:
        return word(at, format_data_size(static_cast<const proto::DataSize&>(message).bytes()));
      case Form::kDataRate: {
        const auto& rate = static_cast<const proto::DataRate&>(message);
        return word(at, format_data_size(rate.bytes_per_second()) + "/s");
      }
      case Form::kMoment:
        return moment(static_cast<const proto::Moment&>(message), at);
      case Form::kAny:
        return any(static_cast<const proto::AnyValue&>(message), at);
      default:
        return distribution(static_cast<const proto::Distribution&>(message), at);
    }
  }

  static SourceNode memory(const proto::MemorySize& size, const Place& at) {
    if (size.has_mib()) return word(at, std::to_string(size.mib()));
    if (size.from_trace()) return word(at, "from_trace");
    return node_at(at, Kind::kEmpty);
  }

  static SourceNode moment(const proto::Moment& moment, const Place& at) {
    if (moment.has_offset_ns())
      return word(at, "+" + format_duration(Duration{moment.offset_ns()}));
    if (moment.instant_ns() < 0) return word(at, std::to_string(moment.instant_ns()));
    if (!moment.has_instant_ns()) return node_at(at, Kind::kEmpty);
    return word(at, to_rfc3339(TimePoint{Duration{moment.instant_ns()}}));
  }

  SourceNode any(const proto::AnyValue& value, const Place& at) {
    Mistakes within(mistakes_.filename());
    try {
      SourceNode node = read_yaml(value.yaml(), 0, within);
      within.throw_if_any();
      move_to(at, node);
      return node;
    } catch (const InputError&) {
      mistakes_.add(at, "", fmt::format("{} is not YAML", in_quotes(value.yaml())));
      return node_at(at, Kind::kBroken);
    }
  }

  SourceNode distribution(const proto::Distribution& law, const Place& at) {
    if (law.has_constant()) return duration(at, law.constant());
    SourceNode node = node_at(at, Kind::kMap);
    if (law.has_uniform()) {
      SourceNode bounds = node_at(at, Kind::kList);
      bounds.entries.push_back({"", at, duration(at, law.uniform().low())});
      bounds.entries.push_back({"", at, duration(at, law.uniform().high())});
      node.entries.push_back({"uniform", at, std::move(bounds)});
    } else if (law.has_percentiles()) {
      SourceNode knots = node_at(at, Kind::kMap);
      for (const auto& knot : law.percentiles().knots()) {
        knots.entries.push_back(
            {fmt::format("{}", knot.percent()), at, duration(at, knot.value())});
      }
      node.entries.push_back({"percentiles", at, std::move(knots)});
    } else {
      return this->message(law, nullptr, at);
    }
    return node;
  }

  std::uint32_t source_;
  Mistakes& mistakes_;
};

}  // namespace

SourceNode read_textproto(std::string_view text, std::uint32_t source, Mistakes& mistakes) {
  check_text(text, source, mistakes);
  Complaints complaints(source, mistakes);
  Tree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&complaints);
  parser.WriteLocationsTo(&tree);
  parser.SetRecursionLimit(kMaxDepth);
  proto::Scenario message;
  const bool is_read = parser.ParseFromString(std::string(text), &message);
  if (!is_read && mistakes.empty()) mistakes.fatal({source, 1, 1}, "", "not valid text format");
  if (!is_read) mistakes.throw_if_any();
  return TreeBuilder(source, mistakes).message(message, &tree, {source, 1, 1});
}

bool is_textproto(std::string_view text, std::string_view extension) {
  if (extension == ".textproto" || extension == ".txtpb" || extension == ".pbtxt") return true;
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view line = text.substr(start, text.find('\n', start) - start);
    const std::size_t name = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    const std::size_t brace = line.find_first_not_of(' ', name);
    if (name > 0 && brace != std::string_view::npos && line[brace] == '{') return true;
    start += line.size() + 1;
  }
  return false;
}

}  // namespace skyreplay::scenario
