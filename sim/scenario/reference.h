#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace skyreplay::scenario {

/// The fields of the language as Markdown, one section for each message, out of the schema alone:
/// the second part of docs/scenario.md.
std::string reference_page();
/// The same of another language with the schema's options, such as that of sweeps.
std::string reference_page(const google::protobuf::Descriptor& top);

}  // namespace skyreplay::scenario
