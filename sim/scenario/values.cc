#include "scenario/values.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/check.h"
#include "scenario/data_size.h"

namespace skyreplay::scenario {
namespace {

bool is_plain(const SourceNode& node) {
  return node.kind == SourceNode::Kind::kScalar && !node.is_quoted;
}

bool parse_whole(std::string_view text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

/// A bound of the schema in the same measure as the values it bounds.
double bound(const std::string& text, Form form) {
  double number = 0;
  std::int64_t bytes = 0;
  Duration duration{};
  if (form == Form::kDuration) {
    SKY_CHECK(parse_duration(text, duration));
    return static_cast<double>(duration.count());
  }
  if (form == Form::kDataSize || form == Form::kDataRate) {
    SKY_CHECK(form == Form::kDataSize ? parse_data_size(text, bytes)
                                      : parse_data_rate(text, bytes));
    return static_cast<double>(bytes);
  }
  SKY_CHECK(parse_number(text, number));
  return number;
}

/// "" or "must be between 0 and 1, not 2".
std::string out_of_range(const FieldDescriptor& field, double value, const SourceNode& node) {
  const proto::FieldRule& rule = rule_of(field);
  const Form form = form_of(field);
  const bool is_low = !rule.min().empty() && value < bound(rule.min(), form);
  const bool is_high = !rule.max().empty() && value > bound(rule.max(), form);
  if (!is_low && !is_high) return "";
  const std::string unit = rule.unit().empty() ? "" : " " + rule.unit();
  if (rule.min() == rule.max()) {
    return fmt::format("must be {}{}, not {}", rule.min(), unit, describe(node));
  }
  if (rule.max().empty()) {
    return fmt::format("must be at least {}{}, not {}", rule.min(), unit, describe(node));
  }
  return fmt::format("must be between {} and {}{}, not {}", rule.min(), rule.max(), unit,
                     describe(node));
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// "a whole number of s": what a whole field expects.
std::string whole_of(const FieldDescriptor& field) {
  const std::string& unit = rule_of(field).unit();
  return unit.empty() ? "a whole number" : "a whole number of " + unit;
}

}  // namespace

bool parse_number(std::string_view text, double& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && std::isfinite(number);
}

Read<bool> read_bool(const SourceNode& node) {
  if (is_plain(node) && (node.scalar == "true" || node.scalar == "false")) {
    return {node.scalar == "true", ""};
  }
  return {false, "must be true or false, not " + describe(node)};
}

Read<std::uint64_t> read_whole(const SourceNode& node, const FieldDescriptor& field) {
  std::uint64_t value = 0;
  double number = 0;
  if (!is_plain(node) || !parse_number(node.scalar, number)) {
    return {0, fmt::format("must be {}, not {}", whole_of(field), describe(node))};
  }
  std::string mistake = out_of_range(field, number, node);
  if (mistake.empty() && !parse_whole(node.scalar, value)) {
    mistake = fmt::format("must be {}{}, not {}", whole_of(field),
                          number < 0 ? " of at least 0" : "", describe(node));
  }
  return {value, mistake};
}

Read<double> read_number(const SourceNode& node, const FieldDescriptor& field) {
  double value = 0;
  if (!is_plain(node) || !parse_number(node.scalar, value)) {
    return {0, "must be a number, not " + describe(node)};
  }
  return {value, out_of_range(field, value, node)};
}

Read<std::string> read_text(const SourceNode& node) {
  if (node.kind != SourceNode::Kind::kScalar) return {"", "must be a text, not " + describe(node)};
  if (node.scalar.empty()) return {"", "must not be empty"};
  return {node.scalar, ""};
}

Read<Duration> read_duration(const SourceNode& node, const FieldDescriptor& field) {
  Duration value{};
  double number = 0;
  if (node.kind != SourceNode::Kind::kScalar) {
    return {value, "must be a duration such as 25s, not " + describe(node)};
  }
  if (parse_duration(node.scalar, value)) {
    return {value, out_of_range(field, static_cast<double>(value.count()), node)};
  }
  if (parse_number(node.scalar, number) && number >= 0) {
    return {value, fmt::format("a duration needs a unit: {0}s or {0}ms, not {1}", node.scalar,
                               describe(node))};
  }
  return {value, "must be a duration such as 250ms, 25s or 1h30m, not " + describe(node)};
}

Read<proto::MemorySize> read_memory_size(const SourceNode& node, const FieldDescriptor& field) {
  proto::MemorySize size;
  double number = 0;
  if (node.kind == SourceNode::Kind::kScalar && node.scalar == "from_trace") {
    size.set_from_trace(true);
    return {size, ""};
  }
  if (!is_plain(node) || !parse_number(node.scalar, number)) {
    return {size, "must be a whole number of MB or from_trace, not " + describe(node)};
  }
  const Read<std::uint64_t> mib = read_whole(node, field);
  size.set_mib(static_cast<std::uint32_t>(mib.value));
  return {size, mib.mistake};
}

Read<std::int64_t> read_data_size(const SourceNode& node, const FieldDescriptor& field) {
  std::int64_t bytes = 0;
  if (node.kind == SourceNode::Kind::kScalar && parse_data_size(node.scalar, bytes)) {
    return {bytes, out_of_range(field, static_cast<double>(bytes), node)};
  }
  return {0, "must be a size such as 250MB or 1.5GiB, not " + describe(node)};
}

Read<std::int64_t> read_data_rate(const SourceNode& node, const FieldDescriptor& field) {
  std::int64_t rate = 0;
  if (node.kind == SourceNode::Kind::kScalar && parse_data_rate(node.scalar, rate)) {
    return {rate, out_of_range(field, static_cast<double>(rate), node)};
  }
  return {0, "must be a rate such as 30MB/s, not " + describe(node)};
}

Read<proto::Moment> read_moment(const SourceNode& node) {
  proto::Moment moment;
  TimePoint time;
  Duration offset{};
  const std::string& text = node.scalar;
  if (node.kind == SourceNode::Kind::kScalar && parse_rfc3339(text, time)) {
    moment.set_instant_ns(time.time_since_epoch().count());
  } else if (node.kind == SourceNode::Kind::kScalar && text.starts_with('+') &&
             parse_duration(std::string_view(text).substr(1), offset)) {
    moment.set_offset_ns(offset.count());
  } else {
    return {moment,
            "must be a time such as 2026-01-05T12:00:00Z, or +10m from the trace's start; "
            "not " +
                describe(node)};
  }
  return {moment, ""};
}

Read<int> read_enum(const SourceNode& node, const EnumDescriptor& type) {
  const std::vector<std::string> names = spellings(type);
  for (int i = 0; i < type.value_count(); ++i) {
    const bool is_it = type.value(i)->number() != 0 && node.kind == SourceNode::Kind::kScalar &&
                       rule_of(*type.value(i)).spelled() == node.scalar;
    if (is_it) return {type.value(i)->number(), rule_of(*type.value(i)).not_built()};
  }
  const std::string nearest =
      node.kind == SourceNode::Kind::kScalar ? suggestion(node.scalar, names) : "";
  return {0, fmt::format("must be one of {}; not {}{}", join(names), describe(node), nearest)};
}

}  // namespace skyreplay::scenario
