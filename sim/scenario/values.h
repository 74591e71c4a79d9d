#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "scenario/node.h"
#include "scenario/schema.h"

namespace skyreplay::scenario {

/// A value read from one word, or why it could not be.
template <typename T>
struct Read {
  T value{};
  std::string mistake;  ///< empty: `value` holds

  bool ok() const { return mistake.empty(); }
};

/// Each reads one node as a field's form and checks it against the field's range.
Read<bool> read_bool(const SourceNode& node);
Read<std::uint64_t> read_whole(const SourceNode& node, const FieldDescriptor& field);
Read<double> read_number(const SourceNode& node, const FieldDescriptor& field);
Read<std::string> read_text(const SourceNode& node);
Read<Duration> read_duration(const SourceNode& node, const FieldDescriptor& field);
Read<proto::MemorySize> read_memory_size(const SourceNode& node, const FieldDescriptor& field);
Read<std::int64_t> read_data_size(const SourceNode& node, const FieldDescriptor& field);
Read<std::int64_t> read_data_rate(const SourceNode& node, const FieldDescriptor& field);
Read<proto::Moment> read_moment(const SourceNode& node);
/// The enumeration value's number.
Read<int> read_enum(const SourceNode& node, const EnumDescriptor& type);

/// A decimal number, whole. False if it is none (hexadecimal, infinite, a sign of plus, ...).
bool parse_number(std::string_view text, double& number);

}  // namespace skyreplay::scenario
