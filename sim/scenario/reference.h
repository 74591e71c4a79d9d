#pragma once

#include <string>

namespace skyreplay::scenario {

/// The fields of the language as Markdown, one section for each message, out of the schema alone:
/// the second part of docs/scenario.md.
std::string reference_page();

}  // namespace skyreplay::scenario
