#pragma once

#include <string>
#include <string_view>

#include "scenario/node.h"

namespace skyreplay::scenario {

/// A text as YAML that reads back as this text: plain where no reader could take it for something
/// else, else in double quotes.
std::string yaml_text(std::string_view text);

/// A tree in flow style, on one line, that reads back as this tree.
std::string flow_text(const SourceNode& node);

}  // namespace skyreplay::scenario
