#pragma once

#include <string_view>

#include "scenario/node.h"

namespace skyreplay::scenario {

/// Reads a scenario in Protobuf's text format, native types as proto/skyreplay/scenario.proto has
/// them (`drain { ns: 900000000000 }`, `start: WARM`), into the tree that YAML would have given.
/// Positions are those of the field names. Throws InputError through `mistakes` where the text
/// cannot be read on: Protobuf's reader stops at the first mistake of form.
SourceNode read_textproto(std::string_view text, std::uint32_t source, Mistakes& mistakes);

/// Whether a file is in text format: by its extension (.textproto, .txtpb, .pbtxt), else if a line
/// begins with `name {`, which no YAML does.
bool is_textproto(std::string_view text, std::string_view extension);

}  // namespace skyreplay::scenario
